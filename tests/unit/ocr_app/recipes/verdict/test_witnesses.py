"""Tests of ocr_app.recipes.verdict.witnesses."""

import pytest
from posteriors import line_of, quad_at

from ocr_app import recipes
from ocr_app.recipes.verdict import WitnessReading, WitnessReport, agreeing_members, check_witnesses

RECIPE = """
name: lots
lines:
  - {name: lot, fields: [{choice: [LOT]}, {digits: 3, as: number}]}
  - {name: day, fields: [{date: DD.MM.YYYY, as: made}]}
"""


@pytest.fixture
def recipe():
    return recipes.loads(RECIPE)


@pytest.fixture
def decoding(recipe):
    return recipes.decode([line_of("LOT 104"), line_of("01.02.2026", quad=quad_at(0, 40))], recipe)


def report(*said):
    return WitnessReport(tuple(WitnessReading(*each) for each in said))


def test_two_members_that_read_every_line_alike_are_enough(recipe, decoding):
    heard = report(
        ("lot", "a", "LOT 104"), ("lot", "b", "LOT 104"), ("day", "a", "01.02.2026"), ("day", "b", "01.02.2026")
    )
    assert check_witnesses(recipe, decoding, heard) == []
    assert agreeing_members(decoding, heard) == ("a", "b")


def test_spaces_do_not_count(recipe, decoding):
    heard = report(
        ("lot", "a", "LOT104"), ("lot", "b", "LOT 104"), ("day", "a", "01.02.2026"), ("day", "b", "01.02.2026")
    )
    assert check_witnesses(recipe, decoding, heard) == []


def test_each_line_may_have_witnesses_of_its_own(recipe, decoding):
    heard = report(
        ("lot", "a", "LOT 104"), ("lot", "b", "LOT 104"), ("day", "b", "01.02.2026"), ("day", "c", "01.02.2026")
    )
    assert check_witnesses(recipe, decoding, heard) == []
    assert agreeing_members(decoding, heard) == ("b",)


def test_one_member_is_not_enough(recipe, decoding):
    (first, second) = check_witnesses(recipe, decoding, report(("lot", "a", "LOT 104"), ("day", "a", "01.02.2026")))
    assert (first.code, first.where, first.found) == ("one-witness", "lot", "a")
    assert second.where == "day"


def test_the_line_that_is_read_otherwise_is_named_with_what_was_read(recipe, decoding):
    heard = report(
        ("lot", "a", "LOT 104"), ("lot", "b", "LOT 184"), ("day", "a", "01.02.2026"), ("day", "b", "01.02.2026")
    )
    (reason,) = check_witnesses(recipe, decoding, heard)
    assert (reason.code, reason.where, reason.found) == ("witnesses-disagree", "lot", "b: LOT 184")


def test_a_member_that_reads_nothing_of_the_recipe_does_not_agree(recipe, decoding):
    heard = report(("lot", "a", "LOT 104"), ("lot", "b", ""), ("day", "a", "01.02.2026"), ("day", "b", "01.02.2026"))
    (reason,) = check_witnesses(recipe, decoding, heard)
    assert "nothing of the recipe" in reason.found


def test_a_recipe_may_ask_for_one_witness(decoding):
    recipe = recipes.loads("witnesses: 1\n" + RECIPE)
    assert check_witnesses(recipe, decoding, report(("lot", "a", "LOT 104"), ("day", "a", "01.02.2026"))) == []


def test_verify_gives_the_reasons(recipe, decoding):
    verdict = recipes.verify(decoding, recipe, witnesses=report(("lot", "a", "LOT 104")))
    assert verdict.verdict == "no-read" and {reason.code for reason in verdict.reasons} == {"one-witness"}
    assert recipes.verify(decoding, recipe).verdict == "pass"


def test_two_that_agree_against_a_third_have_to_be_surer():
    recipe = recipes.loads("name: x\nlines: [[{digits: 4, as: number}]]\ntolerances: {gap: 1}\n")
    readings = [
        WitnessReading("line 1", member, text) for member, text in (("a", "2018"), ("b", "2018"), ("c", "2010"))
    ]
    report = WitnessReport(tuple(readings))
    (line,) = recipes.decode([line_of("2018", {3: {"0": -2.0}})], recipe).lines
    line = line._replace(name="line 1")
    contested = recipes.CodeDecoding("x", "", "read", (line,), (), ())
    assert [reason.code for reason in check_witnesses(recipe, contested, report)] == ["witnesses-disagree"]
    (sure,) = recipes.decode([line_of("2018")], recipe).lines
    settled = contested._replace(lines=(sure._replace(name="line 1"),))
    assert check_witnesses(recipe, settled, report) == []
    silent = WitnessReport(tuple(readings[:2]) + (readings[2]._replace(text=""),))
    assert check_witnesses(recipe, contested, silent) == []
