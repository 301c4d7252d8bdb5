"""Close calls are decided word by word, towards what codes are made of."""

import pytest

from ocr_app.recipes.decoding.free_decoding.prior import PRIOR_WEIGHT, apply_prior, implausibility

CHARACTERS = ("",) + tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .:/")


def decided(text, rivals, in_piece=()):
    """The text after the prior; ``rivals``: {place: (character, how far it trails)}."""
    labels = [CHARACTERS.index(character) for character in text]
    pairs = [
        [(CHARACTERS.index(rivals[place][0]), rivals[place][1])] if place in rivals else []
        for place in range(len(text))
    ]
    inside = [place in in_piece for place in range(len(text))]
    return "".join(CHARACTERS[label] for label in apply_prior(CHARACTERS, labels, pairs, inside))


def test_a_letter_among_digits_becomes_a_digit_where_it_is_close():
    assert decided("12O4", {2: ("0", 1.0)}) == "1204"
    assert decided("12O4", {2: ("0", PRIOR_WEIGHT)}) == "12O4"


def test_a_known_word_is_preferred():
    assert decided("PR0 12", {2: ("O", 1.0)}) == "PRO 12"


def test_what_belongs_to_a_piece_stays():
    assert decided("12O4", {2: ("0", 1.0)}, in_piece=(0, 1, 2, 3)) == "12O4"


def test_neither_marks_nor_spaces_take_part():
    assert decided("12.4", {2: ("0", 0.1)}) == "12.4" and decided("1204", {2: (".", 0.1)}) == "1204"


def test_words_are_decided_one_by_one_and_what_touches_a_piece_is_a_word():
    assert decided("1O O1", {1: ("0", 1.0), 3: ("0", 2.9)}) == decided("1O", {1: ("0", 1.0)}) + " " + decided(
        "O1", {0: ("0", 2.9)}
    )
    assert decided("O112", {0: ("0", 1.0)}, in_piece=(1, 2, 3)) == decided("O", {0: ("0", 1.0)}) + "112"


@pytest.mark.parametrize(
    ("plausible", "odd"),
    [
        ("2204", "22O4"),
        ("LOT", "L0T"),
        ("EXP", "EX9"),
        ("31.08.2021", "31.18.2021"),
        ("23:59", "24:59"),
        ("A1", "A1B2"),
    ],
)
def test_odd_words_are_less_plausible(plausible, odd):
    assert implausibility(plausible) < implausibility(odd)


def test_digits_and_known_words_are_fully_plausible():
    assert implausibility("1234") == implausibility("EXP") == implausibility("04SEP20") == 0.0
