"""`./inv images test`: checks an image from outside and, with its own Python, from inside; compares rebuilds."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from fleet.core.errors import ContainerImageError, ImageCheckFailed
from fleet.images import context, docker, spec
from fleet.images.building import ImageBuildOptions
from fleet.images.packages import Say
from fleet.images.spec import ImageCatalogue, ImageSpec

LOCKED_DOWN = ("--read-only", "--cap-drop", "ALL", "--network", "none", "--tmpfs", "/tmp")
_LABELS = ("title", "version", "revision", "base.name")


def test(names: list[str] | None, say: Say = print, arch: str = "") -> int:
    """Test the images called ``names``, or all, of an architecture. Raises ImageCheckFailed with every problem."""
    images = spec.load()
    docker.require(images.root / "build" / "images", arch)
    broken = []
    for image in images.images.values() if names is None else images.select(names):
        problems, name = problems_of(images, image, arch), spec.called(image.name, arch)
        say(f"{name}: " + ("no problems" if not problems else f"{len(problems)} problems"))
        broken += [f"{name}: {problem}" for problem in problems]
    if broken:
        raise ImageCheckFailed("\n  ".join(broken), "images as docker/images.toml describes them", "./inv images build")
    return 0


def problems_of(images: ImageCatalogue, image: ImageSpec, arch: str = "") -> list[str]:
    """The problems of an image that was built for an architecture (this machine's if empty)."""
    arch = arch or spec.machine_arch()
    found = docker.inspect(spec.called(image.name, arch))
    problems = [] if found["Architecture"] == arch else [f"is for {found['Architecture']}, not {arch}"]
    return problems + _described(images, image, found) + _inside(images, image, arch) + _size(images, image, arch)


def _described(images: ImageCatalogue, image: ImageSpec, found: dict[str, Any]) -> list[str]:
    """The problems of labels, user, health check and entry point."""
    config, labels = found["Config"], found["Config"]["Labels"] or {}
    problems = [] if config["User"] == "ocr" else [f"runs as {config['User'] or 'root'!r}"]
    wanted = [f"org.opencontainers.image.{name}" for name in _LABELS] + ["nano-ocr.manifest", "nano-ocr.standin"]
    problems += [f"label {name} is empty" for name in wanted if not labels.get(name)]
    if labels.get("l4t.release", "") != images.l4t_of(image):
        problems.append(f"label l4t.release is {labels.get('l4t.release')!r}, not {images.l4t_of(image)!r}")
    if any(other.app for other in images.lineage(image.name)):
        expected = {"Entrypoint": ["ocr-app"], "Cmd": ["selfcheck"]}
        problems += [f"{key} is {config[key]}" for key, value in expected.items() if config[key] != value]
        if (config.get("Healthcheck") or {}).get("Test") != ["CMD", "ocr-app", "health"]:
            problems.append("has another health check")
    return problems


def _inside(images: ImageCatalogue, image: ImageSpec, arch: str) -> list[str]:
    """Run docker/structure.py with the image's own Python and without any privileges."""
    script = (images.root / "docker" / "structure.py").read_bytes()
    expect = json.dumps(expectations(images, image))
    command = ["docker", "run", "--rm", "-i", *docker.platform_options(arch), *LOCKED_DOWN]
    command += ["--security-opt", "no-new-privileges", "--env", f"EXPECT={expect}"]
    command += ["--entrypoint", f"/usr/bin/python{image.minor}", spec.called(image.name, arch), "-"]
    done = subprocess.run(command, input=script, capture_output=True, check=False)
    if done.returncode:
        last = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
        return [f"the structure test died with {done.returncode}: {''.join(last)}"]
    problems: list[str] = json.loads(done.stdout)
    return problems


def expectations(images: ImageCatalogue, image: ImageSpec) -> dict[str, Any]:
    """The expectations for docker/structure.py."""
    has_app = any(other.app for other in images.lineage(image.name))
    files = ["/usr/local/bin/ocr-app", "/opt/ocr-app/ocr_app", "/opt/ocr-app/recipes/nano-codes.yaml"]
    files += ["/opt/ocr-app/data/nano-codes-100/manifest.json"]
    ours = ["/opt/ocr-app"] if has_app else []
    sites = [other.site for other in images.lineage(image.name) if other.locks]
    return {
        "uid": images.uid,
        "epoch": images.epoch,
        "imports": image.imports,
        "absent": image.absent,
        "files": [f"/usr/bin/python{image.minor}", *(files if has_app else [])],
        "ours": ours,
        "trees": [*ours, *dict.fromkeys(sites)],
    }


def _size(images: ImageCatalogue, image: ImageSpec, arch: str) -> list[str]:
    adds = added_mb(images, image, arch)
    return [] if adds < image.budget_mb else [f"adds {adds:.0f} MB to its parent; the limit is {image.budget_mb}"]


def added_mb(images: ImageCatalogue, image: ImageSpec, arch: str = "") -> float:
    """The size of the layers above the parent in megabytes (1e6 bytes)."""
    own, below = docker.inspect(spec.called(image.name, arch)), docker.inspect(parent_tag(images, image, arch))
    return float(own["Size"] - below["Size"]) / 1e6


def parent_tag(images: ImageCatalogue, image: ImageSpec, arch: str = "") -> str:
    """The parent image, whose layers this image begins with. Raises ContainerImageError if it is missing."""
    if not image.on_base:
        return spec.called(image.parent, arch)
    layers = docker.inspect(spec.called(image.name, arch))["RootFS"]["Layers"]
    for tag in docker.run_docker("images", "--format", "{{.Repository}}:{{.Tag}}").splitlines():
        if tag.startswith(("ocr-app-standin/", images.bases[image.parent].name.rpartition("library/")[2])):
            below = docker.inspect(tag)["RootFS"]["Layers"]
            if layers[: len(below)] == below:
                return tag
    raise ContainerImageError(f"the base of {image.name} is not in this engine", image.parent, "./inv images build")


def rebuilt(image: ImageSpec, how: ImageBuildOptions, say: Say) -> list[str]:
    """Build again without the cache from the same parent; returns the layers that differ, empty if none."""
    images = spec.load()
    arch = how.arch_of(images.base_of(image))
    with docker.alone(images.root / "build" / "images"):
        folder = context.folder_of(images, image, arch)
        found = docker.inspect(spec.called(image.name, arch))
        if found["Config"]["Labels"]["nano-ocr.manifest"] != context.digest(folder):
            step = f"./inv images build --only {image.name}"
            raise ContainerImageError(f"{image.name} was built from another context", f"the content of {folder}", step)
        say(f"{image.name}: building again without the cache")
        return sorted(_again(images, image, folder, how, arch) ^ set(found["RootFS"]["Layers"]))


def _again(images: ImageCatalogue, image: ImageSpec, folder: Path, how: ImageBuildOptions, arch: str) -> set[str]:
    """The layers of a second build, which is then removed."""
    tag = f"ocr-app-again/{image.name}"
    log = folder.parent.with_name(f"{image.name}-again.log")
    log.write_text("")
    network = "none" if how.standin else "default"
    try:
        below = {"BASE": parent_tag(images, image, arch)}
        docker.build(folder, tag, below, how.builder, network, False, log, arch)
        return set(docker.inspect(tag)["RootFS"]["Layers"])
    finally:
        if docker.exists(tag):
            docker.run_docker("rmi", tag)
        docker.drop_stages()
