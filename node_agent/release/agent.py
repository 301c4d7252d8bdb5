"""What every step works with: the disk, the host, the journal, the trusted keys, who gave the command."""

import logging
from typing import Any, Dict, List, NamedTuple, Optional

from node_agent.errors import AgentError, HostError
from node_agent.host.interface import Host
from node_agent.logs import log_event
from node_agent.release.manifest import ReleaseManifest
from node_agent.store import state as states
from node_agent.store.disk import Disk
from node_agent.store.journal import Journal
from node_agent.store.state import DeploymentState
from node_agent.trust.minisign import PublicKey, public_key

LOG_LINES = 200
LOGGER = logging.getLogger(__name__)


class _AgentParts(NamedTuple):
    """The parts of an agent."""

    disk: Disk
    host: Host
    keys: List[PublicKey]  # installed by provisioning
    by: str  # who gave the command


class Agent(_AgentParts):
    """The agent of one node; it remembers nothing that is not on its disk."""

    @property
    def journal(self) -> Journal:
        """The node's journal."""
        return Journal(self.disk)

    def state(self) -> DeploymentState:
        """The state by the journal. Raises JournalDamaged, HostError."""
        return states.fold(self.journal.read())

    def record(self, event: str, **values: Any) -> DeploymentState:
        """Write a record; returns the state after it.

        Raises WrongPhase before anything is written, HostError when the record could not be written.
        """
        head = {
            "event": event,
            "at": round(self.host.now(), 3),
            "clock_trusted": self.host.clock_trusted(),
            "boot_id": self.host.boot_id(),
            "by": self.by,
        }
        record = dict(values, **head)
        before = self.state()
        states.after(before, dict(record, n=0))
        log_event(LOGGER, logging.INFO, event, **_fields(values))
        return states.after(before, self.journal.append(record))

    def try_record(self, event: str, **values: Any) -> bool:
        """Write a record if the disk permits; without it the next start comes to the same decision."""
        try:
            self.record(event, **values)
        except HostError as error:
            log_event(LOGGER, logging.WARNING, "record_not_written", record=event, reason=error.found)
            return False
        return True

    def trusted(self) -> List[PublicKey]:
        """Keys of provisioning and of committed releases, without those that a committed release retired."""
        state = self.state()
        every = self.keys + [public_key(text) for text in state.keys_added]
        kept = {key.id: key for key in every if key.id not in state.keys_retired}
        return [kept[key_id] for key_id in sorted(kept)]

    def failure(self, error: AgentError, probe: str, phase: str, release: Optional[Dict[str, Any]]) -> Dict[str, Any]:
        """The record of a failure: who, in which phase, which probe, what was found, the application's last lines.

        ``release``: the one that failed or was given up; None where it never came onto the disk.
        """
        try:
            lines = self.host.log_lines(LOG_LINES)
        except AgentError as problem:
            lines = ["the log cannot be read: " + problem.found]
        message = {"found": error.found, "expected": error.expected, "next": error.next_step}
        return dict(
            message, probe=probe, phase=phase, by=self.by, log=lines, release=release["id"] if release else None
        )


def _fields(values: Dict[str, Any]) -> Dict[str, Any]:
    """The parts of a record that are worth a line in the log."""
    release, failure = values.get("release"), values.get("failure") or {}
    name = "{name} {version}".format(**release) if release else None
    return {"release": name, "what": values.get("what"), "probe": failure.get("probe"), "reason": failure.get("found")}


def release_of(manifest: ReleaseManifest) -> Dict[str, Any]:
    """What the journal and the unit need to know about a release."""
    keys = ("id", "name", "version", "serial", "image_id")
    return {key: getattr(manifest, key) for key in keys}
