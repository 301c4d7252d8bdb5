"""Docker for building images: the classic builder or BuildKit, as requested and never another one."""

from __future__ import annotations

import fcntl
import json
import logging
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fleet.core.errors import ContainerImageError, DockerMissing
from fleet.images.spec import machine_arch
from fleet.virtual import docker as engine

log = logging.getLogger(__name__)

BUILDERS = {"classic": "0", "buildkit": "1"}


def require(folder: Path, arch: str = "") -> None:
    """Make sure that an engine answers and runs programs for ``arch``; start one if none does. Raises DockerMissing."""
    if not shutil.which("docker"):
        raise DockerMissing("docker not found", "a Docker engine", "apt-get install docker.io")
    if not engine.answers():
        engine.require(folder, machine_arch())
    if problem := engine.lacking_for(arch or machine_arch()):
        raise DockerMissing(problem, f"qemu-user, registered with the flag F, for linux/{arch}", "see binfmt.d(5)")


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Allow one build per checkout: builds share folders, and `drop_stages` would remove another build's stages."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield


def run_docker(*arguments: str, given: bytes | None = None) -> str:
    """Run docker; returns its output. Raises ContainerImageError with its message if it fails."""
    log.debug("docker %s", " ".join(arguments))
    done = subprocess.run(["docker", *arguments], input=given, capture_output=True, check=False)
    if done.returncode:
        shown = " ".join(arguments[:3]) + (" ..." if len(arguments) > 3 else "")
        raise ContainerImageError(f"docker {shown} failed: {done.stderr.decode(errors='replace').strip()[-800:]}")
    return done.stdout.decode().strip()


def exists(tag: str) -> bool:
    """Whether the engine has this image."""
    return bool(run_docker("images", "--quiet", tag if ":" in tag else f"{tag}:latest"))


def inspect(tag: str) -> dict[str, Any]:
    """The engine's description of an image. Raises ContainerImageError if it does not exist."""
    if not exists(tag):
        raise ContainerImageError(f"no image {tag} in this engine", "a built image", f"./inv images build --only {tag}")
    found: dict[str, Any] = json.loads(run_docker("image", "inspect", tag))[0]
    return found


def build(
    folder: Path,
    tag: str,
    arguments: dict[str, str],
    builder: str,
    network: str,
    cache: bool,
    log: Path,
    arch: str = "",
) -> None:
    """Build the folder's Dockerfile with the output in ``log``. Raises ContainerImageError with the last lines."""
    command = [_client(builder), "build", "--tag", tag, "--network", network, *([] if cache else ["--no-cache"])]
    command += platform_options(arch)
    command += [part for key, value in arguments.items() for part in ("--build-arg", f"{key}={value}")]
    environment = dict(os.environ, DOCKER_BUILDKIT=BUILDERS[builder])
    with log.open("a") as output:
        done = subprocess.run([*command, str(folder)], stdout=output, stderr=output, check=False, env=environment)
    if done.returncode:
        last = "\n  ".join(log.read_text(errors="replace").splitlines()[-10:])
        raise ContainerImageError(f"building {tag} failed:\n  {last}", "", f"see {log}")


def platform_options(arch: str) -> list[str]:
    """The options of `docker build` and `docker run` for another processor than this machine's."""
    return [] if arch in ("", machine_arch()) else ["--platform", f"linux/{arch}"]


def _client(builder: str) -> str:
    """The docker program that has this builder. Newer programs need a plug-in for BuildKit."""
    if builder not in BUILDERS:
        raise ContainerImageError(f"no builder called {builder!r}", ", ".join(BUILDERS))
    if builder == "classic":
        return "docker"
    found = [Path(folder) / "docker" for folder in os.get_exec_path() if (Path(folder) / "docker").is_file()]
    for program in found:
        probe = [str(program), "build", "--help"]
        environment = dict(os.environ, DOCKER_BUILDKIT="1")
        done = subprocess.run(probe, capture_output=True, text=True, check=False, env=environment)
        if done.returncode == 0 and "--progress" in done.stdout:
            return str(program)
    raise DockerMissing("no docker here has BuildKit", "docker with the plug-in buildx", "--builder classic")


def drop_stages() -> None:
    """Remove the build stages, whose layers are as large as the images."""
    run_docker("image", "prune", "--force", "--filter", "label=nano-ocr.stage=build")
