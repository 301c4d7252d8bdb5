"""The learning curve: stages one after another."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="this is not the environment for training: no torch here")
pytest.importorskip("matplotlib", reason="this is not the environment for training: no matplotlib here")

from training import curve


def log(folder: Path, rows: list[dict[str, float]]) -> None:
    folder.mkdir(parents=True)
    (folder / "log.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def test_steps_and_seconds_go_on_from_stage_to_stage(tmp_path: Path) -> None:
    log(tmp_path / "stage-1", [{"step": 5, "loss": 2.0, "seconds": 1.0}])
    log(tmp_path / "stage-2", [{"step": 3, "loss": 1.0, "seconds": 2.0}])
    assert [(row["step"], row["seconds"]) for row in curve.whole_log(tmp_path, 2)] == [(5, 1.0), (8, 3.0)]


def test_a_curve_is_drawn_next_to_its_training(tmp_path: Path) -> None:
    log(tmp_path / "out", [{"step": 1, "loss": 2.0, "seconds": 1.0}, {"step": 2, "strict": 50.0, "seconds": 2.0}])
    curve.main(["--out", str(tmp_path / "out")])
    assert (tmp_path / "out" / "curve.svg").read_text(encoding="utf-8").startswith("<?xml")
