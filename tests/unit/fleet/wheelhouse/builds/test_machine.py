"""Where a build runs, and what that machine must have."""

from __future__ import annotations

import platform
import shutil
import sys
from pathlib import Path

import pytest

from fleet.core.errors import (
    UnsuitableBuildMachine,
)
from fleet.wheelhouse.builds import machine
from fleet.wheelhouse.builds.declarations import BuildMachine
from fleet.wheelhouse.builds.machine import BuildPlatform
from tests.unit.fleet.wheelhouse.builds.workshops import Workshop


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"machine": "aarch63"}, f"processor {platform.machine()}"),
        ({"cuda": "10.1"}, "CUDA "),
        ({"python_version": "2.7"}, f"{sys.executable} is 3."),
        ({"free_mb": 10**9}, "MB free or used by this build"),
    ],
)
def test_a_machine_that_cannot_is_refused_before_anything(
    shop: Workshop, change: dict[str, str | int], found: str
) -> None:
    shop.spec(**change)
    with pytest.raises(UnsuitableBuildMachine, match="tiny cannot be built on this machine") as caught:
        shop.build()
    assert found in caught.value.found and "--board BOARD" in str(caught.value.next_step)
    assert not (shop.folder / "spec.json").exists()


def test_packages_that_are_missing_are_named(shop: Workshop) -> None:
    shop.defaults(packages="[no-such-package-here]")
    if shutil.which("dpkg-query") is None:
        pytest.skip("no dpkg here")
    with pytest.raises(UnsuitableBuildMachine, match="no-such-package-here not installed"):
        shop.build()


def test_a_container_that_is_not_there_is_refused(shop: Workshop) -> None:
    with pytest.raises(UnsuitableBuildMachine, match=r"a container of nano-ocr/none:0|docker"):
        shop.build(BuildPlatform("nano-ocr/none:0"))


def test_a_container_sees_its_folders_and_no_network() -> None:
    place = BuildPlatform("l4t:1", "nvidia", (Path("/b"), Path("/h")))
    line = " ".join(place.command(["/usr/bin/python3.6", "x.py"], Path("/b"), "n"))
    assert "--network none" in line and "--runtime nvidia --volume /b:/b --volume /h:/h --workdir /b" in line
    assert line.endswith("--entrypoint /usr/bin/python3.6 l4t:1 x.py")


def test_what_the_probe_says_is_read() -> None:
    text = "machine=aarch64\ncuda=10.2\npython=3.6\nfree_mb=9\nmemory_mb=3964\nswap_mb=0\npackage=cmake\n"
    assert machine.parsed(text) == BuildMachine(
        "aarch64", "10.2", "3.6", 9, 3964, 0, frozenset(["cmake"]), stranger=False
    )
