"""The verbs of `./inv wheels`."""

from __future__ import annotations

import json
import os
import platform
from pathlib import Path

import pytest

from fleet.core.errors import (
    ArtefactError,
    WheelBuildError,
)
from fleet.wheelhouse import commands
from fleet.wheelhouse.store.manifest import RECORD
from tests.unit.fleet.wheelhouse.projects import TORCH, Project, digest


def test_all_jobs_are_tried_and_all_failures_told(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    missing = json.dumps([project.shelf.url("gone.whl")])
    other = '[[artefact]]\nname = "b"\nversion = "1"\nvia = "url"\nlicence = "-"\nwhy = "-"\nreason = "-"\n'
    other += f'sha256 = "{RECORD}"\nfile = "b-1-py3-none-any.whl"\nurls = {missing}\nsets = ["nano"]\n'
    project.write(extra=other, urls=json.dumps([project.shelf.url("gone.whl")]))
    assert project.command("fetch", "--only", "nano") == ArtefactError.exit_code
    told = capsys.readouterr().err
    assert "2 of 2 failed" in told and "b-1-py3-none-any.whl" in told and TORCH in told and "it resumes" in told


def test_verify_reads_everything_again(project: Project) -> None:
    (project.root / "requirements" / "small.txt").write_text("")
    project.fetch()
    assert project.command("verify") == 0
    state = (project.wheelhouse / TORCH).stat()
    data = bytearray((project.wheelhouse / TORCH).read_bytes())
    data[60] ^= 1
    (project.wheelhouse / TORCH).write_bytes(bytes(data))
    os.utime(project.wheelhouse / TORCH, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert project.command("verify") == ArtefactError.exit_code
    assert "1 of 2 artefacts and locks are right" in project.said[-1]


def test_a_mirror_is_a_house_and_a_folder_for_pip(project: Project, tmp_path: Path) -> None:
    (project.root / "requirements" / "small.txt").write_text("")
    project.fetch()
    assert project.command("mirror", "--to", str(tmp_path / "stick")) == 0
    assert (tmp_path / "stick" / "SHA256SUMS").read_text() == f"{digest(project.wheelhouse / TORCH)}  {TORCH}\n"
    assert digest(tmp_path / "stick" / TORCH) == digest(project.wheelhouse / TORCH)


def test_unknown_names_are_told(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    assert project.command("fetch", "--only", "nothing") == ArtefactError.exit_code
    assert "nothing is called nothing" in capsys.readouterr().err


def test_this_machine_is_no_nano_and_is_told_so(capsys: pytest.CaptureFixture[str]) -> None:
    """The command itself, with the real manifest."""
    if platform.machine() == "aarch64":
        pytest.skip("this is an aarch64 machine")
    assert commands.main(["build", "--only", "opencv-cuda"]) == WheelBuildError.exit_code
    told = capsys.readouterr().err
    assert "opencv cannot be built on this machine: processor" in told and "CUDA 10.2" in told


def test_what_nobody_builds_is_refused_with_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.main(["build", "--only", "numpy"]) == WheelBuildError.exit_code
    assert "pytorch gives torch2trt, torchvision" in capsys.readouterr().err
    assert commands.main(["build"]) == WheelBuildError.exit_code
