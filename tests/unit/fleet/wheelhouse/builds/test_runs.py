"""Builds from source, for real: a C extension is compiled by the stages of a role, cut, resumed, packed, recorded."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from fleet.core.errors import (
    NotInWheelhouse,
    WheelBuildError,
    WheelBuildFailed,
    WrongFile,
)
from fleet.wheelhouse.builds import machine, provenance, runs
from fleet.wheelhouse.builds.declarations import BuildSpec
from fleet.wheelhouse.builds.machine import BuildPlatform
from fleet.wheelhouse.store import index
from tests.unit.fleet.wheelhouse.builds.workshops import CODE, Workshop


def test_what_is_compiled_works_and_lies_in_the_house_with_its_origin(shop: Workshop) -> None:
    assert shop.build() == 0
    source = shop.manifest.source("tiny")
    assert source.pinned and index.of_source(shop.wheelhouse, source, shop.manifest).sha256 == source.sha256
    zipfile.ZipFile(shop.wheelhouse / source.file).extractall(shop.root / "site")
    ask = [sys.executable, "-c", "import tiny; print(tiny.add(2, 40))"]
    assert subprocess.run(ask, cwd=shop.root / "site", capture_output=True, text=True, check=True).stdout == "42\n"
    said = json.loads(provenance.path_of(source.file, shop.manifest).read_text())
    assert said["subject"] == [{"name": source.file, "digest": {"sha256": source.sha256}}]
    definition = said["predicate"]["buildDefinition"]
    stages = {stage["name"]: stage["run"] for stage in definition["externalParameters"]["stages"]}
    assert list(stages) == ["sources", "unpack", "compile", "gate", "pack"] and "gcc -shared" in stages["compile"]
    material = shop.manifest.source("tiny-source")
    assert definition["resolvedDependencies"] == [{"name": material.file, "digest": {"sha256": material.sha256}}]
    assert "built on this machine" in shop.manifest.recorded.read_text()


def test_what_is_built_and_recorded_is_not_built_again(shop: Workshop) -> None:
    assert shop.build() == 0 and shop.build() == 0
    assert shop.compiled() == 1 and shop.said[-1] == "tiny 1.2.0: in wheelhouse/, unchanged; nothing to build"
    (shop.wheelhouse / shop.manifest.source("tiny").file).unlink()
    with pytest.raises(WheelBuildError, match=r"built before .* not in wheelhouse/"):
        shop.build()


def test_other_sources_make_every_stage_run_again(shop: Workshop) -> None:
    shop.defaults(gate="closed")
    with pytest.raises(WheelBuildFailed):
        shop.build()
    shop.source(CODE.replace(b"a + b", b"a - b"))
    shop.defaults()
    assert shop.build() == 0 and shop.compiled() == 2


def test_only_one_build_of_a_folder_at_a_time(shop: Workshop) -> None:
    shop.folder.mkdir()
    with runs._alone(shop.folder, "tiny"), pytest.raises(WheelBuildError, match="being built"):
        shop.build()


def test_a_result_that_is_not_what_the_manifest_says_is_not_recorded(shop: Workshop) -> None:
    text = (shop.root / "wheels" / "manifest.toml").read_text()
    (shop.root / "wheels" / "manifest.toml").write_text(text.replace('name = "tiny"\n', 'name = "other"\n'))
    stages = shop.roles / "tiny" / "tasks" / "build.yml"
    stages.write_text(stages.read_text().replace("artefact: tiny,", "artefact: other,"))
    with pytest.raises(WrongFile, match="is tiny inside"):
        shop.build()
    assert not shop.manifest.recorded.exists()


def test_a_source_that_was_not_fetched_names_the_command(shop: Workshop) -> None:
    (shop.wheelhouse / "tiny-1.2.0.tar.gz").unlink()
    with pytest.raises(NotInWheelhouse) as caught:
        shop.build()
    assert caught.value.next_step == "./inv wheels fetch --only tiny-source"


def test_saying_what_would_be_done_does_nothing(shop: Workshop) -> None:
    assert shop.build(only_plan=True) == 0
    assert [line.split(":")[0].strip() for line in shop.said[1:-1]] == ["sources", "unpack", "compile", "gate", "pack"]
    assert sorted(path.name for path in shop.folder.iterdir()) == [".lock"]


def test_a_build_in_a_container(shop: Workshop) -> None:
    """A stage in Python alone; the image is one of the virtual boards, the only one that a machine may have."""
    listed = ["docker", "images", "--format", "{{.Repository}}:{{.Tag}}", "nano-ocr/virtual-nano"]
    if shutil.which("docker") is None:
        pytest.skip("no docker here")
    images = subprocess.run(listed, capture_output=True, text=True, check=False).stdout.split()
    if not images:
        pytest.skip("no image of virtual boards here: ./inv fleet up builds it")
    stages = shop.roles / "tiny" / "vars" / "main.yml"
    stages.write_text(
        stages.read_text().replace("gcc -shared -fPIC -I$({{ _tiny_include }}) -o tiny.so tiny.c", "touch tiny.so")
    )
    defaults = shop.roles / "tiny" / "defaults" / "main.yml"
    defaults.write_text(defaults.read_text().replace(sys.executable, "/usr/bin/python3"))
    place = BuildPlatform(images[0])
    shop.spec(python_version=machine.probe(place, "/usr/bin/python3", Path("/tmp")).python)
    assert shop.build(place) == 0
    source = shop.manifest.source("tiny")
    said = json.loads(provenance.path_of(source.file, shop.manifest).read_text())["predicate"]["buildDefinition"]
    assert said["internalParameters"]["place"] == f"a container of {images[0]}"
    assert said["resolvedDependencies"][-1]["uri"].startswith("docker:sha256:")


def test_a_spec_needs_no_cuda_by_default() -> None:
    assert BuildSpec("x", "r", "m", "p", "3", 1).cuda == ""
