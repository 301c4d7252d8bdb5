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
    assert set(settings()["profiles"]["lean"]["locks"]) <= set(target.locks)
    others = {other["name"]: other for other in settings()["wheels"]["processors"]["amd64"]["artefacts"]}
    for own, board in zip(ours.sources, boards.sources, strict=True):
        assert (own.name, own.licence, own.sets) == (board.name, board.licence, board.sets)
        assert own.version == others.get(own.name, {}).get("version", board.version)
    assert ours.source("torch").sha256 == others["torch"]["sha256"] and ours.source("torch").pinned
    assert (tmp_path / "requirements" / "nano-py36.txt").is_file()


def test_for_the_processor_of_the_boards_the_platforms_stay(tmp_path):
    wheels.describe(wheels.Project(tmp_path), "arm64")
    targets = dict(read(tmp_path / "wheels" / "manifest.toml").targets)
    assert targets.pop("virtual-ubuntu").locks == ("virtual-ubuntu",)
    assert targets == read(MANIFEST).targets


def test_an_unknown_processor_is_refused(tmp_path):
    with pytest.raises(VirtualFleetError, match="there are no wheels for riscv64"):
        wheels.describe(wheels.Project(tmp_path), "riscv64")


def test_nodes_of_a_foreign_processor_install_none(tmp_path):
    assert wheels.project_of(Fleet(root=tmp_path, arch="riscv64")) is None
    own = wheels.project_of(Fleet(root=tmp_path))
    assert own is not None and own.folder == tmp_path / "build" / "fleet" / f"wheels-{machine_arch()}"


def test_an_artefact_that_the_manifest_lacks_is_an_error():
    with pytest.raises(VirtualFleetError, match='no artefact "gone" in the manifest'):
        wheels._with_others(MANIFEST.read_text(), [{"name": "gone", "version": "1"}])


def test_wheels_with_a_false_record_are_fetched_by_their_hash_and_copied_once(tmp_path, monkeypatch):
    project, asked = wheels.Project(tmp_path), []
    wheels.describe(project, "amd64")

    def run_pip(options, folder):
        asked.append((options, (folder / "wanted.txt").read_text()))
        (folder / "torch-1.10.1-cp36-cp36m-manylinux1_x86_64.whl").write_text("a wheel")

    monkeypatch.setattr(wheels, "run_pip", run_pip)
    monkeypatch.setattr(wheels, "with_true_record", lambda old, new: new.write_text(old.read_text()))
    for _ in range(2):
        wheels._mend(project, "amd64", ["torch", "rapidocr-paddle"], print)
    ((options, line),) = asked
    assert line.startswith("torch==1.10.1 --hash=sha256:adbb5f29")
    assert {"--abi=cp36m", "--python-version=3.6.15", "--platform=manylinux1_x86_64"} <= set(options)
    assert (project.wheelhouse / "torch-1.10.1-cp36-cp36m-manylinux1_x86_64.whl").read_text() == "a wheel"
