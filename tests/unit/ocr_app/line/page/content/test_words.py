"""Every reason, alarm and action has its text; what is read is never one."""

import re
from pathlib import Path

import pytest

from ocr_app.line.health.reasons import REASONS as ALARMS
from ocr_app.line.journal.journal import INTERRUPTED, NOT_JOURNALLED
from ocr_app.line.page.content.words import FOLDER, KNOWN, PageTexts, lines_of

T = PageTexts()
PAGE = Path(FOLDER).parent


@pytest.mark.parametrize("code", sorted(KNOWN) + [INTERRUPTED, NOT_JOURNALLED, "crashed", "hung", "not-an-image"])
def test_every_reason_has_a_sentence(code):
    assert T.reason(code).endswith(".") and "Reason: " not in T.reason(code) and "{" not in T.reason(code)


@pytest.mark.parametrize("code", ALARMS)
def test_every_alarm_says_what_it_means_and_what_to_do(code):
    alarm = T.alarm(code)
    assert alarm["code"] == code and alarm["means"].endswith(".") and alarm["remedy"].endswith(".")


def test_a_place_is_told_in_words():
    assert T.reason("unsure:lot[3]") == "A character may be one or another: character 4 of lot."
    assert T.reason("unexplained-text:date:left").endswith("to the left of date.")
    assert T.reason("not-expected:lot") == "The value is not the expected one: lot."
    assert T.reason("degraded:disk_low") == "There was an alarm meanwhile: Disk almost full."
    assert T.reason("degraded:new_one") == "There was an alarm meanwhile: new_one."
    assert T.reason("unknown:x") == "Reason: unknown:x."


def test_details_of_a_reading_say_more():
    detail = {"code": "not-expected", "where": "lot", "found": "L1", "expected": "L2", "detail": ""}
    told = T.reasons_of(["not-expected:lot", "degraded:disk_low"], {"code": {"reasons": [detail]}})
    assert told[0]["text"] == "Lot is 'L1', and 'L2' is expected." and told[0]["remedy"]
    assert told[1]["code"] == "degraded:disk_low" and told[1]["remedy"] == ""
    assert T.reasons_of(["no-frame"], None)[0]["text"] == "No picture came for this part."
    assert T.reasons_of(["crashed"], {"verdict": "error"})[0]["text"].startswith("The reading process died")


def test_braces_in_a_place_do_no_harm():
    assert "{x.y}" in T.reason("not-expected:{x.y}")


def test_a_missing_text_is_an_error():
    with pytest.raises(KeyError):
        T("no.such.text")
    assert T("live.part", number=3) == "Part 3" and "pass" in T.below("verdict.")


def test_every_text_of_the_templates_and_of_the_code_exists():
    keys = set(T.below(""))
    for path in [*PAGE.rglob("*.html"), *PAGE.rglob("*.py"), *PAGE.rglob("*.js")]:
        text = path.read_text(encoding="utf-8")
        for key in re.findall(r"""(?:\bt|texts)[(\[]\s*"([a-z0-9.-]+)"(?!\s*\+)""", text):
            assert key in keys, (path.name, key)


def test_lines_are_texts_with_quads():
    line = {"text": "A", "quad": [[0, 0]] * 4, "confidence": 1.0}
    assert lines_of({"lines": [line]}) == [{"text": "A", "quad": [[0, 0]] * 4}] and lines_of(None) == []
