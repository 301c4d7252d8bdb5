"""The manifest of a release: what it holds, where it may run, how it is judged. Signed; strict in every key."""

import hashlib
import json
import re
from typing import Any, Dict, List, NamedTuple, Set, Tuple

from node_agent.errors import Refused

FORMAT = 1
NAME, SIGNATURE = "manifest.json", "manifest.json.minisig"
NODE_KINDS = ("image", "model", "engine", "recipe", "challenge")  # what a node keeps of a bundle
KINDS = NODE_KINDS + ("wheel", "play", "other-image", "document")


class Member(NamedTuple):
    """One file of a release."""

    path: str
    kind: str
    sha256: str
    size: int


class Gate(NamedTuple):
    """How a release is judged on a node; seconds and milliseconds."""

    live_s: float  # the heartbeat goes on within this time; the first may take ready_s
    ready_s: float  # ready within this time, engine building not counted
    build_s: float  # engines built within this time
    soak_s: float  # how long it must stay well before the reboot
    poll_s: float
    latency_ms: float  # 95th percentile of the challenge's images, at most
    restarts: int  # restarts of the container while it is judged, at most


class Manifest(NamedTuple):
    """A release, as its signed manifest describes it."""

    id: str  # SHA-256 of the manifest's bytes: the name of the release on a node
    name: str
    version: str
    serial: int  # counts up with every release: the downgrade rule compares it
    floor: int  # once this release is committed, nothing below this serial is taken
    l4t: str  # "32.7"; what the image was built for
    machine: str  # as `uname -m`
    image: str  # path of the image archive among the members
    image_id: str  # "sha256:..." of its configuration
    unpacked_bytes: int  # what Docker needs for it
    challenge: List[str]  # arguments of ocr-app that read the challenge set; empty without one
    keys_add: List[str]
    keys_retire: List[str]
    gate: Gate
    members: List[Member]


_TOP = {
    "format", "name", "version", "serial", "floor", "created", "revision", "target", "image", "challenge", "keys",
    "gate", "members",
}  # fmt: skip
_SHA = re.compile(r"[0-9a-f]{64}\Z")
_PATH = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*(/[A-Za-z0-9_][A-Za-z0-9._+-]*)*\Z")


def parse(data: bytes) -> Manifest:
    """The manifest in ``data``. Raises Refused with the key at fault."""
    try:
        record = json.loads(data.decode("utf-8"))
    except ValueError as error:
        raise Refused("the manifest is not JSON: {}".format(error), "a bundle of ./inv bundle make")
    _keys(record, _TOP, "the manifest")
    if record["format"] != FORMAT:
        raise Refused("manifest format {!r}".format(record["format"]), str(FORMAT), "update the agent (provision.yml)")
    made = _build(record, hashlib.sha256(data).hexdigest())
    _check_members(made)
    return made


def _build(record: Dict[str, Any], identity: str) -> Manifest:
    target = _keys(record["target"], {"l4t", "machine"}, "target")
    image = _keys(record["image"], {"path", "id", "unpacked_bytes"}, "image")
    keys = _keys(record["keys"], {"add", "retire"}, "keys")
    return Manifest(
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
        raise Refused("{}: keys missing or unknown: {}".format(where, differ), ", ".join(sorted(wanted)))
    return dict(record)


def _of(kind: type, record: Dict[str, Any], key: str) -> Any:
    value = record[key]
    if (
        not isinstance(value, kind)
        or isinstance(value, bool)
        or value in ("",)
        or (isinstance(value, int) and value < 0)
    ):
        raise Refused("{} is {!r}".format(key, value), "a {}".format("count" if kind is int else "text"))
    return value


def _texts(record: Dict[str, Any], key: str) -> List[str]:
    value = record[key]
    if not isinstance(value, list) or not all(isinstance(text, str) and text for text in value):
        raise Refused("{} is {!r}".format(key, value), "a list of texts")
    return list(value)


def _gate(record: Any) -> Gate:
    values = _keys(record, set(Gate._fields), "gate")
    for key, value in values.items():
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < 1e7:
            raise Refused("gate: {} is {!r}".format(key, value), "a number of seconds, milliseconds or restarts")
    if values["poll_s"] <= 0 or values["soak_s"] <= values["live_s"]:
        words = "gate: poll_s {poll_s}, live_s {live_s}, soak_s {soak_s}".format(**values)
        raise Refused(words, "poll_s over 0, soak_s over live_s: a shorter soak cannot see a heartbeat that stops")
    return Gate(**values)


def _member(record: Any) -> Member:
    values = _keys(record, {"path", "kind", "sha256", "size"}, "a member")
    member = Member(_of(str, values, "path"), _of(str, values, "kind"), _of(str, values, "sha256"), values["size"])
    _of(int, values, "size")
    if not _PATH.match(member.path) or member.path in (NAME, SIGNATURE):
        raise Refused("member path {!r}".format(member.path), "a relative path of plain names")
    if member.kind not in KINDS or not _SHA.match(member.sha256):
        raise Refused("member {}: kind {!r}, sha256 {!r}".format(member.path, member.kind, member.sha256))
    return member


def _check_members(made: Manifest) -> None:
    paths = [member.path for member in made.members]
    twice = sorted({path for path in paths if paths.count(path) > 1})
    if twice:
        raise Refused("members named twice: " + ", ".join(twice))
    images = [member.path for member in made.members if member.kind == "image"]
    if images != [made.image]:
        raise Refused("images of the node: {}".format(images), "exactly " + made.image)
    if not re.match(r"sha256:[0-9a-f]{64}\Z", made.image_id):
        raise Refused("image id {!r}".format(made.image_id), "sha256: and 64 hex digits")


def for_node(made: Manifest) -> List[Member]:
    """The members that a node keeps."""
    return [member for member in made.members if member.kind in NODE_KINDS]


def node_bytes(made: Manifest) -> Tuple[int, int]:
    """(bytes of the files that a node keeps, bytes that Docker unpacks)."""
    return sum(member.size for member in for_node(made)), made.unpacked_bytes
