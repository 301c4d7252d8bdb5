"""GS1 elements as the General Specifications have them."""

import pytest

from ocr_app.core.errors import RecipeError
from ocr_app.recipes.language.patterns import PatternSettings
from ocr_app.recipes.language.patterns.gs1 import check_digit_automaton, element_automaton, find_element


def has_valid_check_digit(number):
    """Section 7.9, computed from the right: weights 1, 3, 1, ... with the check digit first."""
    weights = [1 if place % 2 == 0 else 3 for place in range(len(number))]
    return sum(weight * int(digit) for weight, digit in zip(weights, reversed(number))) % 10 == 0


def test_check_digits_of_gs1():
    """09521234543213 is the example of the General Specifications; one wrong digit is always found."""
    automaton = check_digit_automaton(14)
    assert automaton.accepts("09521234543213") and has_valid_check_digit("09521234543213")
    for place in range(14):
        for digit in "0123456789":
            other = "09521234543213"[:place] + digit + "09521234543213"[place + 1 :]
            assert automaton.accepts(other) == has_valid_check_digit(other) == (other == "09521234543213")


def test_lengths_of_gs1_elements():
    settings = PatternSettings()
    assert element_automaton("10", settings).accepts("A" * 20)
    assert not element_automaton("10", settings).accepts("A" * 21)
    assert element_automaton("10", settings, 2, 3).accepts("AB")
    assert not element_automaton("10", settings, 2, 3).accepts("A")
    assert element_automaton("3103", settings).accepts("001500")


def test_dates_of_gs1_exist_or_have_day_00():
    automaton = element_automaton("17", PatternSettings())
    assert [automaton.accepts(text) for text in ("251231", "240200", "251301", "250230")] == [True, True, False, False]


def test_what_gs1_does_not_know_is_refused():
    with pytest.raises(RecipeError, match="unsupported AI: '99'"):
        find_element("99")
    with pytest.raises(RecipeError, match="length 5-25"):
        element_automaton("10", PatternSettings(), 5, 25)
