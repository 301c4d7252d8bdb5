"""A verdict is "pass" only when nothing at all speaks against the code."""

import json

import pytest
from posteriors import frame_of
from verdicts import DATE, codes, recipe_of, verdict_of

from ocr_app.core.errors import UsageError
from ocr_app.recipes import decode, verify


def test_a_clear_code_passes():
    verdict = verdict_of("EXP 31.12.2024", recipe_of(DATE), expected={"expiry": "31.12.2024"})
    assert verdict.verdict == "pass" and verdict.reasons == () and verdict.assurance > 5
    assert json.loads(json.dumps(verdict.to_json()))["verdict"] == "pass"


def test_an_expected_field_that_the_recipe_does_not_have_is_wrong_usage():
    with pytest.raises(UsageError, match="does not have the field 'lot'"):
        verdict_of("EXP 31.12.2024", recipe_of(DATE), expected={"lot": "1"})


def test_a_missed_deadline_rejects():
    recipe = recipe_of(DATE)
    assert verdict_of("EXP 31.12.2024", recipe, elapsed_ms=9.0, deadline_ms=10.0).verdict == "pass"
    for late in (10.1, None, float("nan")):
        verdict = verdict_of("EXP 31.12.2024", recipe, elapsed_ms=late, deadline_ms=10.0)
        assert verdict.verdict == "fail" and codes(verdict) == ["deadline-missed"]


def test_nothing_found_is_no_pass_whatever_is_expected():
    recipe = recipe_of(DATE)
    verdict = verify(decode(frame_of(), recipe), recipe)
    assert verdict.verdict == "no-read" and verdict.to_json()["assurance"] is None
