"""The declarations of environments and locks."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from fleet.core.errors import EnvironmentBuildError
from fleet.core.files import ROOT
from fleet.environments.declarations import DATA, environments, fingerprint, lock_path, lock_specs, select


def checkout(root: Path, text: str) -> Path:
    """A root folder with this text as its declarations."""
    (root / DATA).parent.mkdir(parents=True)
    (root / DATA).write_text(text)
    return root


def test_a_lock_is_in_the_folder_of_requirements() -> None:
    assert lock_path("control", ROOT) == ROOT / "requirements" / "control.txt"


def test_lists_become_tuples(tmp_path: Path) -> None:
    root = checkout(tmp_path, '[lock.some]\npython = "3.11"\nwithout = ["torch"]\n')
    [spec] = lock_specs(root).values()
    assert (spec.name, spec.python, spec.universal, spec.without) == ("some", "3.11", False, ("torch",))


def test_an_unknown_key_of_a_lock_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    root = checkout(tmp_path, '[lock.some]\npyhton = "3.11"\n')
    with pytest.raises(EnvironmentBuildError, match=r"some: .*pyhton") as caught:
        lock_specs(root)
    assert "python" in caught.value.expected


def test_without_names_all_environments_are_selected() -> None:
    assert [entry.name for entry in select(())] == list(environments())


def test_an_unknown_environment_is_refused_with_the_known_ones() -> None:
    with pytest.raises(EnvironmentBuildError, match="no environment called py35") as caught:
        select(["py35"])
    assert "py36-easyocr" in caught.value.expected


def test_a_fingerprint_changes_with_what_is_built_and_not_with_remarks() -> None:
    environment = environments()["py36-easyocr"]
    before = fingerprint(environment)
    assert fingerprint(replace(environment, why="another reason", disk_mb=1)) == before
    assert fingerprint(replace(environment, imports=("json",))) != before


def test_a_comment_in_a_lock_rebuilds_nothing(tmp_path: Path) -> None:
    environment = environments()["py36-easyocr"]
    for name in (environment.name, environment.bootstrap):
        lock = lock_path(name, tmp_path)
        lock.parent.mkdir(exist_ok=True)
        lock.write_text("# made by hand\n" + lock_path(name, ROOT).read_text())
    assert fingerprint(environment, tmp_path) == fingerprint(environment)
    lock.write_text(lock.read_text() + "one==1.0\n")
    assert fingerprint(environment, tmp_path) != fingerprint(environment)


def test_a_missing_lock_is_reported_with_the_command_that_makes_it(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentBuildError, match=r"next: \./inv lock --name py36-easyocr"):
        fingerprint(environments()["py36-easyocr"], tmp_path)
