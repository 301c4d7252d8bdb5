"""What boards say by MQTT, checked: a part, the state, and whether the board is there (docs/how-to/live-line.md)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

VERDICTS = ("pass", "fail", "no-read", "hold")
KINDS = ("part", "state", "availability")
_MOST_BYTES = 1 << 20


class WrongMessage(ValueError):
    """A message that no board sends, and why."""


@dataclass(frozen=True)
class PartMessage:
    """One decided part. ``triggered``: by the wall clock of the board, in UTC, which is right where ``trusted``."""

    number: int
    id: str
    boot: str
    verdict: str
    text: str
    reasons: tuple[str, ...]
    values: dict[str, str]
    recipe: str
    triggered: datetime
    trusted: bool
    previous: int | None


@dataclass(frozen=True)
class StateMessage:
    """The retained state of a board; ``degraded``: its reasons."""

    ready: bool
    degraded: tuple[str, ...]
    passes: int
    rejects: int
    boot: str


def parse_topic(topic: str, prefix: str) -> tuple[str, str] | None:
    """(board, kind) of PREFIX/BOARD/KIND; None for any other topic."""
    board, _, kind = topic.removeprefix(prefix + "/").rpartition("/")
    fits = topic.startswith(prefix + "/") and bool(board) and "/" not in board and kind in KINDS
    return (board, kind) if fits else None


def parse_part(payload: bytes) -> PartMessage:
    """Raises WrongMessage."""
    record = _record(payload)
    verdict = _get(record, "verdict", str)
    if verdict not in VERDICTS:
        raise WrongMessage(f"the verdict {verdict[:20]!r}")
    previous = record.get("previous")
    values = _get(record, "values", dict)
    return PartMessage(
        number=_count(record, "number"), id=_get(record, "id", str), boot=_get(record, "boot", str), verdict=verdict,
        text=_get(record, "text", str), reasons=_texts(record, "reasons"),
        values={str(name): str(value) for name, value in values.items()}, recipe=_get(record, "recipe", str),
        triggered=_time(_get(record, "wall", (int, float))), trusted=_get(record, "clock_trusted", bool),
        previous=None if previous is None else _count(record, "previous"),
    )  # fmt: skip


def parse_state(payload: bytes) -> StateMessage:
    """Raises WrongMessage."""
    record = _record(payload)
    return StateMessage(
        _get(record, "ready", bool), _texts(record, "degraded"), _count(record, "passes"), _count(record, "rejects"),
        _get(record, "boot", str),
    )  # fmt: skip


def parse_availability(payload: bytes) -> bool:
    """Whether the board is there. Raises WrongMessage."""
    if payload not in (b"online", b"offline"):
        raise WrongMessage(f"the availability {payload[:20]!r}")
    return payload == b"online"


def _record(payload: bytes) -> dict[str, Any]:
    if len(payload) > _MOST_BYTES:
        raise WrongMessage(f"{len(payload)} bytes")
    try:
        record = json.loads(payload)
    except (ValueError, RecursionError) as error:
        raise WrongMessage(str(error)) from error
    if not isinstance(record, dict):
        raise WrongMessage("no object")
    return record


def _get(record: dict[str, Any], name: str, kind: Any) -> Any:
    value = record.get(name)
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise WrongMessage(f"{name} is {str(value)[:20]!r}")
    return value


def _count(record: dict[str, Any], name: str) -> int:
    value: int = _get(record, name, int)
    if not 0 <= value < 1 << 63:
        raise WrongMessage(f"{name} is {str(value)[:20]}")
    return value


def _texts(record: dict[str, Any], name: str) -> tuple[str, ...]:
    values = _get(record, name, list)
    if not all(isinstance(value, str) for value in values):
        raise WrongMessage(f"{name} are not texts")
    return tuple(values)


def _time(seconds: float) -> datetime:
    try:
        return datetime.fromtimestamp(seconds, timezone.utc)
    except (ValueError, OverflowError, OSError) as error:
        raise WrongMessage(f"wall is {seconds}") from error
