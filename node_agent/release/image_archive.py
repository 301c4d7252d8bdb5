"""What an archive of ``docker save`` says about its image (id, machine, labels), read without Docker."""

import hashlib
import json
import tarfile
from typing import BinaryIO, Dict, NamedTuple

from node_agent.errors import ReleaseRefused

L4T_LABEL = "l4t.release"


class ArchivedImage(NamedTuple):
    """The image of an archive; ``machine`` is the architecture as `uname -m` prints it."""

    id: str
    machine: str
    labels: Dict[str, str]


_MACHINES = {"arm64": "aarch64", "amd64": "x86_64"}


def inspect(stream: BinaryIO) -> ArchivedImage:
    """The only image of an archive, in Docker's format or in OCI's with ``manifest.json``. Raises ReleaseRefused."""
    try:
        with tarfile.open(fileobj=stream, mode="r:") as archive:
            entries = json.loads(_member(archive, "manifest.json").decode("utf-8"))
            if len(entries) != 1:
                raise ReleaseRefused("an archive of {} images".format(len(entries)), "one image", "docker save IMAGE")
            data = _member(archive, entries[0]["Config"])
    except (tarfile.TarError, EOFError, ValueError, KeyError, TypeError) as error:
        raise ReleaseRefused(
            "not an image archive: {}".format(error or type(error).__name__), "a file written by docker save"
        )
    config = json.loads(data.decode("utf-8"))
    labels = (config.get("config") or {}).get("Labels") or {}
    machine = str(config.get("architecture"))
    return ArchivedImage("sha256:" + hashlib.sha256(data).hexdigest(), _MACHINES.get(machine, machine), dict(labels))


def _member(archive: tarfile.TarFile, name: str) -> bytes:
    stream = archive.extractfile(name)
    if stream is None:
        raise KeyError(name)
    return stream.read()


def check(image: ArchivedImage, image_id: str, machine: str, l4t: str) -> None:
    """Raises ReleaseRefused unless the image is ``image_id``, for ``machine`` and the L4T release ``l4t`` (32.7.6)."""
    if image.id != image_id:
        raise ReleaseRefused("the archive holds image {}".format(image.id[:19]), image_id[:19], "make the bundle again")
    if image.machine != machine:
        raise ReleaseRefused("an image for {}".format(image.machine), "one for {}, this machine".format(machine))
    label = image.labels.get(L4T_LABEL)
    if label is None or not same_series(label, l4t):
        raise ReleaseRefused(
            "an image for L4T {} (label {})".format(label, L4T_LABEL),
            "one for L4T {}.x: this host is {}".format(series(l4t), l4t),
            "build it from the base image of this L4T series: CUDA and TensorRT are mounted from the host",
        )


def series(l4t: str) -> str:
    """Major and first minor number: images for R32.7.1 run on every R32.7.x host."""
    return ".".join(l4t.split(".")[:2])


def same_series(label: str, l4t: str) -> bool:
    """Whether an image of release ``label`` runs on a host of release ``l4t``."""
    return len(label.split(".")) >= 2 and series(label) == series(l4t)
