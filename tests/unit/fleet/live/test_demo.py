"""What the demonstration says about parts; it runs with real parts in tests/line/test_demo.py."""

from types import SimpleNamespace

import pytest

from fleet.core.errors import LiveLineError
from fleet.live import demo
from fleet.live.listening import HeardPart


@pytest.fixture
def shown(tmp_path, monkeypatch):
    """A demonstration whose journal, broker and PLC are the test; it waits for nobody."""
    monkeypatch.setattr(demo, "_AGREE_S", 0.0)
    made = demo.DemonstratedLine.__new__(demo.DemonstratedLine)
    made.folder, made._shown, made._waits, made.disagreements, made.rows = tmp_path, 0, {}, [], []
    made.line = SimpleNamespace(journal=tmp_path)
    heard = {"mqtt": {}, "plc": {}, "rows": []}
    made._mqtt = SimpleNamespace(parts=lambda: heard["mqtt"])
    made._plc = SimpleNamespace(parts=lambda: heard["plc"])
    monkeypatch.setattr(demo, "rows_of", lambda journal: heard["rows"])
    return made, heard


def row(number, verdict):
    reasons = () if verdict == "pass" else ("not-expected:expiry",)
    return SimpleNamespace(
        number=number, id=f"b-{number}", verdict=verdict, text="EXP", reasons=reasons, passed=verdict == "pass"
    )


def test_a_part_that_all_tell_alike_is_said_once(shown):
    made, heard = shown
    part, bad = HeardPart(1, "pass", "EXP", ""), HeardPart(2, "fail", "EXP", "not-expected:expiry")
    heard.update(rows=[row(1, "pass"), row(2, "fail")], mqtt={"b-1": part, "b-2": bad}, plc={1: part, 2: bad})
    first, second = made.look()
    assert first == ["b-1  pass  EXP   (journal, MQTT, Modbus say the same)"]
    assert second[0] == "b-2  FAIL" and second[-1] == "    they say the same" and len(second) == 5
    assert made.look() == [] and made.disagreements == []


@pytest.mark.parametrize("told", [None, HeardPart(1, "fail", "EXP", "")])
def test_a_part_that_is_told_otherwise_or_not_at_all_is_a_disagreement(shown, told):
    made, heard = shown
    part = HeardPart(1, "pass", "EXP", "")
    heard.update(rows=[row(1, "pass")], mqtt={"b-1": part}, plc={1: told} if told else {})
    assert made.look()[0][-1] == "    THEY DIFFER" and made.disagreements == ["b-1"]
    with pytest.raises(LiveLineError, match="not told alike"):
        demo._conclude(made)


def test_one_that_was_not_heard_of_yet_is_waited_for(shown, monkeypatch):
    made, heard = shown
    monkeypatch.setattr(demo, "_AGREE_S", 60.0)
    heard.update(rows=[row(1, "pass"), row(2, "pass")], plc={2: HeardPart(2, "pass", "EXP", "")})
    assert made.look() == [] and made.rows == []
