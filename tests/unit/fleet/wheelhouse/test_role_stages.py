"""Long builds in stages: what ended well is not done again, what was cut is, and the last words are told."""

from __future__ import annotations

import ast
import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).resolve().parents[4] / "ansible" / "roles" / "wheelhouse" / "files" / "stages.py"


@pytest.fixture
def stages() -> ModuleType:
    spec = importlib.util.spec_from_file_location("stages", SCRIPT)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def build(stages: ModuleType, folder: Path, *lines: str) -> int:
    listed = [{"name": f"stage{number}", "run": line} for number, line in enumerate(lines)]
    (folder / "spec.json").write_text(json.dumps({"folder": str(folder), "stages": listed}))
    code: int = stages.main(str(folder / "spec.json"))
    return code


def done(folder: Path) -> list[str]:
    return (folder / "done").read_text().split()


def test_it_is_python_3_6() -> None:
    ast.parse(SCRIPT.read_text(), feature_version=(3, 6))


def test_all_stages_once(stages: ModuleType, tmp_path: Path) -> None:
    lines = ("echo a >> done", "echo b >> done")
    assert build(stages, tmp_path, *lines) == 0 and build(stages, tmp_path, *lines) == 0
    assert done(tmp_path) == ["a", "b"]
    assert json.loads((tmp_path / "status.json").read_text())["state"] == "done"


def test_a_failed_stage_is_where_the_next_run_begins(stages: ModuleType, tmp_path: Path) -> None:
    lines = ("echo a >> done", "test -e fuel; echo b >> done", "echo c >> done")
    assert build(stages, tmp_path, *lines) == 1
    assert json.loads((tmp_path / "status.json").read_text()) == {
        "stage": "stage1",
        "number": 2,
        "of": 3,
        "state": "failed",
    }
    (tmp_path / "fuel").touch()
    assert build(stages, tmp_path, *lines) == 0
    assert done(tmp_path) == ["a", "b", "c"]


def test_a_changed_stage_is_done_again_and_all_after_it(stages: ModuleType, tmp_path: Path) -> None:
    build(stages, tmp_path, "echo a >> done", "echo b >> done", "echo c >> done")
    build(stages, tmp_path, "echo a >> done", "echo B >> done", "echo c >> done")
    assert done(tmp_path) == ["a", "b", "c", "B", "c"]


def test_a_list_of_stages_that_was_cut_short_counts_as_empty(stages: ModuleType, tmp_path: Path) -> None:
    build(stages, tmp_path, "echo a >> done")
    (tmp_path / "stages.json").write_text('{"stage0": ')
    assert build(stages, tmp_path, "echo a >> done") == 0
    assert done(tmp_path) == ["a", "a"]


@pytest.mark.parametrize("alive, word", [(True, "running"), (False, "gone")])
def test_a_build_that_lost_its_power_is_gone(
    stages: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, alive: bool, word: str
) -> None:
    stages.tell(str(tmp_path), "compile", 3, 6, "running")
    (tmp_path / "build.log").write_text("first\n[ 42%] Building CUDA object\n")
    monkeypatch.setattr(stages.subprocess, "call", lambda *_: 0 if alive else 3)
    assert stages.status(str(tmp_path), "unit") == f"{word} at compile (3 of 6): [ 42%] Building CUDA object"


def test_a_build_that_ended_is_told_as_it_ended(
    stages: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stages.subprocess, "call", lambda *_: 3)
    stages.tell(str(tmp_path), "compile", 3, 6, "failed")
    assert stages.status(str(tmp_path), "unit") == "failed at compile (3 of 6): "
