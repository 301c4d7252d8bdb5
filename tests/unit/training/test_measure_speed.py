"""The speed of the renderer: items per CPU second."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from training import measure_speed


def test_the_median_and_the_lowest_rate_are_those_of_the_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, 1.0, 1.0, 3.0, 3.0, 7.0])
    monkeypatch.setattr(measure_speed.time, "process_time", lambda: next(clock))
    assert measure_speed.per_second(lambda index: 4, 3) == (2.0, 1.0)


@pytest.mark.parametrize("kind", measure_speed.PRINTS)
def test_every_kind_of_print_gives_two_lines(kind: str) -> None:
    assert measure_speed.print_lines(kind, 1)(0) == 2


def test_the_measurement_is_written_with_its_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measure_speed, "per_second", lambda work, rounds: (10.0, 9.0))
    out = tmp_path / "speed.json"
    assert measure_speed.main(["--rounds", "2", "--out", str(out)]) == 0
    found = json.loads(out.read_text())
    assert found["rounds"] == 2 and found["machine"]
    assert {row["median"] for row in found["per_cpu_second"]} == {10.0}
    with pytest.raises(SystemExit):
        measure_speed.main(["--rounds", "0"])
