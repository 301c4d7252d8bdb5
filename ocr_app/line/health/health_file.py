"""health.json: what the service reports about itself, for the node's agent and the container's health check.

The schema is node_agent/data/health.schema.json. ``sequence`` is the heartbeat: a program that
watches it does not need a clock.
"""

import json
import os
import time
from typing import Any, Callable, Dict, List, Optional

from ocr_app.core.errors import ServiceError

FILE, CHALLENGE = "health.json", "challenge.jsonl"
STARTING, BUILDING, WARMING_UP, READING, STOPPING = "starting", "building_engine", "warming_up", "reading", "stopping"
STATES = (STARTING, BUILDING, WARMING_UP, READING, STOPPING)
_MOST_BYTES = 65536

Health = Dict[str, Any]


def document(release: str, sequence: int, live: bool, ready: bool, state: str, degraded: List[str]) -> Health:
    """A document without the two optional numbers, ``progress`` and ``latency_ms``."""
    return {
        "schema": 1,
        "release": release,
        "sequence": sequence,
        "live": live,
        "ready": ready,
        "state": state,
        "degraded": sorted(degraded),
    }


def write(folder: str, record: Health) -> None:
    """Replaces the file, whole or not at all. Raises OSError. The folder is in memory, so nothing is synced."""
    _replace(os.path.join(folder, FILE), json.dumps(record))


def write_lines(folder: str, results: List[Dict[str, Any]]) -> None:
    """challenge.jsonl: one result line each. Raises OSError."""
    lines = [json.dumps(result, ensure_ascii=False) + "\n" for result in results]
    _replace(os.path.join(folder, CHALLENGE), "".join(lines))


def _replace(path: str, text: str) -> None:
    with open(path + ".part", "w", encoding="utf-8") as stream:
        stream.write(text)
    os.replace(path + ".part", path)


def read(folder: str) -> Health:
    """The document. Raises ServiceError where there is none, or where the file is not a document of health."""
    path = os.path.join(folder, FILE)
    try:
        with open(path, encoding="utf-8") as stream:
            record = json.loads(stream.read(_MOST_BYTES))
        if type(record["sequence"]) is int and type(record["live"]) is bool and type(record["ready"]) is bool:
            return dict(record)
    except OSError as error:
        raise ServiceError("{}: {}".format(path, error.strerror), "a running service", "ocr-app serve") from error
    except (ValueError, KeyError, TypeError):
        pass
    raise ServiceError("{} is not a document of health".format(path), "schema 1 of health.json", "ocr-app serve")


def wait_for_beat(
    folder: str, within_s: float, sleep: Callable[[float], None] = time.sleep, poll_s: float = 0.1
) -> Health:
    """The first document whose sequence differs from the current one.

    Raises ServiceError when none comes within ``within_s`` seconds: the heartbeat has stopped. The age of the file by
    the wall clock does not matter, because that clock may jump.
    """
    first: Optional[Health] = None
    for _ in range(max(1, int(round(within_s / poll_s))) + 1):
        record = read(folder)
        if first is not None and record["sequence"] != first["sequence"]:
            return record
        first = first or record
        sleep(poll_s)
    assert first is not None
    found = "the heartbeat has stayed at {} for {:g} s".format(first["sequence"], within_s)
    raise ServiceError(found, "a sequence that grows", "restart the service; docker logs nano-ocr shows why")
