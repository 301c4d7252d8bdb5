"""People are told in sentences why a code does not pass."""

import pytest

from ocr_app.core.types import ReaderInfo, Reading, TextLine
from ocr_app.imaging.geometry import box_quad
from ocr_app.reading.words import explanations_of, notes_of, summary_of

INFO = ReaderInfo("test", "test 1", "cpu", "fp32")


def reading(verdict, texts=(), reasons=(), others=(), code=True):
    lines = tuple(TextLine(text, box_quad(0, 0, 9, 9), 1.0) for text in texts)
    found = {"reasons": list(reasons), "others": [{"text": text} for text in others]} if code else None
    return Reading("x.png", lines, verdict, (), {}, INFO, code=found)


def reason(code, where="", found="", expected="", detail=""):
    return {"code": code, "where": where, "found": found, "expected": expected, "detail": detail}


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (reading("read", ["L1", "L2"], code=False), "L1 L2"),
        (reading("no-read", code=False), "- no text found -"),
        (reading("pass", ["L1"]), "pass: L1"),
        (reading("no-read"), "no-read: - no text found -"),
        (reading("no-read", others=["A"]), "no-read: - no code among 1 text that was found -"),
        (reading("no-read", others=["A", "B"]), "no-read: - no code among 2 texts that were found -"),
    ],
)
def test_the_table_says_no_text_only_where_there_was_none(given, told):
    assert summary_of(given) == told


def test_advice_is_given_once_for_each_kind_of_reason():
    below, above = (reason("unexplained-text", "line 1:" + side, "B1") for side in ("below", "above"))
    first, second = explanations_of(reading("no-read", ["L1"], [below, above]))
    assert first.startswith("Below line 1") and "To do: " in first
    assert second.startswith("Above line 1") and "To do: " not in second


def test_many_reasons_are_counted():
    many = [reason("unsure", "line 1[{}]".format(at), "6", "8") for at in range(9)]
    assert explanations_of(reading("no-read", ["L1"], many))[-1] == "5 more reasons are in the result of --jsonl."
    assert len(notes_of(reading("no-read", ["L1"], many))) == 6


def test_a_picture_tells_the_verdict_and_nothing_without_a_recipe():
    assert notes_of(reading("read", ["L1"], code=False)) == [] and explanations_of(reading("read", code=False)) == []
    assert notes_of(reading("pass", ["L1"])) == ["pass"]
    assert notes_of(reading("no-read", others=["A"])) == ["no-read: - no code among 1 text that was found -"]
