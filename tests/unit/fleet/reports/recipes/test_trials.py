"""The page of the trials counts what matters: samples read right, wrong passes, samples of other groups."""

from fleet.reports.recipes.trials import page

OWN = {"sample": "a", "text": "X1", "verdict": "pass", "right": True, "told": []}
NOT_PASSED = {**OWN, "verdict": "no-read"}
RECORD = {
    "reader": {"reader": "codes", "engine": "x 1"},
    "created": "2026-11-30T00:00:00Z",
    "groups": [
        {
            "name": "one",
            "read": [["X1"]],
            "own": [OWN, {**OWN, "verdict": "no-read"}],
            "foreign": [],
            "foreign_tried": 3,
        },
        {"name": "two", "read": [["X1"]], "own": [{**OWN, "right": False}], "foreign": ["a"], "foreign_tried": 2},
        {"name": "three", "read": [["?"]], "refused": "no text", "own": [], "foreign": []},
    ],
    "recipes": [OWN, {**OWN, "verdict": "no-read", "told": ["Character 1 may be '1'. To do: light."]}],
}


def test_the_page_counts():
    text = page(RECORD)
    assert "1 of 3 proposals read all their samples right, 1 pass all of them; 1 wrong passes" in text
    assert "Of 5 readings of samples of another group, 1 passed." in text
    assert "| three | 1 | refused: no text |  |  |  |" in text
    assert "1 of 2 recipes pass their photograph, 1 are refused with a sentence" in text
    assert "Character 1 may be '1'. To do: light." in text


def test_a_part_that_was_not_tried_is_left_out():
    assert "## " not in page({**RECORD, "groups": [], "recipes": []})
