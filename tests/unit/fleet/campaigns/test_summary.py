"""The numbers of the report."""

from fleet.campaigns.records import read_boards
from fleet.campaigns.request import settings
from fleet.campaigns.summary import summarise
from tests.unit.fleet.campaigns import made
from tests.unit.fleet.campaigns.campaigns import campaign


def summary(tmp_path, last=None, **boards):
    found = campaign(tmp_path, **boards)
    return summarise(found, read_boards(found.boards), last, settings()["thresholds"])


def test_a_complete_campaign_has_every_board_and_part(tmp_path):
    record = summary(tmp_path, nano_1={}, nano_2={"records": made.whole(**{made.RUN: made.run(ms=150.0)})})
    assert (record["schema"], record["complete"], record["last"]) == ("nano-ocr/board-report/1", True, None)
    part = record["boards"]["nano-2"]["parts"][made.RUN]
    assert (part["times"], part["exact"], part["ratio"], part["ratio_doubts"]) == ({"image": 150.0}, 0.75, 1.5, [])
    assert record["kinds"][0]["hosts"] == ["nano-1", "nano-2"] and record["kinds"][0]["l4t"] == ["32.7.6"]


def test_a_board_without_records_makes_it_incomplete_and_comes_first(tmp_path):
    record = summary(tmp_path, nano_1=None, nano_2={})
    assert not record["complete"] and record["boards"]["nano-1"] == {"kind": None, "parts": {}}
    assert [own["what"] for own in record["findings"]] == ["missing"]


def test_without_any_board_nothing_is_complete(tmp_path):
    assert summary(tmp_path)["complete"] is False


def test_the_last_campaign_is_named_and_compared(tmp_path):
    last = summary(tmp_path / "then", nano_1={})
    slow = {"records": made.whole(**{made.RUN: made.run(ms=130.0)})}
    record = summary(tmp_path / "now", last=last, nano_1=slow)
    assert record["last"] == {"campaign": "one", "began": last["began"]}
    rows = {row["part"]: row["ratio"] for row in record["against_last"]}
    assert rows == {made.RUN: 1.3, made.MODULES: 1.0, made.CNN: 1.0, made.SPEED: 1.0}
    assert [own["what"] for own in record["findings"]] == ["changed since the last campaign"]
