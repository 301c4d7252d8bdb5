"""The content of a bundle: the parts of ``bundle.toml``, and the manifest that describes them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fleet.core.errors import BundleError
from fleet.core.files import ROOT, sha256_of
from node_agent.errors import AgentError
from node_agent.release import image_archive, manifest
from node_agent.release.manifest import ReleaseManifest

EXPECTED = "challenge/expected.json"
SPEC = ROOT / "fleet" / "release" / "bundle.toml"


@dataclass(frozen=True)
class BundlePart:
    """One file of a bundle: its path here, its path in the bundle, and its kind."""

    path: Path
    name: str
    kind: str


@dataclass(frozen=True)
class BundleOrigin:
    """The origin of a bundle. ``created`` is the time of the commit, so a bundle can be reproduced."""

    version: str
    serial: int
    created: str
    revision: str


def parts(spec: dict[str, Any], root: Path = ROOT) -> list[BundlePart]:
    """All files of a specification, sorted by their path in the bundle. Raises BundleError for missing files."""
    found = [part for entry in spec["part"] for part in _files(entry, root)]
    return sorted(found, key=lambda part: part.name)


def _files(entry: dict[str, Any], root: Path) -> Iterator[BundlePart]:
    start = root / entry["from"]
    if start.is_file():
        yield BundlePart(start, f"{entry['to']}/{start.name}", entry["kind"])
    elif start.is_dir():
        for path in sorted(start.rglob("*")):
            hidden = any(part.startswith((".", "__pycache__")) for part in path.relative_to(start).parts)
            if path.is_file() and not hidden:
                yield BundlePart(path, f"{entry['to']}/{path.relative_to(start).as_posix()}", entry["kind"])
    elif not entry.get("optional"):
        raise BundleError(f"{entry['from']} is not there ({entry['kind']})", "a file or folder", f"see {SPEC.name}")


def describe(
    spec: dict[str, Any], found: list[BundlePart], stamp: BundleOrigin, roll: dict[str, list[str]], floor: int
) -> bytes:
    """The manifest of a bundle. Raises BundleError if a node would refuse it."""
    images = [part for part in found if part.kind == "image"]
    if len(images) != 1:
        raise BundleError(f"{len(images)} images for the node", "exactly one part of kind image")
    try:
        with images[0].path.open("rb") as stream:
            image = image_archive.inspect(stream)
        image_archive.check(image, image.id, spec["machine"], spec["l4t"])
        record = _record(spec, found, stamp, image.id, images[0], roll, floor)
        data = json.dumps(record, indent=1, sort_keys=True).encode() + b"\n"
        _check_challenge(manifest.parse(data), found)
    except AgentError as error:
        raise BundleError(error.found, error.expected, error.next_step) from error
    return data


def _record(
    spec: dict[str, Any],
    found: list[BundlePart],
    stamp: BundleOrigin,
    image_id: str,
    image: BundlePart,
    roll: dict[str, list[str]],
    floor: int,
) -> dict[str, Any]:
    has_challenge = any(part.kind == "challenge" for part in found)
    arguments = spec.get("challenge", {}).get("arguments", []) if has_challenge else []
    members = [
        {"path": part.name, "kind": part.kind, "sha256": sha256_of(part.path), "size": part.path.stat().st_size}
        for part in found
    ]
    return {
        "format": manifest.FORMAT,
        "name": spec["name"],
        "version": stamp.version,
        "serial": stamp.serial,
        "floor": floor,
        "created": stamp.created,
        "revision": stamp.revision,
        "target": {"l4t": spec["l4t"], "machine": spec["machine"]},
        "image": {"path": image.name, "id": image_id, "unpacked_bytes": image.path.stat().st_size},
        "challenge": arguments,
        "keys": roll,
        "gate": spec["gate"],
        "members": members,
    }


def _check_challenge(made: ReleaseManifest, found: list[BundlePart]) -> None:
    if not made.challenge:
        return
    path = next((part.path for part in found if part.name == EXPECTED), None)
    step = "./inv challenge make FOLDER"
    if path is None:
        raise BundleError(f"a challenge set without {EXPECTED}", "the expected result of each image", step)
    try:
        wanted = json.loads(path.read_text())
        complete = (
            isinstance(wanted, list) and wanted and all({"image", "verdict", "text"} <= set(row) for row in wanted)
        )
    except (ValueError, TypeError):
        complete = False
    if not complete:
        raise BundleError(f"{path.name} expects nothing", "a list of image, verdict and text, not empty", step)


def stamp_of(version: str, serial: int | None, root: Path = ROOT) -> BundleOrigin:
    """Version, serial, revision and time. The serial is the number of commits unless one is given."""
    count, revision, created = (
        _git(root, *words)
        for words in (("rev-list", "--count", "HEAD"), ("rev-parse", "HEAD"), ("show", "-s", "--format=%cI", "HEAD"))
    )
    changes = "+changes" if _git(root, "status", "--porcelain", "--untracked-files=no") else ""
    return BundleOrigin(version, int(count) if serial is None else serial, created, revision + changes)


def _git(root: Path, *words: str) -> str:
    done = subprocess.run(["git", "-C", str(root), *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise BundleError(f"git {words[0]}: {done.stderr.strip()}", "a git checkout", "give --serial, in a checkout")
    return done.stdout.strip()
