"""Rules of the role opencv_cuda, kept and broken, and the stages of a build."""

from __future__ import annotations

import subprocess
from typing import Any

import pytest
from rules import opencv_cuda
from rules.model import Observed

from tests.unit.ansible.answers import broken, command, file, judged, settings

ROLE = "opencv_cuda"
GIVEN = {"version": "4.5.5"}
MEMORY = {"total_mb": 4156, "swap_total_mb": 6442}


def opencv(cv2: dict[str, Any], shadows: str = "", mark: bool = True, **memory: int) -> dict[str, Any]:
    found = {"commands": {"cv2": cv2, "shadows": command(shadows)}, "files": {"mark": file(exists=mark)}}
    return {**found, "memory": {**MEMORY, **memory}}


@pytest.mark.parametrize(
    "observed, expected",
    [
        (opencv(command("4.5.5 1")), {}),
        (
            opencv(command("4.1.1 0"), "/usr/local/lib/x.dist-info", False),
            {
                "version": "4.1.1",
                "devices": "0 CUDA devices seen by cv2",
                "whole": "not unpacked to its end",
                "shadow": "/usr/local/lib/x.dist-info",
            },
        ),
        (
            opencv(command("", 1, "Traceback\nImportError: libtbb.so.2")),
            {"version": "ImportError: libtbb.so.2", "devices": "0 CUDA devices seen by cv2"},
        ),
        (opencv(command("", 1)), {"version": "no cv2", "devices": "0 CUDA devices seen by cv2"}),
    ],
    ids=["built", "of JetPack", "without libraries", "silent"],
)
def test_what_is_found(observed: dict[str, Any], expected: dict[str, str]) -> None:
    assert broken(ROLE, observed, GIVEN, opencv_cuda_enabled=True) == expected


def test_without_a_gpu_any_number_of_devices_will_do() -> None:
    found = broken(ROLE, opencv(command("4.5.5 0")), GIVEN, opencv_cuda_enabled=True, opencv_cuda_gpu="false")
    assert found == {}


def test_a_role_that_is_off_promises_nothing() -> None:
    assert judged(ROLE, {"skipped": True}, {"version": ""}) == {}
    assert opencv_cuda.work(Observed({"skipped": True}), settings(ROLE)) == {}


def stages(**memory: int) -> dict[str, str]:
    found = Observed(opencv(command(), **memory))
    made = opencv_cuda.work(found, settings(ROLE, opencv_cuda_enabled=True, opencv_cuda_python="/p"))["stages"]
    return {stage["name"]: stage["run"] for stage in made}


def test_a_build_uses_four_jobs_only_with_enough_memory() -> None:
    assert stages()["compile"].endswith("make -j4")
    assert stages(swap_total_mb=0)["compile"].endswith("make -j1")


def test_stages_are_whole_shell_lines() -> None:
    assert list(stages()) == ["configure", "summary", "compile", "install", "try", "pack"]
    for line in stages().values():
        assert "{" not in line
        subprocess.run(["sh", "-n", "-c", line], check=True)
    assert stages()["configure"].count(" -D ") == 23 and "-D PYTHON3_EXECUTABLE=/p " in stages()["configure"]
