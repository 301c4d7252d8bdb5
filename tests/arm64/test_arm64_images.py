"""Images for aarch64, really built and run with qemu-user on stand-ins of Debian arm64: docs/how-to/containers.md.

Slow, and not part of CI; docs/results/arm64.log is its output.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from fleet.core.errors import DockerMissing
from fleet.core.files import ROOT
from fleet.images import archives, building, checks, docker, spec
from fleet.images.checks import LOCKED_DOWN
from fleet.images.spec import ImageCatalogue
from fleet.wheelhouse import commands
from fleet.wheelhouse.store.manifest import read
from node_agent.errors import ReleaseRefused
from node_agent.release import image_archive

ARCH = "arm64"
BUILT = ("ocr-app-base", "ocr-app-cpu")
COUNT = int(os.environ.get("OCR_ARM64_SAMPLES", "1"))  # of data/nano-codes-100, evenly spread
CHOSEN = [f"data/nano-codes-100/images/{number:03}.jpg" for number in range(0, 100, 100 // COUNT)][:COUNT]
READ = ("read", "--jsonl", "--threads", "1", "--team", "fast", *CHOSEN)
A57 = ("--env", "QEMU_CPU=cortex-a57")  # the Nano's processor; newer instructions are emulated far more slowly


@pytest.fixture(scope="module")
def images() -> Iterator[ImageCatalogue]:
    try:
        docker.require(ROOT / "build" / "images", ARCH)
    except DockerMissing as error:
        pytest.skip(error.found)
    building.build(list(BUILT), building.plan("standin", ARCH), print)
    yield spec.load()


@pytest.mark.parametrize("name", BUILT)
def test_the_image_is_what_it_has_to_be(images: ImageCatalogue, name: str) -> None:
    """Every import works on the emulated processor, ONNX Runtime's too."""
    assert checks.problems_of(images, images.images[name], ARCH) == []


def test_a_node_of_another_processor_refuses_its_archive(
    images: ImageCatalogue, tmp_path_factory: pytest.TempPathFactory
) -> None:
    (path,) = archives.save(["ocr-app-base"], tmp_path_factory.mktemp("saved"), print, ARCH)
    assert path.name == "ocr-app-base-arm64.tar"
    with path.open("rb") as stream:
        image = image_archive.inspect(stream)
    assert image.machine == "aarch64"
    with pytest.raises(ReleaseRefused, match="an image for aarch64"):
        image_archive.check(image, image.id, "x86_64", "32.7.6")


def test_it_reads_the_samples_as_this_processor_does(images: ImageCatalogue) -> None:
    own = texts([sys.executable, "-m", "ocr_app", *READ], dict(os.environ, OMP_NUM_THREADS="1"))
    emulated = texts(
        [
            "docker",
            "run",
            "--rm",
            *docker.platform_options(ARCH),
            *A57,
            *LOCKED_DOWN,
            spec.called(BUILT[1], ARCH),
            *READ,
        ]
    )
    assert len(own) == COUNT
    assert emulated == own


def texts(command: list[str], environment: dict[str, str] | None = None) -> dict[str, tuple[str, str]]:
    """Image -> verdict and text; printed, with the time that they took."""
    start = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, env=environment)
    assert done.returncode in (0, 1), done.stderr
    records = [json.loads(line) for line in done.stdout.splitlines()]
    found = {record["image"]: (record["verdict"], record["text"]) for record in records}
    print(f"{command[0].rpartition('/')[2]}: {len(found)} images in {time.monotonic() - start:.0f} s")
    for image, (verdict, text) in found.items():
        print(f"  {image}: {verdict}: {text}")
    return found


def test_every_lock_of_the_boards_resolves_to_wheels_whose_machine_code_is_for_them(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """From the index, without an interpreter of that processor: unpacked, and every ELF file looked at."""
    manifest, wheelhouse = read(), ROOT / ".wheelhouse"
    names = [lock for target in manifest.targets.values() for lock in target.locks]
    sources, locks = commands.select(manifest, names)
    assert sources == [] and len(locks) == len(names)
    said: list[str] = []
    assert commands.fetch(manifest, wheelhouse, [], locks, print) == 0
    assert commands.verify(manifest, wheelhouse, [], locks, said.append) == 0
    print("\n".join(said))
    assert said[-1] == f"{len(locks)} of {len(locks)} artefacts and locks are right"
