"""The wheelhouse from manifest to plan: recorded once, pinned ever after, chosen by tag, never half filled."""

from __future__ import annotations

import json

import pytest

from fleet.core.errors import DownloadFailed, NotInWheelhouse, WrongFile
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


def test_the_next_address_serves_and_is_named(project: Project) -> None:
    right = project.shelf.url(TORCH)
    project.write(urls=json.dumps([project.shelf.url("gone.whl"), right]))
    project.fetch()
    assert "not from the address 1 of 2" in project.said[0] and "HTTP 404" in project.said[0]
    assert project.said[-1].endswith(f"MB from {right}") and right in project.manifest.recorded.read_text()


def test_a_file_that_was_replaced_at_one_address_is_said_and_taken_from_the_next(project: Project) -> None:
    wanted = digest(project.shelf.folder / TORCH)
    (project.shelf.folder / "replaced.whl").write_bytes(b"something else")
    project.write(sha256=wanted, urls=json.dumps([project.shelf.url("replaced.whl"), project.shelf.url(TORCH)]))
    project.fetch()
    assert "replaced.whl has sha256" in project.said[0] and "trying the next" in project.said[0]
    assert digest(project.wheelhouse / TORCH) == wanted
    assert (project.wheelhouse / ".incoming" / (TORCH + ".refused")).read_bytes() == b"something else"


def test_where_every_address_has_another_file_all_are_named_and_nothing_is_kept(project: Project) -> None:
    for name in ("one.whl", "two.whl"):
        (project.shelf.folder / name).write_text(name)
    project.write(sha256="0" * 64, urls=json.dumps([project.shelf.url(name) for name in ("one.whl", "two.whl")]))
    with pytest.raises(WrongFile) as caught:
        project.fetch()
    assert "one.whl has sha256" in caught.value.found and "two.whl has sha256" in caught.value.found
    assert caught.value.expected == "0" * 64 and "do not use it" in caught.value.next_step
    assert not (project.wheelhouse / TORCH).exists()


def test_a_wrong_file_counts_for_more_than_an_address_that_is_gone(project: Project) -> None:
    project.write(sha256="0" * 64, urls=json.dumps([project.shelf.url(TORCH), project.shelf.url("gone.whl")]))
    with pytest.raises(WrongFile, match=r"HTTP 404"):
        project.fetch()
    project.write(sha256="0" * 64, urls=json.dumps([project.shelf.url("gone.whl"), project.shelf.url("gone2.whl")]))
    with pytest.raises(DownloadFailed, match=r"gone\.whl: HTTP 404(?s:.*)gone2\.whl: HTTP 404"):
        project.fetch()
