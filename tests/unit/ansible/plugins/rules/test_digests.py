"""Digests of files and lines: Python and the board's shell come to the same result."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from rules import app, digests, release

from tests.unit.ansible.answers import ROOT, settings


def shell(line: str, folder: Path) -> str:
    return subprocess.run(["sh", "-c", line], cwd=folder, capture_output=True, text=True, check=True).stdout.strip()


def test_the_application_of_this_checkout() -> None:
    folder = app.plan(settings("app"))["folder"]
    assert folder == "/opt/nano-ocr/app-" + shell(app.COUNT, ROOT)


def test_the_agent_of_this_checkout() -> None:
    folder = release.plan(settings("release", release_keys="/none"))["folder"]
    assert folder == "/opt/nano-ocr/agent-" + shell(release.COUNT, ROOT / "node_agent")


def test_names_are_sorted_by_their_bytes(tmp_path: Path) -> None:
    names = ["./a.py", "./B.py", "./a_b.py", "./a/c.py", "./é.py"]
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    assert digests.of_files(tmp_path, names) == shell(digests.shell("find . -type f"), tmp_path)


def test_a_changed_name_or_byte_changes_the_digest(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1")
    (tmp_path / "b").write_text("1")
    first = digests.of_files(tmp_path, ["a"])
    assert first != digests.of_files(tmp_path, ["b"])
    (tmp_path / "a").write_text("2")
    assert first != digests.of_files(tmp_path, ["a"])


@pytest.mark.parametrize(
    "texts", [[b"one\ntwo\n"], [b"b\na\n", b"c\n"], [b"no line feed"], [b"a\n\nb\n"]], ids=["one", "two", "open", "gap"]
)
def test_lines_of_keys(tmp_path: Path, texts: list[bytes]) -> None:
    for number, text in enumerate(texts):
        (tmp_path / f"{number}.pub").write_bytes(text)
    assert digests.of_lines(texts) == shell(f"cat *.pub | {digests.LINES}", tmp_path)
