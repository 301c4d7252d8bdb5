"""An alignment knows the labels of its text."""

from ocr_app.recipes.decoding.search.alignment import NEVER, Alignment, CharacterRun


def test_labels_are_those_of_the_runs():
    runs = (CharacterRun(3, 0, 1), CharacterRun(3, 3, 3))
    assert Alignment(-1.0, runs, 0, 4).labels == (3, 3) and Alignment(0.0, (), 0, 0).labels == ()


def test_what_is_impossible_stays_impossible_in_sums():
    assert NEVER + 700.0 < NEVER / 2 and NEVER - NEVER == 0.0
