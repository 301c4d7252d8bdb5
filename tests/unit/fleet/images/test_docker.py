"""Docker as the images use it, with a stand-in for the program."""

from __future__ import annotations

from pathlib import Path

import pytest

from fleet.core.errors import ContainerImageError, DockerMissing
from fleet.images import docker


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A docker that writes its arguments into `calls`, and does what the file `answer` says."""
    path = tmp_path / "bin" / "docker"
    path.parent.mkdir()
    path.write_text(f'#!/bin/sh\necho "$DOCKER_BUILDKIT $@" >>{tmp_path}/calls\n. {tmp_path}/answer\n')
    path.chmod(0o755)
    (tmp_path / "answer").write_text("")
    monkeypatch.setenv("PATH", str(path.parent))  # nothing of this machine
    return tmp_path


def test_a_failure_is_reported_with_docker_s_own_message(program: Path) -> None:
    (program / "answer").write_text("echo 'no space left' >&2; exit 1\n")
    with pytest.raises(ContainerImageError, match=r"docker images --quiet x failed: no space left"):
        docker.run_docker("images", "--quiet", "x")


def test_an_image_that_is_not_there_is_reported_with_the_command_that_builds_it(program: Path) -> None:
    assert not docker.exists("ocr-app")
    with pytest.raises(ContainerImageError, match=r"\./inv images build --only ocr-app"):
        docker.inspect("ocr-app")


def test_the_classic_builder_is_asked_for_by_name(program: Path) -> None:
    docker.build(program, "x", {"BASE": "y"}, "classic", "none", False, program / "log")
    call = (program / "calls").read_text()
    assert call == f"0 build --tag x --network none --no-cache --build-arg BASE=y {program}\n"


def test_buildkit_is_never_replaced_by_another_builder(program: Path) -> None:
    with pytest.raises(DockerMissing, match="BuildKit"):
        docker.build(program, "x", {}, "buildkit", "none", True, program / "log")
    (program / "answer").write_text("echo --progress\n")
    docker.build(program, "x", {}, "buildkit", "none", True, program / "log")
    assert (program / "calls").read_text().splitlines()[-1].startswith("1 build --tag x")


def test_an_unknown_builder_is_refused(program: Path) -> None:
    with pytest.raises(ContainerImageError, match="no builder called 'kaniko'"):
        docker.build(program, "x", {}, "kaniko", "none", True, program / "log")


def test_a_build_that_fails_shows_its_last_lines(program: Path) -> None:
    (program / "answer").write_text("echo 'Step 3/4'; echo 'unable to locate package'; exit 100\n")
    with pytest.raises(ContainerImageError, match="unable to locate package"):
        docker.build(program, "x", {}, "classic", "none", True, program / "log")


def test_without_docker_nothing_is_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(DockerMissing, match="docker not found"):
        docker.require(tmp_path)


def test_another_processor_is_asked_for_and_its_programs_must_run(
    program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(docker, "machine_arch", lambda: "amd64")
    docker.build(program, "x", {}, "classic", "none", True, program / "log", "arm64")
    assert (program / "calls").read_text() == f"0 build --tag x --network none --platform linux/arm64 {program}\n"
    assert docker.platform_options("amd64") == docker.platform_options("") == []
    monkeypatch.setattr(docker.engine, "answers", lambda: True)
    monkeypatch.setattr(docker.engine, "lacking_for", lambda arch: f"no programs for {arch}" if arch == "arm64" else "")
    docker.require(tmp_path)
    with pytest.raises(DockerMissing, match="no programs for arm64"):
        docker.require(tmp_path, "arm64")


def test_an_image_for_another_processor_is_not_taken_for_that_of_this_one(program: Path) -> None:
    docker.exists("ocr-app")
    docker.exists("ocr-app:arm64")
    asked = [line.split()[-1] for line in (program / "calls").read_text().splitlines()]
    assert asked == ["ocr-app:latest", "ocr-app:arm64"]
