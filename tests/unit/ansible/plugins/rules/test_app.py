"""Rules of the role app, kept and broken; what is packed is what is measured."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from rules import app
from rules.model import Observed

from tests.unit.ansible.answers import broken, command, file, settings

DIGEST = app.plan(settings("app"))["folder"].rpartition("-")[2]
GIVEN = {"command": "the command"}


def observed(digest: str = DIGEST, link: bool = True, text: str = "the command", runs: Any = None) -> dict[str, Any]:
    commands = {"digest": command(digest), "runs": runs or command()}
    return {"commands": commands, "files": {"link": file(exists=link), "command": file(text)}}


@pytest.mark.parametrize(
    "seen, expected",
    [
        (observed(), {}),
        (
            observed("", False, "", command("", 127, "no program /usr/local/bin/ocr-app")),
            {
                "files": "not installed",
                "command": "absent or changed",
                "runs": "no program /usr/local/bin/ocr-app",
            },
        ),
        (observed("0123456789ab"), {"files": "0123456789ab"}),
        (observed(runs=command("", 132)), {"runs": "exit code 132"}),
    ],
    ids=["good", "blank", "another version", "silent death"],
)
def test_what_is_found(seen: dict[str, Any], expected: dict[str, str]) -> None:
    assert broken("app", seen, GIVEN) == expected


def test_files_are_brought_only_when_they_differ() -> None:
    assert app.work(Observed(observed()), settings("app")) == {"bring": False}
    assert app.work(Observed(observed("")), settings("app")) == {"bring": True}


def test_the_packed_files_have_the_digest(tmp_path: Path) -> None:
    plan = app.plan(settings("app"))
    line = plan["pack"].replace(plan["packed"], f"{tmp_path}/app.tar")
    subprocess.run(["sh", "-c", line], cwd=app.ROOT, check=True)
    subprocess.run(["tar", "-x", "-f", "app.tar"], cwd=tmp_path, check=True)
    done = subprocess.run(["sh", "-c", app.COUNT], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == DIGEST


@pytest.fixture
def forgetful() -> Iterator[Callable[[], None]]:
    """A digest is computed once in a run; what this gives forgets it, as the end of the test does."""
    app.digest.cache_clear()
    yield app.digest.cache_clear
    app.digest.cache_clear()


def test_what_python_writes_meanwhile_is_neither_counted_nor_packed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, forgetful: Callable[[], None]
) -> None:
    """Python writes NAME.pyc.NUMBER first, and gives it its name when it is whole."""
    for part in app.PARTS:
        (tmp_path / part / "inner").mkdir(parents=True)
        (tmp_path / part / "inner" / "kept.txt").write_text(part)
    monkeypatch.setattr(app, "ROOT", tmp_path)
    clean = app.plan(settings("app"))
    (tmp_path / "ocr_app" / "inner" / app.COMPILED).mkdir()
    (tmp_path / "ocr_app" / "inner" / app.COMPILED / "kept.cpython-311.pyc.140245612").write_text("half")
    forgetful()
    plan = app.plan(settings("app"))
    assert plan == clean
    subprocess.run(["sh", "-c", plan["pack"]], cwd=tmp_path, check=True)
    listed = subprocess.run(["tar", "-t", "-f", plan["packed"]], capture_output=True, text=True, check=True).stdout
    assert sorted(listed.split()) == sorted(f"{part}/inner/kept.txt" for part in app.PARTS)
    assert [path.name for path in (tmp_path / "build" / "ansible").iterdir()] == [Path(plan["packed"]).name]
    done = subprocess.run(["sh", "-c", app.COUNT], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert plan["folder"].endswith(done.stdout.strip())
