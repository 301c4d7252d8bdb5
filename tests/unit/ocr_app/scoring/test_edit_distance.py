"""Edit distance and alignment."""

import pytest

from ocr_app.scoring.edit_distance import align, levenshtein


@pytest.mark.parametrize(
    "a, b, distance",
    [("", "", 0), ("", "abc", 3), ("kitten", "sitting", 3), ("flaw", "lawn", 2), ("PRO:", "PR0.", 2), ("aa", "a", 1)],
)
def test_the_distance_is_the_textbook_one(a, b, distance):
    assert levenshtein(a, b) == distance


def test_a_confusion_shows_as_one_pair():
    assert align("PRO:1", "PR0.1") == [("P", "P"), ("R", "R"), ("O", "0"), (":", "."), ("1", "1")]


def test_missed_and_made_up_characters_stand_against_nothing():
    assert align("A B", "AB") == [("A", "A"), (" ", ""), ("B", "B")]
    assert align("AB", "A") == [("A", "A"), ("B", "")]
    assert align("", "X") == [("", "X")]


def test_a_lost_blank_is_not_taken_for_a_confused_letter():
    assert align("O 2", "02") == [("O", "0"), (" ", ""), ("2", "2")]
