"""The statement about the origin of a built file."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from fleet.wheelhouse.builds import provenance
from fleet.wheelhouse.builds.declarations import BuildMachine, BuildSpec, WheelBuild
from fleet.wheelhouse.store.index import ChosenFile
from fleet.wheelhouse.store.manifest import read

MACHINE = BuildMachine("aarch64", "10.2", "3.6", 30000, 3964, 6144, frozenset(), stranger=False)
BUILD = WheelBuild(
    spec=BuildSpec("tiny", "tiny-role", "aarch64", "python3.6", "3.6", 1),
    folder=Path("/b"),
    python="python3.6",
    packages=(),
    sources=(ChosenFile("source", "1", "source-1.tar.gz", "ab", 3, "archive"),),
    stages=({"name": "compile", "run": "make -j4"},),
    results=(),
    hours=1.0,
    environment={"requirements": "numpy==1.19.5 --hash=sha256:cd\n"},
)


def statement(image: str = "") -> dict[str, object]:
    made = provenance.statement(BUILD, "tiny.whl", "ef", "this machine", MACHINE, "2026-01-01T00:00:00Z", image)
    definition: dict[str, object] = made["predicate"]["buildDefinition"]
    assert made["subject"] == [{"name": "tiny.whl", "digest": {"sha256": "ef"}}]
    return definition


def test_sources_and_wheels_are_materials_by_their_sha256() -> None:
    assert statement()["resolvedDependencies"] == [
        {"name": "source-1.tar.gz", "digest": {"sha256": "ab"}},
        {"name": "numpy==1.19.5", "digest": {"sha256": "cd"}},
    ]


def test_the_image_of_a_container_is_a_material() -> None:
    materials = statement("docker:sha256:01")["resolvedDependencies"]
    assert isinstance(materials, list) and materials[-1] == {"uri": "docker:sha256:01"}


def test_the_stages_are_quoted_verbatim() -> None:
    parameters = statement()["externalParameters"]
    assert parameters == {"build": "tiny", "role": "tiny-role", "stages": [{"name": "compile", "run": "make -j4"}]}


def test_a_time_is_utc_in_the_form_of_rfc_3339() -> None:
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", provenance.now())


def test_the_file_is_in_a_folder_beside_the_manifest() -> None:
    manifest = read()
    assert provenance.path_of("tiny.whl", manifest) == manifest.path.parent / "provenance" / "tiny.whl.json"


def test_without_git_the_revision_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object, **__: object) -> None:
        raise FileNotFoundError("git")

    monkeypatch.setattr(subprocess, "run", missing)
    assert provenance.revision() == "unknown"
