"""What a lock must be: complete, exact, hashed, free of addresses, and made from its .in file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from fleet.core.errors import LockError
from fleet.core.files import ROOT
from fleet.environments import locks
from fleet.environments.declarations import LockSpec, environments, lock_path, lock_specs

HASH = "--hash=sha256:" + "0" * 64
NAMES = sorted(lock_specs())


def write(folder: Path, text: str) -> Path:
    """A lock with this text."""
    path = folder / "some.txt"
    path.write_text(text)
    return path


def test_a_lock_gives_names_and_versions(tmp_path: Path) -> None:
    lock = write(
        tmp_path, f"# head\nSome_Package==1.0 \\\n    {HASH} \\\n    {HASH}\nother==2.0.post1 \\\n    {HASH}\n"
    )
    assert locks.locked(lock, "3.6.15") == {"some-package": "1.0", "other": "2.0.post1"}


def test_markers_are_those_of_the_python_asked_for(tmp_path: Path) -> None:
    lines = [f'numpy==1 ; python_full_version < "3.11" {HASH}', f'numpy==2 ; python_full_version >= "3.11" {HASH}']
    lock = write(tmp_path, "\n".join(lines) + f'\ncolorama==1 ; sys_platform == "win32" {HASH}\n')
    assert locks.locked(lock, "3.10.13") == {"numpy": "1"}
    assert locks.locked(lock, "3.12.1") == {"numpy": "2"}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("package==1.0\n", "no sha256 for: package==1.0"),
        ("package==1.0 --hash=sha256:00\n", "no sha256"),
        ("package==1.0 --hash=md5:" + "0" * 32 + "\n", "no sha256"),
        (f"package>=1.0 {HASH}\n", "no exact version: package>=1.0"),
        (f"package==1.* {HASH}\n", "no exact version"),
        (f"package {HASH}\n", "no exact version"),
        ("--index-url some\n", "an address or an index option: --index"),
        ("--extra-index-url some\n", "an address or an index option: --extra-index"),
        ("-i some\n", "an address or an index option: -i"),
        (f"package @ somewhere {HASH}\n", "an address or an index option: @"),
        ("# see " + "ht" + "tps" + "://pypi\n", "an address"),
    ],
)
def test_a_loose_line_is_refused(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(LockError, match=re.escape(f"some.txt: {problem}")):
        locks.locked(write(tmp_path, text), "3.11.7")


def test_a_missing_lock_is_told_with_the_command_that_makes_it(tmp_path: Path) -> None:
    with pytest.raises(LockError, match=r"next: \./inv lock --name some"):
        locks.locked(tmp_path / "some.txt", "3.11.7")


def test_what_the_lock_lacks_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "requirements"
    folder.mkdir()
    (folder / "some.in").write_text('# why\none<2  # because\ntwo\nthree; python_version < "3.11"\n')
    (folder / "some.txt").write_text(f"one==2.0 {HASH}\n")
    assert locks.missing("some", "3.11.7", tmp_path) == ["one<2", "two"]


def test_an_unknown_lock_is_refused_with_the_ones_there_are() -> None:
    with pytest.raises(LockError, match="no lock called nothing\n  expected: control, "):
        locks.compile_lock("nothing")


def test_without_uv_nothing_is_compiled(tmp_path: Path) -> None:
    (tmp_path / "fleet" / "environments").mkdir(parents=True)
    (tmp_path / "fleet" / "environments" / "environments.toml").write_text('[lock.some]\npython = "3.11"\n')
    with pytest.raises(LockError, match="uv is not there"):
        locks.compile_lock("some", tmp_path)


def test_every_in_file_has_a_lock_and_every_lock_a_recipe() -> None:
    folder = ROOT / "requirements"
    assert sorted(path.stem for path in folder.glob("*.in")) == sorted(path.stem for path in folder.glob("*.txt"))
    assert sorted(path.stem for path in folder.glob("*.in")) == NAMES


def pythons(spec: LockSpec) -> list[str]:
    """The full versions a lock is for."""
    return ["3.10.13", "3.11.7", "3.12.1"] if spec.universal else [spec.python + ".7" * (spec.python.count(".") == 1)]


@pytest.mark.parametrize("name", NAMES)
def test_a_committed_lock_is_whole(name: str) -> None:
    assert lock_path(name, ROOT).read_text().startswith(locks.head(name))
    for python in pythons(lock_specs()[name]):
        assert locks.missing(name, python) == []


@pytest.mark.parametrize("name", sorted(environments()))
def test_an_environment_has_both_its_locks(name: str) -> None:
    environment = environments()[name]
    assert environment.lock(ROOT).is_file()
    assert environment.bootstrap_lock(ROOT).is_file()
    assert {name, environment.bootstrap} <= set(NAMES)
