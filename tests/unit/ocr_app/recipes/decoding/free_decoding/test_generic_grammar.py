"""The generic grammar knows dates, times and keywords, and what finding one is worth."""

import pytest
from posteriors import CHARACTERS

from ocr_app.recipes.decoding.free_decoding.generic_grammar import compile_grammar, grammar_for

REGISTRY, KINDS = compile_grammar()


def kinds_of(text, after_keyword=False):
    kinds = [kind for kind in KINDS if kind.follows_keyword == after_keyword]
    return {kind.name for kind in kinds if REGISTRY.accepts(kind.root, text)}


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("31.12.2024", {"date"}),
        ("2024 / 12 / 31", {"date"}),
        ("04SEP2020", {"date"}),
        ("31-12-24", {"short-year"}),
        ("08/2022", {"month"}),
        ("SEP 2020", {"month"}),
        ("08/22", {"partial-date"}),
        ("30.02.2024", set()),
        ("31.12/2024", set()),
        ("23:59", {"time"}),
        ("23:59:59", {"time"}),
        ("24:00", {"time"}),
        ("24:01", set()),
        ("EXP", {"keyword"}),
        ("BB", set()),
        ("31122024", set()),
    ],
)
def test_the_kinds_of_pieces(text, kinds):
    assert kinds_of(text) == kinds


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        (": 08/2023", {"keyword+month"}),
        ("31.12.2024", {"keyword+date"}),
        (". 31.12.24", {"keyword+short-year"}),
        (" 08/22", {"keyword+partial-date"}),
        ("  08/2022", set()),
        (": EXP", set()),
    ],
)
def test_what_may_follow_a_keyword(text, kinds):
    assert kinds_of(text, after_keyword=True) == kinds


def test_a_keyword_and_its_date_are_worth_more_than_both():
    worth = {kind.name: kind.worth for kind in KINDS}
    for name in ("date", "short-year", "month", "partial-date"):
        assert worth["keyword+" + name] == worth["keyword"] + worth[name] + 3.0
    assert worth["date"] > worth["short-year"] > worth["month"] > worth["keyword"] > worth["time"]


def test_a_keyword_may_become_worth_as_much_as_the_best_date_behind_it():
    most = {kind.name: kind.max_worth for kind in KINDS}
    assert most["keyword"] == most["keyword+date"] == max(most.values())
    assert [kind.follows_keyword for kind in KINDS] == sorted(kind.follows_keyword for kind in KINDS)


def test_the_grammar_is_compiled_once_per_charset():
    assert grammar_for(CHARACTERS) is grammar_for(CHARACTERS)
    assert grammar_for(CHARACTERS).automaton.width == len(CHARACTERS)
