"""Loads a folder with a root file system into Docker as an image for any architecture."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import tarfile
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from fleet.core.errors import VirtualFleetError
from fleet.core.files import sha256_of

Command = Sequence[str]


def load(
    root: Path,
    tag: str,
    arch: str,
    labels: Mapping[str, str] | None = None,
    start: Command = (),
    without: Command = (),
) -> None:
    """Load ``root`` as the image ``tag`` of one layer, for an architecture by Docker's name. Raises VirtualFleetError.

    `docker import` would label every image with the machine's own architecture, and no Dockerfile for another one would
    build on it. ``start`` is the command of the image; the contents of the folders ``without`` are left out.
    """
    with tempfile.TemporaryDirectory(dir=root.parent, prefix="rootfs-") as name:
        layer, archive = Path(name) / "layer.tar", Path(name) / "image.tar"
        _run(["tar", "-C", str(root), *(f"--exclude=./{folder}/*" for folder in without), "-cf", str(layer), "."])
        config = json.dumps(
            {
                "architecture": arch,
                "os": "linux",
                "config": {"Labels": dict(labels or {}), "Cmd": list(start) or None},
                "rootfs": {"type": "layers", "diff_ids": [f"sha256:{sha256_of(layer)}"]},
                "history": [{"created_by": "debootstrap"}],
            }
        ).encode()
        config_name = f"{hashlib.sha256(config).hexdigest()}.json"
        manifest = json.dumps([{"Config": config_name, "RepoTags": [tag], "Layers": ["layer.tar"]}]).encode()
        with tarfile.open(archive, "w") as stream:
            for member, data in ((config_name, config), ("manifest.json", manifest)):
                entry = tarfile.TarInfo(member)
                entry.size = len(data)
                stream.addfile(entry, io.BytesIO(data))
            stream.add(layer, "layer.tar")
        _run(["docker", "load", "--quiet", "--input", str(archive)])


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise VirtualFleetError(f"{' '.join(command[:2])} failed: {done.stderr.strip()[-600:]}")
