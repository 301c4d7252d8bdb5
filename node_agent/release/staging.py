"""stage: copy a release onto the disk, checked; nothing else changes."""

import logging
from typing import Optional

from node_agent.errors import AgentError, ReleaseRefused, WrongPhase
from node_agent.logs import log_event
from node_agent.release import manifest as manifests
from node_agent.release import slots
from node_agent.release.agent import Agent, release_of
from node_agent.release.image_archive import same_series, series
from node_agent.release.manifest import ReleaseManifest
from node_agent.release.rollback import abandon
from node_agent.release.source import ReleaseSource
from node_agent.store.state import DeploymentState
from node_agent.trust import minisign

KEEP_FREE = 256 << 20  # bytes that a release must leave free
LOGGER = logging.getLogger(__name__)


def stage(
    agent: Agent,
    source: ReleaseSource,
    deployment: str,
    group: Optional[str] = None,
    token_sha256: Optional[str] = None,
    downgrade_reason: Optional[str] = None,
) -> DeploymentState:
    """Copy a release onto the disk, checked and synced. Doing it twice changes nothing.

    ``token_sha256`` belongs to a group that commits together: only the token that hashes to it commits.
    Raises ReleaseRefused (recorded), WrongPhase, HostError; a partial copy is removed.
    """
    state = agent.state()
    _refuse_phase(state)
    _refuse_partial_group(group, token_sha256)
    manifest = _admit(agent, state, source, downgrade_reason)
    if manifest.id in [role["id"] for role in (state.current, state.candidate) if role]:
        return _mend(agent, state, source, manifest)
    agent.journal.keep_ballast()
    state = agent.record(
        "staging",
        release=release_of(manifest),
        deployment=deployment,
        group=group,
        token_sha256=token_sha256,
        reason=downgrade_reason,
    )
    try:
        slots.clean(agent.disk, agent.host, state._replace(candidate=None))
        _refuse_full_disk(agent, manifest)
        slots.copy_in(agent.disk, source, manifest)
        slots.check_image(agent.disk, agent.host, manifest)
    except AgentError as error:
        abandon(agent, error, "stage")
        raise
    return agent.record("staged", release=release_of(manifest))


def _mend(agent: Agent, state: DeploymentState, source: ReleaseSource, manifest: ReleaseManifest) -> DeploymentState:
    """A release that is on the disk already: copied again only where its files are damaged."""
    try:
        slots.check_files(agent.disk, manifest.id)
    except ReleaseRefused as error:
        log_event(LOGGER, logging.WARNING, "archive_damaged", release=manifest.version, reason=error.found)
        slots.copy_in(agent.disk, source, manifest)
        return agent.record("healed", what="archive", release=release_of(manifest))
    return state


def _refuse_phase(state: DeploymentState) -> None:
    if state.phase not in ("idle", "staged"):
        step = "python3 -m node_agent rollback --reason ...   (gives up the deployment)"
        raise WrongPhase("a deployment is in the phase {}".format(state.phase), "none", step)


def _refuse_partial_group(group: Optional[str], token_sha256: Optional[str]) -> None:
    is_digest = token_sha256 is not None and len(token_sha256) == 64
    if (group is None) != (token_sha256 is None) or (group is not None and not is_digest):
        found = "a group needs the SHA-256 of its commit token, and a token needs its group"
        raise ReleaseRefused(found, "both or neither")


def _admit(
    agent: Agent, state: DeploymentState, source: ReleaseSource, downgrade_reason: Optional[str]
) -> ReleaseManifest:
    """The manifest, signed by a trusted key and allowed on this node. Every refusal is recorded."""
    try:
        data = source.read(manifests.NAME)
        signature = source.read(manifests.SIGNATURE).decode("utf-8", "replace")
        key = minisign.verify(data, signature, agent.trusted())
        manifest = manifests.parse(data)
        _refuse_other_hosts(agent, manifest)
        _refuse_downgrade(state, manifest, downgrade_reason)
        _refuse_last_key(agent, manifest, key.id)
    except ReleaseRefused as error:
        agent.try_record("refused", failure=agent.failure(error, "stage", state.phase, None))
        raise
    return manifest


def _refuse_other_hosts(agent: Agent, manifest: ReleaseManifest) -> None:
    host, machine = agent.host.l4t(), agent.host.architecture()
    if manifest.machine != machine:
        raise ReleaseRefused("a release for {}".format(manifest.machine), "one for {}, this machine".format(machine))
    if not same_series(manifest.l4t, host):
        expected = "L4T {}.x: this host is {}".format(series(host), host)
        raise ReleaseRefused("a release for L4T {}".format(manifest.l4t), expected)


def _refuse_downgrade(state: DeploymentState, manifest: ReleaseManifest, reason: Optional[str]) -> None:
    if manifest.serial < state.floor:
        expected = "{} or more: a committed release set this floor".format(state.floor)
        raise ReleaseRefused("serial {}".format(manifest.serial), expected)
    is_known = manifest.id in [role["id"] for role in (state.current, state.previous) if role]
    if manifest.serial < state.highest and not is_known and not reason:
        raise ReleaseRefused(
            "serial {} is older than {}".format(manifest.serial, state.highest),
            "a newer release",
            "stage --downgrade REASON, or `rollback` for the previous release",
        )


def _refuse_last_key(agent: Agent, manifest: ReleaseManifest, signer: str) -> None:
    added = {minisign.public_key(text).id for text in manifest.keys_add}
    left = ({key.id for key in agent.trusted()} | added) - set(manifest.keys_retire)
    if not left:
        raise ReleaseRefused("the release retires every key (signed by {})".format(signer), "at least one key left")


def _refuse_full_disk(agent: Agent, manifest: ReleaseManifest) -> None:
    files, unpacked = manifests.node_bytes(manifest)
    free, needed = agent.disk.free_bytes(), files + unpacked + KEEP_FREE
    if free < needed:
        raise ReleaseRefused("{} MB free".format(free >> 20), "{} MB".format(needed >> 20), "docker system df; df -h")
