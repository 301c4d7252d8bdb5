"""Commands that a build runs: their words on failure, and what they may see."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from fleet.core.errors import EnvironmentBuildError, InstallFailed
from fleet.environments import steps
from fleet.environments.declarations import PostStep


def run(log: Path, code: str, said: list[str] | None = None) -> None:
    """Run Python code as a step of the environment "small"."""
    steps._run([sys.executable, "-c", code], log, "small", (said if said is not None else []).append)


def test_a_failing_command_is_told_with_its_last_lines_and_its_log(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with pytest.raises(InstallFailed) as caught:
        run(log, "for i in range(9): print('line', i)\nraise SystemExit(3)")
    assert "ended with 3\n    line 3\n    line 4" in str(caught.value)
    assert str(caught.value).endswith(f"line 8\n  next: see {log}")


def test_a_long_command_gives_a_sign_of_life(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "_HEARTBEAT_S", 0.05)
    said: list[str] = []
    run(tmp_path / "log", "import time; time.sleep(0.4)", said)
    assert said[0] == "small: still running after 0 s"


def test_a_command_sees_nothing_of_the_callers_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", "/somewhere")
    run(tmp_path / "log", "import os; raise SystemExit('PYTHONPATH' in os.environ)")


def test_an_unknown_post_step_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentBuildError, match="small: unknown post step 'pray'"):
        steps.post(PostStep("pray"), "small", tmp_path)
