"""Known breakages of the container runtime; each has a page. They name the cause where other rules show the symptom."""

from __future__ import annotations

import re

from .model import Observed, Rule

PAGES = "docs/how-to/breakages/"
Numbers = tuple[int, ...]


def rules(observed: Observed) -> list[Rule]:
    """One rule per breakage."""
    return [
        _clone3(observed),
        _csv_mounts(observed),
        _x86_library(observed),
        other_docker(observed),
        _general_repository(observed),
    ]


def other_docker(observed: Observed) -> Rule:
    """Another Docker than Ubuntu's does not know the runtime of JetPack."""
    found = "docker-ce" if observed.package("docker-ce").version else "docker.io alone"
    return Rule(
        "container_runtime.breakage_other_docker",
        "Docker of snap" if observed.file("snap").exists else found,
        "docker.io alone",
        next=PAGES + "unknown-runtime-nvidia.md",
    )


def _shown(observed: Observed, package: str) -> str:
    """The version without the revision of the distribution; "0" when it is not installed."""
    found = re.search("[0-9.]+", observed.package(package).version)
    return found.group() if found else "0"


def _numbers(version: str) -> Numbers:
    return tuple(int(part) for part in version.split(".") if part)


def _clone3(observed: Observed) -> Rule:
    docker, toolkit = _shown(observed, "docker.io"), _shown(observed, "nvidia-container-toolkit")
    return Rule(
        "container_runtime.breakage_clone3",
        f"Docker {docker} with toolkit {toolkit}",
        "toolkit 1.7.0 or later with Docker 20.10.7 or later",
        holds=_numbers(docker) < (20, 10, 7) or _numbers(toolkit) >= (1, 7, 0),
        next=PAGES + "clone3-permission-denied.md",
    )


def _csv_mounts(observed: Observed) -> Rule:
    library, toolkit = observed.package("libnvidia-container0").version, _shown(observed, "nvidia-container-toolkit")
    return Rule(
        "container_runtime.breakage_csv_mounts",
        f"libnvidia-container0 {library or 'none'}, toolkit {toolkit}",
        "libnvidia-container0 0.10.0+jetpack and a toolkit before 1.9",
        holds=(not library or library.startswith("0.10.")) and _numbers(toolkit) < (1, 9, 0),
        next=PAGES + "cuda-missing-in-containers.md",
    )


def _x86_library(observed: Observed) -> Rule:
    library = _shown(observed, "libnvidia-container1")
    return Rule(
        "container_runtime.breakage_x86_library",
        f"libnvidia-container1 {library}",
        "the one of JetPack, not 1.3 of NVIDIA's general repository",
        holds=not library.startswith("1.3."),
        next=PAGES + "driver-error-failed-to-process-request.md",
    )


def _general_repository(observed: Observed) -> Rule:
    return Rule(
        "container_runtime.general_repository",
        ", ".join(observed.command("general").out.split()) or "not listed",
        "not listed",
        hint=True,
        next=f"remove that file from the board: {PAGES}cuda-missing-in-containers.md",
    )
