"""What every step works with: the disk, the machine, the journal, who asked."""

import json
from typing import Any, Callable, Dict, List, NamedTuple, Optional

from node_agent import state as states
from node_agent.disk import Disk
from node_agent.errors import AgentError, OutsideError
from node_agent.journal import Journal, line_of
from node_agent.machine import Machine
from node_agent.manifest import Manifest
from node_agent.minisign import PublicKey, public_key

CHECKPOINT = "checkpoint"
LOG_LINES = 200


class _Node(NamedTuple):
    """The parts of a node."""

    disk: Disk
    machine: Machine
    keys: List[PublicKey]  # installed by provisioning
    by: str  # who gave the command
    say: Callable[[str], None]


class Node(_Node):
    """One node; nothing is remembered here that is not on its disk."""

    @property
    def journal(self) -> Journal:
        """The node's journal."""
        return Journal(self.disk)

    def state(self) -> states.State:
        """State by the journal. Raises JournalDamaged, OutsideError."""
        return states.fold(self.journal.read())

    def record(self, event: str, **values: Any) -> states.State:
        """Write a record; returns the state after it. Raises WrongPhase before, OutsideError instead of writing."""
        machine = self.machine
        head = {
            "event": event,
            "at": round(machine.now(), 3),
            "clock_trusted": machine.clock_trusted(),
            "boot_id": machine.boot_id(),
            "by": self.by,
        }
        record = dict(values, **head)
        before = self.state()
        states.after(before, dict(record, n=0))
        self.say(_words(event, values))
        return states.after(before, self.journal.append(record))

    def try_record(self, event: str, **values: Any) -> bool:
        """Write a record if the disk lets us; the next start comes to the same decision without it."""
        try:
            self.record(event, **values)
        except OutsideError as error:
            self.say("not written down ({}): {}".format(event, error.found))
            return False
        return True

    def trusted(self) -> List[PublicKey]:
        """Keys of provisioning and of committed releases, less those that a committed release retired."""
        state = self.state()
        every = self.keys + [public_key(text) for text in state.keys_added]
        kept = {key.id: key for key in every if key.id not in state.keys_retired}
        return [kept[key_id] for key_id in sorted(kept)]

    def failure(self, error: AgentError, probe: str, phase: str) -> Dict[str, Any]:
        """The record that says who, what, which probe, and the application's last lines."""
        try:
            lines = self.machine.log_lines(LOG_LINES)
        except AgentError as problem:
            lines = ["the log cannot be read: " + problem.found]
        words = {"found": error.found, "expected": error.expected, "next": error.next_step}
        return dict(words, probe=probe, phase=phase, by=self.by, log=lines)


def _words(event: str, values: Dict[str, Any]) -> str:
    release = values.get("release") or {}
    what = "{} {}".format(release["name"], release["version"]) if release else ""
    failure = values.get("failure") or {}
    return " ".join(part for part in (event, what, failure.get("found", "")) if part)


def release_of(manifest: Manifest) -> Dict[str, Any]:
    """What the journal and the unit need to know of a release."""
    keys = ("id", "name", "version", "serial", "image_id")
    return {key: getattr(manifest, key) for key in keys}


def save_checkpoint(node: Node) -> None:
    """Keep the committed part of the state beside the journal, where it differs."""
    wanted = line_of(states.checkpoint(node.state()))
    if not node.disk.exists(CHECKPOINT) or node.disk.read(CHECKPOINT) != wanted:
        node.disk.replace(CHECKPOINT, wanted)


def load_checkpoint(disk: Disk) -> Optional[Dict[str, Any]]:
    """The checkpoint, or None where there is none or it is damaged."""
    if not disk.exists(CHECKPOINT):
        return None
    data = disk.read(CHECKPOINT)
    body = data[17:-1]
    if not body or line_of(json_or_empty(body)) != data:
        return None
    return json_or_empty(body)


def json_or_empty(body: bytes) -> Dict[str, Any]:
    """A JSON object, {} for anything else."""
    try:
        found = json.loads(body.decode("ascii"))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
