"""The locks of this repository's environments for Python 3.6 and 3.7, resolved for aarch64.

CPython 3.6 and 3.7 for aarch64 are in no index that this project uses, so nothing is installed: each wheel is hashed,
unpacked, and its machine code looked at. docs/results/arm64-locks.log is the output. Those of the boards are in
test_arm64_images.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from fleet.core.errors import DownloadFailed
from fleet.core.files import ROOT
from fleet.environments.declarations import LockSpec, lock_path, lock_specs
from fleet.wheelhouse import commands
from fleet.wheelhouse.store import fetch
from fleet.wheelhouse.store.index import WHEELHOUSE
from fleet.wheelhouse.store.manifest import PythonTarget, WheelhouseManifest, read

MANIFEST = read()
ON_BOARDS = [lock for target in MANIFEST.targets.values() for lock in target.locks]
TARGETS = {".".join(target.python.split(".")[:2]): target for target in MANIFEST.targets.values()}
HERE_ALONE = [
    spec for spec in lock_specs().values() if spec.python.rpartition(".")[0] in TARGETS and spec.name not in ON_BOARDS
]
FROM_APT = {
    "scikit-image": "Ubuntu's python3-skimage",
    "shapely": "Ubuntu's python3-shapely",
    "matplotlib": "what python3-skimage brings",
}
# What nobody publishes as a wheel for that processor and Python, and what a board has in its place.
GAPS = {
    "py36-app": {"pyrsistent": "nothing: jsonschema needs it, and only tests need that"},
    "virtual-ubuntu": FROM_APT,
    "py36-easyocr": FROM_APT,
    "py37-paddle": {
        "paddlepaddle-gpu": "Paddle's own wheel, from outside the index (wheels/manifest.toml)",
        "paddle2onnx": "nothing: networks are exported on a computer",
    },
}


def target_of(spec: LockSpec) -> PythonTarget:
    """The board's Python of the same minor version."""
    return TARGETS[spec.python.rpartition(".")[0]]


def lines_of(name: str) -> dict[str, str]:
    """Package -> its line in a lock, with all hashes."""
    lines = lock_path(name, ROOT).read_text().replace("\\\n", " ").splitlines()
    return {match[0]: line for line in lines if (match := re.match(r"[a-z0-9][a-z0-9.-]*", line))}


def project(folder: Path, name: str, packages: Iterable[str]) -> WheelhouseManifest:
    """A project in ``folder`` whose lock of that name has these packages alone."""
    path = lock_path(name, folder)
    path.parent.mkdir()
    path.write_text("".join(lines_of(name)[package] + "\n" for package in packages))
    return replace(MANIFEST, path=folder / "wheels" / "manifest.toml")


@pytest.mark.parametrize("spec", HERE_ALONE, ids=lambda spec: spec.name)
def test_a_lock_of_an_environment_resolves_but_for_what_is_named(spec: LockSpec, tmp_path: Path) -> None:
    gaps = GAPS.get(spec.name, {})
    manifest = project(tmp_path, spec.name, [package for package in lines_of(spec.name) if package not in gaps])
    said: list[str] = []
    locks = [(target_of(spec), spec.name)]
    assert commands.fetch(manifest, WHEELHOUSE, [], locks, lambda _: None) == 0
    assert commands.verify(manifest, WHEELHOUSE, [], locks, said.append) == 0, said
    print(said[0])
    for package, instead in gaps.items():
        print(f"{spec.name}: no wheel of {package}; a board has {instead}")


@pytest.mark.parametrize("name, package", [(name, package) for name in GAPS for package in GAPS[name]])
def test_what_is_named_as_missing_is_missing(name: str, package: str, tmp_path: Path) -> None:
    """So that a package that gets a wheel is noticed."""
    manifest = project(tmp_path, name, [package])
    with pytest.raises(DownloadFailed, match=f"No matching distribution found for {package}"):
        fetch.fetch_lock(name, target_of(lock_specs()[name]), WHEELHOUSE, manifest, lambda _: None)
