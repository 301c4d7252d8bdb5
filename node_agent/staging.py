"""stage: a release comes onto the disk, and nothing else changes."""

import hashlib
import hmac
from typing import Any, Dict, Optional

from node_agent import manifest, minisign, slots
from node_agent.errors import AgentError, Refused, WrongPhase
from node_agent.image_archive import same_series, series
from node_agent.manifest import Manifest
from node_agent.node import Node, release_of
from node_agent.source import Source
from node_agent.state import State

KEEP_FREE = 256 << 20  # bytes that a release must leave free


def stage(
    node: Node,
    source: Source,
    deployment: str,
    group: Optional[str] = None,
    token_sha256: Optional[str] = None,
    downgrade_reason: Optional[str] = None,
) -> State:
    """Bring a release onto the disk, checked and synced. Doing it twice changes nothing.

    ``token_sha256`` belongs to a commit together: only the token that hashes to it commits.
    Raises Refused (recorded), WrongPhase, OutsideError; what was half copied is removed.
    """
    state = node.state()
    _refuse_phase(state)
    _refuse_half_a_group(group, token_sha256)
    made = _admitted(node, state, source, downgrade_reason)
    if made.id in [role["id"] for role in (state.current, state.candidate) if role]:
        return _mended(node, state, source, made)
    node.journal.keep_ballast()
    state = node.record(
        "staging",
        release=release_of(made),
        deployment=deployment,
        group=group,
        token_sha256=token_sha256,
        reason=downgrade_reason,
    )
    try:
        slots.clean(node.disk, node.machine, state._replace(candidate=None))
        _refuse_no_room(node, made)
        slots.copy_in(node.disk, source, made)
        slots.check_image(node.disk, node.machine, made)
    except AgentError as error:
        abandon(node, error, "stage")
        raise
    return node.record("staged", release=release_of(made))


def _mended(node: Node, state: State, source: Source, made: Manifest) -> State:
    """A release that is here already: nothing to do, unless its files on the disk are damaged."""
    try:
        slots.check_files(node.disk, made.id)
    except Refused as error:
        node.say("{}: copying it in anew".format(error.found))
        slots.copy_in(node.disk, source, made)
        return node.record("healed", what="archive", release=release_of(made))
    return state


def _refuse_phase(state: State) -> None:
    if state.phase not in ("idle", "staged"):
        step = "python3 -m node_agent rollback --reason ...   (gives up the deployment)"
        raise WrongPhase("a deployment is in the phase {}".format(state.phase), "none", step)


def _refuse_half_a_group(group: Optional[str], token_sha256: Optional[str]) -> None:
    is_digest = token_sha256 is not None and len(token_sha256) == 64
    if (group is None) != (token_sha256 is None) or (group is not None and not is_digest):
        raise Refused("a group needs the SHA-256 of its commit token, and a token its group", "both or neither")


def _admitted(node: Node, state: State, source: Source, downgrade_reason: Optional[str]) -> Manifest:
    """The manifest, signed by a trusted key and allowed on this node. Every refusal is written down."""
    try:
        data = source.read(manifest.NAME)
        key = minisign.verify(data, source.read(manifest.SIGNATURE).decode("utf-8", "replace"), node.trusted())
        made = manifest.parse(data)
        _refuse_other_hosts(node, made)
        _refuse_downgrade(state, made, downgrade_reason)
        _refuse_last_key(node, made, key.id)
    except Refused as error:
        node.try_record("refused", failure=node.failure(error, "stage", state.phase))
        raise
    return made


def _refuse_other_hosts(node: Node, made: Manifest) -> None:
    host, machine = node.machine.l4t(), node.machine.architecture()
    if made.machine != machine:
        raise Refused("a release for {}".format(made.machine), "one for {}, this machine".format(machine))
    if not same_series(made.l4t, host):
        raise Refused("a release for L4T {}".format(made.l4t), "L4T {}.x: this host is {}".format(series(host), host))


def _refuse_downgrade(state: State, made: Manifest, reason: Optional[str]) -> None:
    if made.serial < state.floor:
        raise Refused(
            "serial {}".format(made.serial), "{} or more: a committed release set this floor".format(state.floor)
        )
    is_known = made.id in [role["id"] for role in (state.current, state.previous) if role]
    if made.serial < state.highest and not is_known and not reason:
        raise Refused(
            "serial {} is older than {}".format(made.serial, state.highest),
            "a newer release",
            "stage --downgrade REASON, or `rollback` for the previous release",
        )


def _refuse_last_key(node: Node, made: Manifest, signer: str) -> None:
    added = {minisign.public_key(text).id for text in made.keys_add}
    left = ({key.id for key in node.trusted()} | added) - set(made.keys_retire)
    if not left:
        raise Refused("the release retires every key (signed by {})".format(signer), "at least one key left")


def _refuse_no_room(node: Node, made: Manifest) -> None:
    files, unpacked = manifest.node_bytes(made)
    free = node.disk.free_bytes()
    if free < files + unpacked + KEEP_FREE:
        words = "{} MB free".format(free >> 20)
        raise Refused(words, "{} MB".format((files + unpacked + KEEP_FREE) >> 20), "docker system df; df -h")


def abandon(node: Node, error: AgentError, probe: str) -> None:
    """Give up before anything was switched: written down where possible, and what was copied is removed."""
    phase = node.state().phase
    node.try_record("abandoned", failure=node.failure(error, probe, phase))
    try:
        state = node.state()._replace(candidate=None)
        slots.clean(node.disk, node.machine, state)
    except AgentError as problem:
        node.say("not cleaned ({}); the next command will".format(problem.found))


def check_token(deployment: Dict[str, Any], token: Optional[str]) -> None:
    """Raises Refused unless ``token`` hashes to what came with the release; without a group none is needed."""
    wanted = deployment.get("token_sha256")
    if wanted is None:
        return
    found = hashlib.sha256((token or "").encode("utf-8")).hexdigest()
    if not hmac.compare_digest(found, str(wanted)):
        raise Refused(
            "this node commits together with the group {}".format(deployment.get("group")),
            "the group's commit token, given when every node of it is proven",
            "commit --token-file FILE",
        )
