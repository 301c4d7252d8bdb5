"""A message of a board as a row of the database; what does not fit says why."""

from __future__ import annotations

import json
import math
import re
from datetime import datetime, timezone
from typing import Any, NamedTuple

from fleet.gateway.messages import VERDICTS, WrongMessage

MOST_BYTES = 1 << 20
_MOST_NUMBER = (1 << 63) - 1
_LIMITS = {"id": 200, "board": 64, "boot": 64, "recipe": 1000, "recipe_digest": 200, "release": 200, "picture": 1000}
_DETAIL = ("cause", "name", "frame", "triggered", "captured", "decided", "values", "witnesses", "timings")
_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
_FIRST = datetime(1, 1, 2, tzinfo=timezone.utc).timestamp()
_LAST = datetime(9999, 12, 30, tzinfo=timezone.utc).timestamp()


class PartRecord(NamedTuple):
    """One row. ``at``: seconds since 1970; ``reasons`` and ``detail`` are JSON. The order is that of COLUMNS."""

    id: str
    at: float
    board: str
    number: int
    previous: int | None
    boot: str
    clock_trusted: bool
    verdict: str
    text: str
    reasons: str
    recipe: str
    recipe_digest: str
    release: str
    picture: str
    detail: str


COLUMNS = PartRecord._fields


def board_of(topic: str, prefix: str) -> str:
    """The board of PREFIX/BOARD/part. Raises WrongMessage for any other topic."""
    board, _, kind = topic.removeprefix(prefix + "/").rpartition("/")
    if not topic.startswith(prefix + "/") or kind != "part" or not board or "/" in board:
        raise WrongMessage(f"the topic is not {prefix}/BOARD/part")
    return board


def parse(topic: str, payload: bytes, prefix: str) -> PartRecord:
    """Raises WrongMessage with the reason. A board speaks under its own name alone."""
    board, record = board_of(topic, prefix), _object(payload)
    if record.get("board") != board:
        raise WrongMessage(f"board is {str(record.get('board'))[:40]!r}, and the topic says {board[:40]!r}")
    texts = {name: _text(record, name, most) for name, most in _LIMITS.items()}
    verdict = _text(record, "verdict", 20)
    if verdict not in VERDICTS:
        raise WrongMessage(f"the verdict is {verdict[:20]!r}")
    return PartRecord(
        id=texts["id"], at=_moment(record), board=board, number=_count(record.get("number"), "number"),
        previous=None if record.get("previous") is None else _count(record["previous"], "previous"),
        boot=texts["boot"], clock_trusted=_truth(record), verdict=verdict, text=_text(record, "text", MOST_BYTES),
        reasons=_reasons(record), recipe=texts["recipe"], recipe_digest=texts["recipe_digest"],
        release=texts["release"], picture=texts["picture"],
        detail=_json({name: record[name] for name in _DETAIL if name in record}),
    )  # fmt: skip


def _object(payload: bytes) -> dict[str, Any]:
    if len(payload) > MOST_BYTES:
        raise WrongMessage(f"{len(payload)} bytes; at most {MOST_BYTES} are taken")
    try:
        record = json.loads(payload, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise WrongMessage(f"no JSON: {error}") from error
    if not isinstance(record, dict):
        raise WrongMessage("no JSON object")
    return record


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no number")


def _text(record: dict[str, Any], name: str, most: int) -> str:
    value = record.get(name)
    if not isinstance(value, str):
        raise WrongMessage(f"{name} is no text")
    if len(value) > most:
        raise WrongMessage(f"{name} has {len(value)} signs; at most {most} are taken")
    return _storable(value, name)


def _storable(value: str, name: str) -> str:
    """PostgreSQL takes neither NUL nor half a surrogate pair."""
    if "\0" in value:
        raise WrongMessage(f"{name} has a NUL sign")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as error:
        raise WrongMessage(f"{name} is no text in Unicode") from error
    return value


def _count(value: Any, name: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _MOST_NUMBER:
        raise WrongMessage(f"{name} is {str(value)[:20]!r}")
    return value


def _truth(record: dict[str, Any]) -> bool:
    value = record.get("clock_trusted")
    if not isinstance(value, bool):
        raise WrongMessage("clock_trusted is neither true nor false")
    return value


def _moment(record: dict[str, Any]) -> float:
    value = record.get("wall")
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not math.isfinite(value):
        raise WrongMessage(f"wall is {str(value)[:20]!r}")
    if not _FIRST <= value <= _LAST:
        raise WrongMessage(f"wall is {value}, which is no time of this calendar")
    return float(value)


def _reasons(record: dict[str, Any]) -> str:
    value = record.get("reasons")
    if not isinstance(value, list) or not all(isinstance(reason, str) for reason in value):
        raise WrongMessage("reasons is no list of texts")
    return _json(value)


def _json(value: Any) -> str:
    """JSON that PostgreSQL takes: no NUL, no half of a surrogate pair, no number that is none."""
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    except ValueError as error:
        raise WrongMessage(f"a number is too large: {error}") from error
    if _NUL.search(text):
        raise WrongMessage("a text has a NUL sign")
    return _storable(text, "a text")
