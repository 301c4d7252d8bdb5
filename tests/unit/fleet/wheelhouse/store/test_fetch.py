"""The wheelhouse from manifest to plan: recorded once, pinned ever after, chosen by tag, never half filled."""

from __future__ import annotations

import pytest

from fleet.core.errors import NotInWheelhouse, WrongFile
from fleet.wheelhouse.store import index
from fleet.wheelhouse.store.manifest import RECORD
from tests.unit.fleet.wheelfiles import wheel
from tests.unit.fleet.wheelhouse.projects import TORCH, Project, digest


def test_a_file_without_a_hash_is_recorded_once_and_pinned_then(project: Project) -> None:
    project.fetch()
    seen = digest(project.shelf.folder / TORCH)
    assert f"sha256 {seen} recorded" in project.said[0]
    source = project.manifest.source("torch")
    assert (source.sha256, source.size) == (seen, (project.wheelhouse / TORCH).stat().st_size)
    (project.wheelhouse / TORCH).unlink()
    wheel(project.shelf.folder, files={"torch/__init__.py": b"another build\n"})
    with pytest.raises(WrongFile) as caught:
        project.fetch()
    assert caught.value.expected == seen
    assert not (project.wheelhouse / TORCH).exists()
    assert (project.wheelhouse / ".incoming" / (TORCH + ".refused")).is_file()


def test_what_is_not_the_version_is_neither_recorded_nor_kept(project: Project) -> None:
    wheel(project.shelf.folder, inside="1.8.0")
    with pytest.raises(WrongFile, match=r"version 1\.8\.0 inside"):
        project.fetch()
    assert not project.manifest.recorded.exists() and not (project.wheelhouse / TORCH).exists()


def test_a_truncated_file_is_continued_not_kept(project: Project) -> None:
    project.shelf.cut_after = [50]
    project.fetch()
    assert project.shelf.asked[1][1] == "bytes=50-"
    assert (project.wheelhouse / TORCH).read_bytes() == (project.shelf.folder / TORCH).read_bytes()


def test_a_file_put_there_by_hand_is_looked_into_and_recorded(project: Project) -> None:
    project.wheelhouse.mkdir()
    wheel(project.wheelhouse)
    project.fetch()
    assert project.shelf.asked == [] and "added by hand" in project.manifest.recorded.read_text()


def test_a_file_that_is_there_is_not_fetched_again_but_read(project: Project) -> None:
    project.fetch()
    project.fetch()
    assert len(project.shelf.asked) == 1
    (project.wheelhouse / TORCH).write_bytes(b"damaged")
    with pytest.raises(NotInWheelhouse, match="has sha256"):
        project.fetch()


def test_what_is_built_is_never_fetched_and_names_the_command(project: Project) -> None:
    built = '[[artefact]]\nname = "made"\nversion = "1"\nvia = "build"\nlicence = "-"\nwhy = "-"\nreason = "-"\n'
    built += f'sha256 = "{RECORD}"\nfile = "made-1-py3-none-any.whl"\ncommand = "make it"\n'
    project.write(extra=built)
    project.fetch("made")
    assert project.said == ["made: not fetched, but built on a board: make it"]
    with pytest.raises(NotInWheelhouse, match="make it"):
        index.plan(project.wheelhouse, project.manifest, "nano", [], ["made"])
    project.wheelhouse.mkdir()
    wheel(project.wheelhouse, name="made", version="1", tag="py3-none-any")
    project.fetch("made")
    assert index.plan(project.wheelhouse, project.manifest, "nano", [], ["made"])["requirements"]
