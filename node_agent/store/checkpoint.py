"""The checkpoint: the committed part of the state in a file of its own, for the day that the journal is damaged."""

import json
from typing import Any, Dict, Optional

from node_agent.store.disk import Disk
from node_agent.store.journal import line_of
from node_agent.store.state import DeploymentState, committed_part

CHECKPOINT = "checkpoint"


def save_checkpoint(disk: Disk, state: DeploymentState) -> None:
    """Write the committed part of ``state``, where it differs from the file. Raises HostError."""
    wanted = line_of(committed_part(state))
    if not disk.exists(CHECKPOINT) or disk.read(CHECKPOINT) != wanted:
        disk.replace(CHECKPOINT, wanted)


def load_checkpoint(disk: Disk) -> Optional[Dict[str, Any]]:
    """The checkpoint, or None where it is missing or damaged."""
    if not disk.exists(CHECKPOINT):
        return None
    data = disk.read(CHECKPOINT)
    record = _object(data[17:-1])
    return record if record and line_of(record) == data else None


def _object(body: bytes) -> Dict[str, Any]:
    """A JSON object; {} for anything else."""
    try:
        found = json.loads(body.decode("ascii"))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
