"""What a deployment did with each host, run by run: ``hosts/HOST.jsonl``, one line for each record, never changed.

History explains, and it may hold a deployment back. It never says that a node runs a release: the node says that.
A host is recorded before it is touched, with the worst outcome (``lost``), and again when its outcome is known.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from fleet.rollout.hosts import OUTCOMES

Story = list[dict[str, Any]]
_UNTOUCHED = ("not begun", "stopped", "silent")


def note(folder: Path, host: str, outcome: str, run: str = "", **more: Any) -> dict[str, Any]:
    """Add a record to the story of a host. ``run``: which run of the deployment."""
    if outcome not in OUTCOMES:
        raise ValueError(f"no outcome called {outcome!r}")
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    record = {"host": host, "outcome": outcome, "run": run, "at": at, **more}
    path = folder / "hosts" / f"{host}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as stream:
        stream.seek(0, 2)
        if stream.tell() and not _ends_a_line(path):
            stream.write(b"\n")
        stream.write(json.dumps(record).encode() + b"\n")
    return record


def _ends_a_line(path: Path) -> bool:
    with path.open("rb") as stream:
        stream.seek(-1, 2)
        return stream.read() == b"\n"


def stories(folder: Path) -> dict[str, Story]:
    """Host -> its records, oldest first. Files of earlier versions (``HOST.json``) count."""
    found: dict[str, Story] = {}
    for path in sorted((folder / "hosts").glob("*.json")):
        found[path.stem] = [json.loads(path.read_text())]
    for path in sorted((folder / "hosts").glob("*.jsonl")):
        found.setdefault(path.stem, []).extend(_lines(path))
    return found


def _lines(path: Path) -> Story:
    """The records of a file, without lines that a crash has cut."""
    found = []
    for line in path.read_text().splitlines():
        try:
            found.append(json.loads(line))
        except ValueError:
            continue
    return found


def touched(story: Story) -> bool:
    """Whether the deployment was ever begun on the host."""
    return any(record["outcome"] not in _UNTOUCHED for record in story)


def of_run(story: Story, run: str) -> dict[str, Any]:
    """The last record of one run; {} without one."""
    return next((record for record in reversed(story) if record.get("run") == run), {})
