"""What the measurement takes for lost, doubled or wrong, and how it disturbs a replay."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from fleet.core.errors import ReplayMeasureError
from fleet.replays import measure

CHANGES = {"a.jpg": "new-pass", "b.jpg": "same"}


def row(name: str, before: str, after: str, place: int = 0) -> dict[str, object]:
    told = [{"verdict": verdict, "text": "T", "reasons": []} for verdict in (before, after)]
    return {"index": place, "name": name, "before": told[0], "after": told[1], "problem": ""}


GOOD = [row("a.jpg", "fail", "pass"), row("b.jpg", "pass", "pass", 1)]


def test_rows_that_are_right_are_accepted() -> None:
    measure.check("x", GOOD, CHANGES)


@pytest.mark.parametrize(
    "rows, words",
    [
        (GOOD[:1], "1 rows, doubled \\[\\]"),
        ([*GOOD, GOOD[0]], "3 rows, doubled \\['a.jpg'\\]"),
        ([row("a.jpg", "fail", "fail"), GOOD[1]], "'a.jpg': 'same'"),
        ([GOOD[0], row("b.jpg", "pass", "fail")], "'b.jpg': 'lost-pass'"),
    ],
)
def test_lost_doubled_and_wrong_rows_are_named(rows: list[dict[str, object]], words: str) -> None:
    with pytest.raises(ReplayMeasureError, match=words):
        measure.check("x", rows, CHANGES)


def test_times_count_from_the_first_third(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "o").mkdir()
    times = [0.0, 50.0, 60.0, 61.0, 62.0, 63.0]
    lines = [{"at": at, "ms": 900.0} for at in times]
    (tmp_path / "o" / "results.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    monkeypatch.setattr(measure, "replayed", lambda words, folder, out: {})
    found = measure.timed([], tmp_path, "o", 2)
    assert found == {"per_second": 1.0, "ms": 900.0, "beside_ms": 1100.0}


def test_a_replay_that_fails_is_named_with_its_log(tmp_path: Path) -> None:
    words = [sys.executable, "-c", "raise SystemExit(7)"]
    with pytest.raises(ReplayMeasureError, match="ended with 7") as error:
        measure.replayed(words, tmp_path, "o")
    assert "o.log" in str(error.value)


def test_reading_processes_are_found_and_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process whose child has the name of the program of replays, and starts another one when it is lost."""
    (tmp_path / "results.jsonl").write_text("")
    text = """
import subprocess, sys
for number in range(3):
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)", "ocr_app.replay.program"])
    assert child.wait() == -9
"""
    monkeypatch.setattr(measure, "_KILL_S", 0.2)
    with subprocess.Popen([sys.executable, "-c", text]) as process:
        assert measure.kill_readers(process, tmp_path) == 3
    assert process.returncode == 0


def test_a_replay_is_killed_once_it_has_rows(tmp_path: Path) -> None:
    (tmp_path / "results.jsonl").write_text("{}\n" * 20 + "{")
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as process:
        assert measure.kill_once(process, tmp_path) == 1
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        time.sleep(0.1)
        process.wait()
        assert measure.kill_once(process, tmp_path) == 0 and measure.wait(process, tmp_path) == 0
    assert len(measure.rows_whole(tmp_path)) == 20


def test_the_command_is_that_of_a_user(tmp_path: Path) -> None:
    words = measure.command(tmp_path, "o", "p", tmp_path / "r.yaml", "--processes", "2")
    assert words[1:4] == ["-m", "ocr_app", "replay"] and words[-2:] == ["--processes", "2"]
