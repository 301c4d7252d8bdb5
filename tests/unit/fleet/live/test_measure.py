"""Figures of runs: percentiles, throughput between the first and the last verdict, and runs that do not count."""

from types import SimpleNamespace

import pytest

from fleet.core.errors import LiveLineError
from fleet.live import measure


def rows(count, every_s=0.1, **more):
    made = []
    for number in range(count):
        values = {"id": f"b-{number}", "decided": every_s * number, "timings": {"total": 50.0}, "passed": True}
        made.append(SimpleNamespace(**{**values, "reasons": (), **more}))
    return made


def told(found):
    return {row.id: 60.0 + number for number, row in enumerate(found)}


def test_percentiles_are_by_the_nearest_rank():
    found = measure.percentiles(float(value) for value in range(1, 101))
    assert found == {"50": 50.0, "95": 95.0, "99": 99.0, "mean": 50.5}


def test_throughput_is_counted_between_the_first_and_the_last_verdict():
    found = rows(21)
    figures = measure.summarised(found, told(found), "log").figures()
    assert (figures["parts"], figures["passed"], figures["per_second"]) == (21, 21, 10.0)
    assert figures["told_ms"]["50"] == 70.0 and figures["read_ms"]["95"] == 50.0


def test_parts_that_no_output_was_told_of_do_not_count_and_too_few_are_refused():
    found = rows(21)
    with pytest.raises(LiveLineError, match="only 19 parts"):
        measure.summarised(found, dict(list(told(found).items())[:19]), "log")


def test_a_part_that_was_not_read_spoils_the_run():
    found = rows(21)
    found[3].timings, found[3].reasons = {}, ("deadline-missed",)
    with pytest.raises(LiveLineError, match=r"1 of 21 parts were not read.*deadline-missed"):
        measure.summarised(found, told(found), "log")


def test_moments_of_the_log_are_seconds():
    assert measure._seconds("1970-01-02T00:00:01.250") == 86401.25


def test_the_idle_share_is_that_between_two_looks(tmp_path, monkeypatch):
    stat = tmp_path / "stat"
    stat.write_text("cpu 10 0 10 70 10 0 0 0 0 0\n")
    monkeypatch.setattr(measure.time, "sleep", lambda _: stat.write_text("cpu 40 0 20 110 30 0 0 0 0 0\n"))
    assert measure.idle_share(path=stat) == 0.6


def test_every_way_is_measured_in_turns_and_every_rate_with_two_processes(monkeypatch):
    asked = []

    def run(way, rate_hz, seconds):
        asked.append((way.name, rate_hz))
        return measure.LineRun(30, 30, 10.0 * way.processes, [80.0] * 30, [60.0] * 30)

    record = measure._measure(SimpleNamespace(run=run), 2, 5.0)
    assert [name for name, _ in asked[:8]] == [way.name for way in measure.WAYS] * 2
    assert [rate for name, rate in asked[8:]] == [1.0, 5.0, 10.0, 20.0, 10.0] and record["half"] == 10.0
    assert {name for name, _ in asked[8:]} == {measure.TOGETHER}
    assert record["machine"]["python"]
