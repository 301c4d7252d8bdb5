"""Faults take turns, and are over when they return; tests/line/test_soak.py lets them happen to a line."""

import os
import subprocess
from types import SimpleNamespace

import pytest

from fleet.core.errors import LiveLineError
from fleet.live import faults, usage


@pytest.fixture
def happened(tmp_path, monkeypatch):
    """Faults whose line, broker and disk write down what happened to them."""
    seen = []
    broker = SimpleNamespace(**{name: lambda name=name: seen.append(name) for name in ("kill", "stop", "start")})
    line = SimpleNamespace(process=SimpleNamespace(pid=7), journal=tmp_path)
    monkeypatch.setattr(usage, "children_of", lambda pid: [71, 72])
    monkeypatch.setattr(faults.os, "kill", lambda pid, number: seen.append(pid))
    monkeypatch.setattr(faults, "free_bytes", lambda folder: 0)
    monkeypatch.setattr(faults, "fill", lambda folder: seen.append("full") or _written(folder / "ballast"))
    return seen, lambda small: faults.LineFaults(line, broker, small, hold_s=0.0)


def _written(path):
    path.write_bytes(b"x")
    return path


def test_faults_take_turns_and_are_counted(happened, tmp_path):
    seen, make = happened
    made = make(True)
    assert [made.next() for _ in range(5)] == [
        "broker killed", "reading process killed", "broker stopped", "disk full", "broker killed",
    ]  # fmt: skip
    assert seen == ["kill", "start", 71, "stop", "start", "full", "kill", "start"]
    assert made.counts["broker killed"] == 2 and list(tmp_path.iterdir()) == []


def test_a_disk_that_is_not_full_is_no_fault(happened, monkeypatch):
    _, make = happened
    monkeypatch.setattr(faults, "free_bytes", lambda folder: 4096)
    with pytest.raises(LiveLineError, match="could not be filled"):
        make(True)._fill_disk()


def test_the_ordinary_disk_is_never_filled(happened):
    seen, make = happened
    made = make(False)
    for _ in range(6):
        made.next()
    assert "full" not in seen and "disk full" not in made.counts


def test_filling_ends_when_nothing_fits_any_more(tmp_path, monkeypatch):
    class Full:
        left = 100000

        def __enter__(self):
            return self

        def __exit__(self, *_):
            return None

        def write(self, data):
            if len(data) > Full.left:
                raise OSError(28, "full")
            Full.left -= len(data)

    monkeypatch.setattr(type(tmp_path), "open", lambda *_, **__: Full())
    assert faults.fill(tmp_path) == tmp_path / "ballast" and Full.left == 0


def test_without_the_right_to_mount_there_is_no_small_disk(tmp_path, monkeypatch):
    def run(command, **_):
        assert command[0] == "mount", "nothing is unmounted that was not mounted"
        return SimpleNamespace(returncode=32)

    monkeypatch.setattr(subprocess, "run", run)
    with faults.small_disk(tmp_path / "journal", 4) as small:
        assert small is False and os.path.isdir(tmp_path / "journal")
