"""Pieces are found where they are worth more than they cost; the rest stays as the best path has it."""

import pytest
from posteriors import CHARACTERS, line_of

from ocr_app.recipes.decoding.evidence import find_best_path, prepare_evidence
from ocr_app.recipes.decoding.free_decoding.generic_grammar import FULL_DATE_WORTH, KEYWORD_WORTH
from ocr_app.recipes.decoding.free_decoding.piece_search import find_pieces
from ocr_app.recipes.decoding.scoring import score_substitutions
from ocr_app.recipes.decoding.search import CharacterRun


def pieces_of(text, rivals=None):
    evidence = prepare_evidence(line_of(text, rivals))
    path = find_best_path(evidence)
    runs = [CharacterRun(*run) for run in zip(path.labels, path.first, path.last)]
    return find_pieces(evidence, path, score_substitutions(evidence.scores, runs, 0, len(evidence.scores)))


def text_of(reading):
    return "".join(CHARACTERS[run.label] for run in reading.runs)


def test_a_certain_line_is_not_searched():
    assert pieces_of("06/I1/2022") is None and pieces_of("") is None


def test_a_changed_piece_counts_with_its_worth():
    reading = pieces_of("X 06/I1/2022", {5: {"1": -4.0}})
    assert text_of(reading) == "X 06/11/2022" and reading.worth == FULL_DATE_WORTH
    assert reading.in_piece == (False, False) + 10 * (True,)


def test_a_piece_that_is_read_as_it_is_is_worth_nothing_more():
    reading = pieces_of("06/11/2022 7B", {12: {"8": -1.0}})
    assert text_of(reading) == "06/11/2022 7B" and reading.worth == 0.0


def test_several_pieces_add_up():
    reading = pieces_of("L0T 06/I1/2022", {1: {"O": -4.0}, 7: {"1": -4.0}})
    assert text_of(reading) == "LOT 06/11/2022" and reading.worth >= KEYWORD_WORTH + FULL_DATE_WORTH


@pytest.mark.parametrize("text", ["SL0TH", "X06/I1/20225"])
def test_a_piece_that_is_part_of_more_is_none(text):
    place = text.index("0") if text[0] == "S" else text.index("I")
    reading = pieces_of(text, {place: {"O" if text[0] == "S" else "1": -4.0}})
    assert text_of(reading) == text and reading.worth == 0.0


def test_runs_stay_in_order_of_frames():
    reading = pieces_of("117/07/2021", {0: {"": -4.0}})
    frames = [frame for run in reading.runs for frame in (run.first, run.last)]
    assert text_of(reading) == "17/07/2021" and frames == sorted(frames)
