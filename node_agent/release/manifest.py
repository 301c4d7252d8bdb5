"""The manifest of a release: its files, where it may run, how it is judged. It is signed, and every key is checked."""

import hashlib
import json
import re
from typing import Any, Dict, List, NamedTuple, Set, Tuple

from node_agent.errors import ReleaseRefused

FORMAT = 1
NAME, SIGNATURE = "manifest.json", "manifest.json.minisig"
NODE_KINDS = ("image", "model", "engine", "recipe", "challenge")  # what a node keeps from a bundle
KINDS = NODE_KINDS + ("wheel", "play", "other-image", "document")


class ReleaseMember(NamedTuple):
    """One file of a release."""

    path: str
    kind: str
    sha256: str
    size: int


class GateLimits(NamedTuple):
    """The limits by which a node judges a release, in seconds and milliseconds."""

    live_s: float  # longest time between two heartbeats; the first may take ready_s
    ready_s: float  # longest time until ready, without the time for building engines
    build_s: float  # longest time for building engines
    soak_s: float  # how long it must stay healthy before the reboot
    poll_s: float  # time between two looks
    latency_ms: float  # largest 95th percentile over the images of the challenge set
    restarts: int  # most restarts of the container while it is judged


class ReleaseManifest(NamedTuple):
    """A release, as its signed manifest describes it."""

    id: str  # SHA-256 of the manifest's bytes: the name of the release on a node
    name: str
    version: str
    serial: int  # increases with every release; the downgrade rule compares it
    floor: int  # once this release is committed, lower serials are refused
    l4t: str  # such as "32.7": what the image was built for
    machine: str  # architecture as `uname -m` prints it
    image: str  # path of the image archive among the members
    image_id: str  # "sha256:..." of its configuration
    unpacked_bytes: int  # what Docker needs for it
    challenge: List[str]  # arguments with which ocr-app reads the challenge set; empty without one
    keys_add: List[str]
    keys_retire: List[str]
    gate: GateLimits
    members: List[ReleaseMember]


_TOP = {
    "format", "name", "version", "serial", "floor", "created", "revision", "target", "image", "challenge", "keys",
    "gate", "members",
}  # fmt: skip
_SHA = re.compile(r"[0-9a-f]{64}\Z")
_PATH = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*(/[A-Za-z0-9_][A-Za-z0-9._+-]*)*\Z")


def parse(data: bytes) -> ReleaseManifest:
    """The manifest in ``data``. Raises ReleaseRefused with the key at fault."""
    try:
        record = json.loads(data.decode("utf-8"))
    except ValueError as error:
        raise ReleaseRefused("the manifest is not JSON: {}".format(error), "a bundle manifest by ./inv bundle make")
    _keys(record, _TOP, "the manifest")
    if record["format"] != FORMAT:
        step = "update the agent: ./inv provision --tags release"
        raise ReleaseRefused("manifest format {!r}".format(record["format"]), str(FORMAT), step)
    manifest = _build(record, hashlib.sha256(data).hexdigest())
    _check_members(manifest)
    return manifest


def _build(record: Dict[str, Any], identity: str) -> ReleaseManifest:
    target = _keys(record["target"], {"l4t", "machine"}, "target")
    image = _keys(record["image"], {"path", "id", "unpacked_bytes"}, "image")
    keys = _keys(record["keys"], {"add", "retire"}, "keys")
    return ReleaseManifest(
        id=identity,
        name=_of(str, record, "name"),
        version=_of(str, record, "version"),
        serial=_of(int, record, "serial"),
        floor=_of(int, record, "floor"),
        l4t=_of(str, target, "l4t"),
        machine=_of(str, target, "machine"),
        image=_of(str, image, "path"),
        image_id=_of(str, image, "id"),
        unpacked_bytes=_of(int, image, "unpacked_bytes"),
        challenge=_texts(record, "challenge"),
        keys_add=_texts(keys, "add"),
        keys_retire=_texts(keys, "retire"),
        gate=_gate(record["gate"]),
        members=[_member(member) for member in record["members"]],
    )


def _keys(record: Any, wanted: Set[str], where: str) -> Dict[str, Any]:
    found = set(record) if isinstance(record, dict) else set()
    if found != wanted:
        differ = ", ".join(sorted(found ^ wanted))
        raise ReleaseRefused("{}: missing or unknown keys: {}".format(where, differ), ", ".join(sorted(wanted)))
    return dict(record)


def _of(kind: type, record: Dict[str, Any], key: str) -> Any:
    value = record[key]
    if (
        not isinstance(value, kind)
        or isinstance(value, bool)
        or value in ("",)
        or (isinstance(value, int) and value < 0)
    ):
        raise ReleaseRefused("{} is {!r}".format(key, value), "a {}".format("count" if kind is int else "text"))
    return value


def _texts(record: Dict[str, Any], key: str) -> List[str]:
    value = record[key]
    if not isinstance(value, list) or not all(isinstance(text, str) and text for text in value):
        raise ReleaseRefused("{} is {!r}".format(key, value), "a list of texts")
    return list(value)


def _gate(record: Any) -> GateLimits:
    values = _keys(record, set(GateLimits._fields), "gate")
    for key, value in values.items():
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < 1e7:
            raise ReleaseRefused("gate: {} is {!r}".format(key, value), "a number of seconds, milliseconds or restarts")
    if values["poll_s"] <= 0 or values["soak_s"] <= values["live_s"]:
        limits = "gate: poll_s {poll_s}, live_s {live_s}, soak_s {soak_s}".format(**values)
        expected = "poll_s over 0; soak_s over live_s, because a shorter soak cannot notice a lost heartbeat"
        raise ReleaseRefused(limits, expected)
    return GateLimits(**values)


def _member(record: Any) -> ReleaseMember:
    values = _keys(record, {"path", "kind", "sha256", "size"}, "a member")
    path, kind, sha256 = (_of(str, values, key) for key in ("path", "kind", "sha256"))
    member = ReleaseMember(path, kind, sha256, _of(int, values, "size"))
    if not _PATH.match(member.path) or member.path in (NAME, SIGNATURE):
        raise ReleaseRefused("member path {!r}".format(member.path), "a relative path of plain names")
    if member.kind not in KINDS or not _SHA.match(member.sha256):
        raise ReleaseRefused("member {}: kind {!r}, sha256 {!r}".format(member.path, member.kind, member.sha256))
    return member


def _check_members(manifest: ReleaseManifest) -> None:
    paths = [member.path for member in manifest.members]
    twice = sorted({path for path in paths if paths.count(path) > 1})
    if twice:
        raise ReleaseRefused("members listed twice: " + ", ".join(twice))
    images = [member.path for member in manifest.members if member.kind == "image"]
    if images != [manifest.image]:
        raise ReleaseRefused("images for the node: {}".format(images), "exactly " + manifest.image)
    if not re.match(r"sha256:[0-9a-f]{64}\Z", manifest.image_id):
        raise ReleaseRefused("image id {!r}".format(manifest.image_id), "sha256: followed by 64 hex digits")


def for_node(manifest: ReleaseManifest) -> List[ReleaseMember]:
    """The members that a node keeps."""
    return [member for member in manifest.members if member.kind in NODE_KINDS]


def node_bytes(manifest: ReleaseManifest) -> Tuple[int, int]:
    """(bytes of the files that a node keeps, bytes that Docker unpacks)."""
    return sum(member.size for member in for_node(manifest)), manifest.unpacked_bytes
