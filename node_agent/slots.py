"""The releases on the disk: ``releases/<id>/`` holds the manifest, its signature and the files that a node keeps."""

import hashlib
from typing import List, Optional

from node_agent import image_archive, manifest
from node_agent.disk import Disk
from node_agent.errors import AgentError, Refused
from node_agent.machine import Machine
from node_agent.manifest import Manifest, Member
from node_agent.source import Source
from node_agent.state import State

RELEASES, INCOMING = "releases", "incoming"


def folder(release_id: str) -> str:
    """Folder of a release."""
    return "{}/{}".format(RELEASES, release_id)


def copy_in(disk: Disk, source: Source, made: Manifest) -> None:
    """Bring a release in: written and synced under ``incoming``, checked, then renamed in one step.

    Raises Refused when a file is not what the manifest says, OutsideError when the disk fails.
    """
    disk.remove(INCOMING)
    disk.remove(folder(made.id))
    for member in manifest.for_node(made):
        _copy(disk, source, member)
    for name in (manifest.NAME, manifest.SIGNATURE):
        _write(disk, "{}/{}".format(INCOMING, name), source.read(name))
    disk.make_folder(RELEASES)
    disk.rename(INCOMING, folder(made.id))
    disk.sync_dir(RELEASES)
    disk.sync_dir("")


def _copy(disk: Disk, source: Source, member: Member) -> None:
    target = "{}/{}".format(INCOMING, member.path)
    _make_parents(disk, target)
    digest, size = hashlib.sha256(), 0
    writer = disk.create(target)
    try:
        for piece in source.pieces(member.path):
            size += len(piece)
            if size > member.size:
                break
            digest.update(piece)
            writer.write(piece)
        _compare(member, size, digest.hexdigest())
        writer.sync()
    finally:
        writer.close()
    disk.sync_dir(target.rpartition("/")[0])


def _compare(member: Member, size: int, sha256: str) -> None:
    step = "copy the bundle again"
    if size != member.size:
        size_words = "more than {} bytes".format(member.size) if size > member.size else "{} bytes".format(size)
        raise Refused("{} has {}".format(member.path, size_words), "{} bytes".format(member.size), step)
    if sha256 != member.sha256:
        raise Refused("{} has sha256 {}".format(member.path, sha256), member.sha256, step)


def _make_parents(disk: Disk, path: str) -> None:
    """Folders above a file, each with its name on the disk."""
    parts = path.split("/")[:-1]
    for depth in range(1, len(parts) + 1):
        name = "/".join(parts[:depth])
        if not disk.exists(name):
            disk.make_folder(name)
            disk.sync_dir("/".join(parts[: depth - 1]))


def _write(disk: Disk, path: str, data: bytes) -> None:
    writer = disk.create(path)
    try:
        writer.write(data)
        writer.sync()
    finally:
        writer.close()
    disk.sync_dir(path.rpartition("/")[0])


def load(disk: Disk, release_id: str) -> Manifest:
    """The manifest of a release that is here. Raises Refused when it is not the one that was let in."""
    path = "{}/{}".format(folder(release_id), manifest.NAME)
    data = disk.read(path) if disk.exists(path) else b""
    if hashlib.sha256(data).hexdigest() != release_id:
        raise Refused("the manifest of release {} is damaged or gone".format(release_id[:12]), "", "stage it again")
    return manifest.parse(data)


def check_files(disk: Disk, release_id: str) -> Manifest:
    """The manifest, after every file of the release was compared with it. Raises Refused."""
    made = load(disk, release_id)
    for member in manifest.for_node(made):
        check_file(disk, release_id, member)
    return made


def check_file(disk: Disk, release_id: str, member: Member) -> None:
    """Raises Refused unless a file of a release on the disk is what its manifest says."""
    path = "{}/{}".format(folder(release_id), member.path)
    if not disk.exists(path):
        raise Refused("{} is gone".format(path), "", "stage the release again")
    digest, size = hashlib.sha256(), 0
    with disk.open(path) as stream:
        for piece in iter(lambda: stream.read(1 << 20), b""):
            digest.update(piece)
            size += len(piece)
    _compare(member, size, digest.hexdigest())


def image_path(made: Manifest) -> str:
    """Path of the image archive below the agent's folder."""
    return "{}/{}".format(folder(made.id), made.image)


def check_image(disk: Disk, machine: Machine, made: Manifest) -> None:
    """Raises Refused unless the image archive is the named image, for this machine and its L4T release."""
    with disk.open(image_path(made)) as stream:
        image = image_archive.inspect(stream)
    image_archive.check(image, made.image_id, machine.architecture(), machine.l4t())


def clean(disk: Disk, machine: Machine, state: State) -> None:
    """Remove what no role names: half a copy, releases that went, their images. Nothing that a role names."""
    disk.remove(INCOMING)
    roles = [role for role in (state.current, state.previous, state.candidate) if role]
    kept_images = {role["image_id"] for role in roles}
    for release_id in disk.names(RELEASES):
        if release_id not in {role["id"] for role in roles}:
            image_id = _image_of(disk, release_id)
            if image_id is not None and image_id not in kept_images:
                machine.remove_image(image_id)
            disk.remove(folder(release_id))


def _image_of(disk: Disk, release_id: str) -> Optional[str]:
    try:
        return load(disk, release_id).image_id
    except AgentError:
        return None


def names(disk: Disk) -> List[str]:
    """Ids of the releases on the disk."""
    return disk.names(RELEASES)
