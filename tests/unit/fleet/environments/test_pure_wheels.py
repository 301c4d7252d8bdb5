"""Wheels made here from source archives: the manifest's bytes, or none. tests/envs makes those of the manifest."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from fleet.core.errors import ArtefactError, DownloadFailed, WrongFile
from fleet.core.files import ROOT
from fleet.environments import pure_wheels
from fleet.environments.mending import with_true_record
from fleet.environments.pure_wheels import PureWheel
from tests.unit.fleet.wheelfiles import wheel

FILE = "small-1.0-py3-none-any.whl"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The verbs that pip is asked for. In its place, a wheel is written as setuptools would."""
    verbs: list[str] = []

    def run(options: list[str], item: PureWheel, variables: dict[str, str]) -> None:
        verbs.append(options[0])
        if options[0] == "wheel":
            folder = Path(options[options.index("--wheel-dir") + 1])
            folder.mkdir()
            wheel(folder, name="small", version="1.0", tag="py3-none-any")

    monkeypatch.setattr(pure_wheels, "_run", run)
    return verbs


@pytest.fixture
def small(tmp_path: Path) -> PureWheel:
    """A wheel with the sha256 that making it gives."""
    made = wheel(tmp_path, name="small", version="1.0", tag="py3-none-any")
    with_true_record(made, tmp_path / "true.whl")
    digest = hashlib.sha256((tmp_path / "true.whl").read_bytes()).hexdigest()
    return PureWheel("small", "1.0", FILE, digest, "0" * 64)


def test_a_wheel_is_made_once(tmp_path: Path, asked: list[str], small: PureWheel) -> None:
    said: list[str] = []
    path = pure_wheels.ensure(small, tmp_path / "into", said.append)
    assert path == tmp_path / "into" / FILE and hashlib.sha256(path.read_bytes()).hexdigest() == small.sha256
    assert pure_wheels.ensure(small, tmp_path / "into", said.append) == path
    assert asked == ["install", "wheel"] and said == ["small 1.0: making the wheel from its source archive"]
    assert [entry.name for entry in path.parent.iterdir()] == [FILE]


def test_a_damaged_one_is_made_again(tmp_path: Path, asked: list[str], small: PureWheel) -> None:
    (tmp_path / "into").mkdir()
    (tmp_path / "into" / FILE).write_bytes(b"half")
    path = pure_wheels.ensure(small, tmp_path / "into")
    assert hashlib.sha256(path.read_bytes()).hexdigest() == small.sha256 and asked == ["install", "wheel"]


def test_other_bytes_are_refused_and_not_kept(tmp_path: Path, asked: list[str]) -> None:
    other = PureWheel("small", "1.0", FILE, "f" * 64, "0" * 64)
    with pytest.raises(WrongFile, match="made here, has sha256") as caught:
        pure_wheels.ensure(other, tmp_path / "into")
    assert caught.value.expected == "f" * 64 and list((tmp_path / "into").iterdir()) == []


def test_what_pip_cannot_do_is_said_with_its_reason(small: PureWheel) -> None:
    with pytest.raises(DownloadFailed, match=r"small 1\.0: pip nonsense failed: "):
        pure_wheels._run(["nonsense"], small, {})


def test_those_of_the_manifest_are_in_the_locks_that_name_them() -> None:
    names = {item.name for item in pure_wheels.read_pure()}
    for lock in ("py36-app", "nano-line"):
        assert {item.name for item in pure_wheels.of_lock(ROOT / "requirements" / f"{lock}.txt")} == names
    assert pure_wheels.of_lock(ROOT / "requirements" / "nano-py36.txt") == []


def test_an_unknown_name_is_refused_with_those_there_are() -> None:
    assert [item.version for item in pure_wheels.called(["paho-mqtt"])] == ["1.6.1"]
    with pytest.raises(ArtefactError, match=r"source archive: nothing\n  expected: paho-mqtt, idna-ssl"):
        pure_wheels.called(["nothing"])


def test_the_tools_never_move() -> None:
    text = pure_wheels.TOOLS.read_text()
    assert "setuptools==68.0.0 " in text and "wheel==0.42.0 " in text, "other tools give other bytes"
