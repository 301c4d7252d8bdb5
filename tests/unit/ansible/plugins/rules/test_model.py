"""Rules, observations and settings."""

from __future__ import annotations

from typing import Any

import pytest
from rules.model import Command, Observed, Rule, Settings, listed, shortened


def test_a_rule_without_a_verdict_leaves_it_to_found_and_expected() -> None:
    assert "holds" not in Rule("swap.file", "a", "b").as_record()
    assert Rule("swap.file", "a", "b", holds=True).as_record()["holds"] is True


@pytest.mark.parametrize("value, expected", [(True, True), ("true", True), ("Yes", True), (0, False), ("off", False)])
def test_a_switch_may_be_typed(value: Any, expected: bool) -> None:
    assert Settings({"x": value}).switch("x") is expected


@pytest.mark.parametrize("value", ["", "maybe", None, 7])
def test_a_switch_that_is_neither_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="x is true or false"):
        Settings({"x": value}).switch("x")


def test_a_number_may_be_typed() -> None:
    assert Settings({"x": "512"}).number("x") == 512


def test_an_absent_file_has_empty_fields() -> None:
    found = Observed({"files": {"x": {"exists": False, "path": "/x"}}}).file("x")
    assert (found.exists, found.text, found.size, found.path) == (False, "", 0, "/x")


def test_what_was_not_observed_is_a_fault_of_the_role() -> None:
    with pytest.raises(KeyError):
        Observed({"files": {}}).file("x")


def test_the_last_line_of_an_error() -> None:
    assert Command(1, "", "Traceback\nImportError: x").last_error("y") == "ImportError: x"
    assert Command(1, "", "").last_error("y") == "y"


def test_names_are_listed() -> None:
    assert listed(["a", "b"], "no ", "all") == "no a, b" and listed([], "no ", "all") == "all"


@pytest.mark.parametrize(
    "text, shown",
    [
        ("a b", "a b"),
        ("word word word wor", "word word word wor"),
        ("word word word word", "word word..."),
        ("1234567890123456789", "1234567890..."),
    ],
)
def test_texts_are_shortened_at_a_word(text: str, shown: str) -> None:
    assert shortened(text, 13) == shown
