"""GS1 elements as the General Specifications have them."""

import pytest

from ocr_app.core.errors import RecipeError
from ocr_app.recipes.language.patterns import PatternSettings, parse_text
from ocr_app.recipes.language.patterns.gs1 import (
    check_digit_automaton,
    date_patterns,
    element_automaton,
    elements,
    find_element,
)


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
    with pytest.raises(RecipeError, match="unsupported AI: '09'"):
        find_element("09")
    with pytest.raises(RecipeError, match="length 5-25"):
        element_automaton("10", PatternSettings(), 5, 25)


@pytest.mark.parametrize(
    ("ai", "good", "bad"),
    [
        ("7003", ["2605121430", "2605122400"], ["2605122500", "2605001430", "260512"]),
        ("8008", ["26051214", "2605121430", "260512143059"], ["260512", "2605121460", "26051214305"]),
        ("414", ["4012345000009"], ["4012345000008", "401234500000"]),
        ("402", ["12345678901234560"], ["12345678901234561"]),
        ("253", ["4012345000009", "4012345000009ABC"], ["4012345000008ABC"]),
        ("8003", ["04012345000009SER1", "04012345000009"], ["14012345000009"]),
        ("7007", ["260512", "260512260514"], ["260512260532"]),
        ("4324", ["2605129999", "2605001430"], ["2605129959"]),
        ("4331", ["001850", "001850-"], ["001850+"]),
        ("423", ["276", "276380250"], ["27", "27A"]),
        ("4321", ["0", "1"], ["2"]),
        ("8010", ["ABC/1-2#"], ["abc", "A:B"]),
        ("99", ["X" * 90], ["X" * 91]),
    ],
)
def test_elements_with_several_parts(ai, good, bad):
    automaton = element_automaton(ai, PatternSettings())
    assert [text for text in good if not automaton.accepts(text)] == []
    assert [text for text in bad if automaton.accepts(text)] == []


def test_dates_with_times_are_both():
    (pattern,) = date_patterns("7003")
    found = parse_text(pattern, PatternSettings(), "2605121430")
    assert (found.year, found.month, found.day, found.hour, found.minute) == (26, 5, 12, 14, 30)
    assert [len(each) for each in date_patterns("8008")] == [4, 5, 6]
    assert date_patterns("10") == date_patterns("7007") == ()


def test_the_table_has_every_ai_once_with_its_title():
    assert len(elements()) > 480 and all(element.title for element in elements().values())
    assert find_element("17").title == "USE BY or EXPIRY" and find_element("3103").title == "NET WEIGHT (kg)"
    assert not any(ai != other and other.startswith(ai) for ai in elements() for other in elements())
