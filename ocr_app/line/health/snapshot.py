"""The state of the service at one moment, and the document of health made from it."""

from typing import Dict, List, NamedTuple

from ocr_app.line.health import health_file


class StatusSnapshot(NamedTuple):
    """``latency_ms``: the 50th, 95th and 99th percentile of the last minute, empty without a reading in it.

    ``info``: reader, engine, device and precision of the reader that was opened last.
    """

    state: str
    live: bool
    ready: bool
    degraded: List[str]
    latency_ms: Dict[str, float]
    info: Dict[str, str]


def document(snapshot: StatusSnapshot, release: str, sequence: int) -> health_file.Health:
    """health.json of a moment."""
    record = health_file.document(
        release, sequence, snapshot.live, snapshot.ready, snapshot.state, list(snapshot.degraded)
    )
    if "0.95" in snapshot.latency_ms:
        record["latency_ms"] = round(snapshot.latency_ms["0.95"], 3)
    return record
