"""Edit distance and alignment."""

import sys
from collections import Counter

import pytest

from ocr_app.core.errors import ReaderUnavailable
from ocr_app.scoring.edit_distance import align, levenshtein


@pytest.mark.parametrize(
    "a, b, distance",
    [
        ("", "", 0),
        ("", "abc", 3),
        ("kitten", "sitting", 3),
        ("flaw", "lawn", 2),
        ("PRO:", "PR0.", 2),
        ("aa", "a", 1),
        ("é€", "e€😀", 2),
    ],
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


def drawn_texts(pairs, alphabet="AB01: O", longest=12):
    """(truth, read) from a linear congruential generator: the same with every version of Python."""
    state = 1

    def draw(below):
        nonlocal state
        state = (state * 1103515245 + 12345) % 2**31
        return (state >> 16) % below

    for _ in range(pairs):
        yield tuple("".join(alphabet[draw(len(alphabet))] for _ in range(draw(longest + 1))) for _ in range(2))


def test_confusions_are_counted_as_in_the_published_results():
    """Ties decide which characters a result file calls confused: the counts must not move with a library."""
    counts = Counter(edit for pair in drawn_texts(2000) for edit in align(*pair) if edit[0] != edit[1])
    assert (sum(counts.values()), len(counts)) == (13516, 56)
    assert sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:6] == [
        ((" ", ""), 840),
        (("", " "), 816),
        ((":", ""), 775),
        (("", ":"), 769),
        (("", "A"), 684),
        (("B", ""), 666),
    ]


def test_the_alignment_has_as_many_edits_as_the_distance():
    for truth, read in drawn_texts(2000):
        assert sum(x != y for x, y in align(truth, read)) == levenshtein(truth, read)


def test_without_rapidfuzz_the_reason_is_given(monkeypatch):
    for name in ("rapidfuzz", "rapidfuzz.distance"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ReaderUnavailable, match="Python package rapidfuzz"):
        levenshtein("a", "b")
