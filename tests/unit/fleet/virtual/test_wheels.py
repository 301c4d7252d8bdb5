"""Wheels of virtual Nanos: the manifest for another processor, and what is measured of a run."""

import pytest

from fleet.core.errors import VirtualFleetError
from fleet.virtual import wheels
from fleet.virtual.settings import Fleet, machine_arch, settings
from fleet.wheelhouse.store.index import tags
from fleet.wheelhouse.store.manifest import MANIFEST, read


def test_the_manifest_of_x86_64_takes_its_wheels_and_no_others(tmp_path):
    project = wheels.Project(tmp_path)
    wheels.describe(project, "amd64")
    ours, boards = read(project.manifest), read(MANIFEST)
    target = ours.target("nano-py36")
    assert {tag.platform for tag in tags(target)} == {
        *("manylinux_2_27_x86_64", "manylinux_2_24_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64"),
        *("linux_x86_64", "manylinux2010_x86_64", "manylinux1_x86_64", "any"),
    }
    assert target.locks == boards.target("nano-py36").locks
    assert set(settings()["wheels"]["locks"]) <= set(target.locks)
    assert [source.version for source in ours.sources] == [source.version for source in boards.sources]
    assert (tmp_path / "requirements" / "nano-py36.txt").is_file()


def test_for_the_processor_of_the_boards_the_platforms_stay(tmp_path):
    wheels.describe(wheels.Project(tmp_path), "arm64")
    assert read(tmp_path / "wheels" / "manifest.toml").targets == read(MANIFEST).targets


def test_an_unknown_processor_is_refused(tmp_path):
    with pytest.raises(VirtualFleetError, match="there are no wheels for riscv64"):
        wheels.describe(wheels.Project(tmp_path), "riscv64")


def test_nodes_of_a_foreign_processor_install_none(tmp_path):
    assert wheels.project_of(Fleet(root=tmp_path, arch="riscv64")) is None
    own = wheels.project_of(Fleet(root=tmp_path))
    assert own is not None and own.folder == tmp_path / "build" / "fleet" / f"wheels-{machine_arch()}"
