"""The releases on the disk: ``releases/<id>/`` holds the manifest, its signature and the files that a node keeps."""

import hashlib
from typing import List, Optional

from node_agent.errors import AgentError, ReleaseRefused
from node_agent.host.interface import Host
from node_agent.release import image_archive
from node_agent.release import manifest as manifests
from node_agent.release.manifest import ReleaseManifest, ReleaseMember
from node_agent.release.source import ReleaseSource
from node_agent.store.disk import Disk
from node_agent.store.state import DeploymentState

RELEASES, INCOMING = "releases", "incoming"


def folder(release_id: str) -> str:
    """The folder of a release."""
    return "{}/{}".format(RELEASES, release_id)


def copy_in(disk: Disk, source: ReleaseSource, manifest: ReleaseManifest) -> None:
    """Copy a release onto the disk: written and synced under ``incoming``, checked, then renamed in one step.

    Raises ReleaseRefused when a file differs from the manifest, HostError when the disk fails.
    """
    disk.remove(INCOMING)
    disk.remove(folder(manifest.id))
    for member in manifests.for_node(manifest):
        _copy(disk, source, member)
    for name in (manifests.NAME, manifests.SIGNATURE):
        disk.write("{}/{}".format(INCOMING, name), source.read(name))
    disk.make_folder(RELEASES)
    disk.rename(INCOMING, folder(manifest.id))
    disk.sync_dir(RELEASES)
    disk.sync_dir("")


def _copy(disk: Disk, source: ReleaseSource, member: ReleaseMember) -> None:
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


def _compare(member: ReleaseMember, size: int, sha256: str) -> None:
    step = "copy the bundle again"
    if size != member.size:
        found = "more than {} bytes".format(member.size) if size > member.size else "{} bytes".format(size)
        raise ReleaseRefused("{} has {}".format(member.path, found), "{} bytes".format(member.size), step)
    if sha256 != member.sha256:
        raise ReleaseRefused("{} has sha256 {}".format(member.path, sha256), member.sha256, step)


def _make_parents(disk: Disk, path: str) -> None:
    """Create the folders above a file, each with its name on the disk."""
    parts = path.split("/")[:-1]
    for depth in range(1, len(parts) + 1):
        name = "/".join(parts[:depth])
        if not disk.exists(name):
            disk.make_folder(name)
            disk.sync_dir("/".join(parts[: depth - 1]))


def load(disk: Disk, release_id: str) -> ReleaseManifest:
    """The manifest of a release on the disk. Raises ReleaseRefused when it is not the one that was staged."""
    path = "{}/{}".format(folder(release_id), manifests.NAME)
    data = disk.read(path) if disk.exists(path) else b""
    if hashlib.sha256(data).hexdigest() != release_id:
        found = "the manifest of release {} is damaged or missing".format(release_id[:12])
        raise ReleaseRefused(found, "", "stage the release again")
    return manifests.parse(data)


def check_files(disk: Disk, release_id: str) -> ReleaseManifest:
    """The manifest, after every file of the release was compared with it. Raises ReleaseRefused."""
    manifest = load(disk, release_id)
    for member in manifests.for_node(manifest):
        check_file(disk, release_id, member)
    return manifest


def check_file(disk: Disk, release_id: str, member: ReleaseMember) -> None:
    """Raises ReleaseRefused unless a file of a release on the disk is what its manifest says."""
    path = "{}/{}".format(folder(release_id), member.path)
    if not disk.exists(path):
        raise ReleaseRefused("{} is missing".format(path), "", "stage the release again")
    digest, size = hashlib.sha256(), 0
    with disk.open(path) as stream:
        for piece in iter(lambda: stream.read(1 << 20), b""):
            digest.update(piece)
            size += len(piece)
    _compare(member, size, digest.hexdigest())


def image_path(manifest: ReleaseManifest) -> str:
    """The path of the image archive in the agent's folder."""
    return "{}/{}".format(folder(manifest.id), manifest.image)


def check_image(disk: Disk, host: Host, manifest: ReleaseManifest) -> None:
    """Raises ReleaseRefused unless the archive holds the manifest's image, for this machine and its L4T release."""
    with disk.open(image_path(manifest)) as stream:
        image = image_archive.inspect(stream)
    image_archive.check(image, manifest.image_id, host.architecture(), host.l4t())


def clean(disk: Disk, host: Host, state: DeploymentState) -> None:
    """Remove partial copies and every release (with its image) that is not current, previous or candidate."""
    disk.remove(INCOMING)
    roles = [role for role in (state.current, state.previous, state.candidate) if role]
    kept_images = {role["image_id"] for role in roles}
    for release_id in disk.names(RELEASES):
        if release_id not in {role["id"] for role in roles}:
            image_id = _image_of(disk, release_id)
            if image_id is not None and image_id not in kept_images:
                host.remove_image(image_id)
            disk.remove(folder(release_id))


def _image_of(disk: Disk, release_id: str) -> Optional[str]:
    try:
        return load(disk, release_id).image_id
    except AgentError:
        return None


def names(disk: Disk) -> List[str]:
    """The ids of the releases on the disk."""
    return disk.names(RELEASES)
