"""What the page asks the database, and what it makes of it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fleet.site.store.database import Connection

SPANS = {"24h": 24, "7d": 7 * 24, "30d": 30 * 24}
"""Spans of the page, in hours."""
LEAST_PARTS, LEAST_POINTS, LEAST_Z = 100, 0.01, 4.0
"""A board differs when, of at least so many parts, its share of rejects is off by that much, and not by chance."""
MOST_REJECTS = 60
_BY_BOARD = """
SELECT b.board, coalesce(h.parts, 0), coalesce(h.passes, 0), b.heard, b.last_part, b.online, b.state, b.release,
    b.complete, g.after IS NOT NULL
FROM boards b LEFT JOIN (
    SELECT board, sum(parts) AS parts, sum(parts) FILTER (WHERE verdict = 'pass') AS passes FROM hours
    WHERE hour > now() - make_interval(hours => %(hours)s) GROUP BY board
) h USING (board) LEFT JOIN LATERAL (
    SELECT after FROM gaps WHERE gaps.board = b.board AND gaps.closed IS NULL LIMIT 1
) g ON true ORDER BY b.board
"""
_WHERE = "WHERE hour > now() - make_interval(hours => %(hours)s) AND (%(board)s::text IS NULL OR board = %(board)s)"
_REASONS = f"""
SELECT reason, verdict, sum(parts), count(DISTINCT board) FROM hours {_WHERE} AND verdict <> 'pass'
GROUP BY 1, 2 ORDER BY 3 DESC LIMIT 12
"""
_RELEASES = f"""
SELECT release, count(DISTINCT board), sum(parts), sum(parts) FILTER (WHERE verdict = 'pass') FROM hours {_WHERE}
GROUP BY 1 ORDER BY 3 DESC LIMIT 12
"""
_HOURS = f"""
SELECT date_trunc(%(unit)s, hour, 'UTC') AS slot, sum(parts), sum(parts) FILTER (WHERE verdict = 'pass') FROM hours
{_WHERE} GROUP BY 1 ORDER BY 1
"""
_REJECTS = """
SELECT at, number, id, verdict, text, reason, release, picture FROM parts
WHERE board = %(board)s AND verdict <> 'pass' ORDER BY number DESC LIMIT %(most)s
"""
_SITE = """
SELECT (SELECT count(*) FROM dead_letters), (SELECT count(*) FROM gaps WHERE closed IS NULL),
    (SELECT count(*) FROM gaps WHERE given_up)
"""


@dataclass(frozen=True)
class BoardFigures:
    """A board in a span. ``heard``: its last word; ``degraded``: the reasons in its state; ``differs``: in words."""

    board: str
    parts: int
    passes: int
    heard: datetime | None
    online: bool | None
    ready: bool | None
    degraded: tuple[str, ...]
    release: str
    complete: int
    has_gap: bool
    is_silent: bool
    differs: str = ""

    @property
    def share(self) -> float | None:
        """The yield, 0 to 1; None without parts."""
        return self.passes / self.parts if self.parts else None


def figures(connection: Connection, hours: int, silent_min: float, now: datetime) -> list[BoardFigures]:
    """Every board, those that differ from their siblings with the words that say how."""
    found = []
    for row in connection.execute(_BY_BOARD, {"hours": hours}).fetchall():
        board, parts, passes, heard, last_part, online, state, release, complete, gap = row
        last = max((moment for moment in (heard, last_part) if moment is not None), default=None)
        its: dict[str, Any] = state or {}
        degraded = its.get("degraded")
        found.append(BoardFigures(
            board, int(parts), int(passes), last, online, its.get("ready") if state else None,
            tuple(map(str, degraded)) if isinstance(degraded, list) else (), release, complete, gap,
            is_silent=last is None or (now - last).total_seconds() > 60.0 * silent_min,
        ))  # fmt: skip
    return [_told(one, found) for one in found]


def _told(one: BoardFigures, all_of_them: list[BoardFigures]) -> BoardFigures:
    parts, rejects = sum(each.parts for each in all_of_them), sum(each.parts - each.passes for each in all_of_them)
    words = differing(one.parts, one.parts - one.passes, parts - one.parts, rejects - one.parts + one.passes)
    return BoardFigures(**{**one.__dict__, "differs": words}) if words else one


def differing(parts: int, rejects: int, others: int, their_rejects: int) -> str:
    """How a board differs from all others together, by a test of two proportions; empty if it does not."""
    if parts < LEAST_PARTS or others < LEAST_PARTS:
        return ""
    own, their, both = rejects / parts, their_rejects / others, (rejects + their_rejects) / (parts + others)
    spread = math.sqrt(both * (1.0 - both) * (1.0 / parts + 1.0 / others))
    if spread == 0.0 or abs(own - their) < LEAST_POINTS or abs(own - their) / spread < LEAST_Z:
        return ""
    return f"rejects {100.0 * own:.1f} %, the others {100.0 * their:.1f} %"


def reasons(connection: Connection, hours: int, board: str | None = None) -> list[tuple[str, str, int, int]]:
    """(reason, verdict, parts, boards) of rejects, the most frequent first."""
    rows = connection.execute(_REASONS, {"hours": hours, "board": board}).fetchall()
    return [(reason, verdict, int(parts), boards) for reason, verdict, parts, boards in rows]


def releases(connection: Connection, hours: int) -> list[tuple[str, int, int, int]]:
    """(release, boards, parts, passes)."""
    rows = connection.execute(_RELEASES, {"hours": hours, "board": None}).fetchall()
    return [(release, boards, int(parts), int(passes or 0)) for release, boards, parts, passes in rows]


def course(connection: Connection, hours: int, board: str | None = None) -> list[tuple[datetime, int, int]]:
    """(beginning, parts, passes) of each hour, or of each day in long spans."""
    unit = "hour" if hours <= max(SPANS["24h"], 48) else "day"
    rows = connection.execute(_HOURS, {"hours": hours, "board": board, "unit": unit}).fetchall()
    return [(slot, int(parts), int(passes or 0)) for slot, parts, passes in rows]


def rejects(connection: Connection, board: str) -> list[dict[str, Any]]:
    """The last rejects of a board, the newest first."""
    names = ("at", "number", "id", "verdict", "text", "reason", "release", "picture")
    rows = connection.execute(_REJECTS, {"board": board, "most": MOST_REJECTS}).fetchall()
    return [dict(zip(names, row, strict=True)) for row in rows]


def troubles(connection: Connection) -> dict[str, int]:
    """Dead letters, gaps that are open, and gaps that were given up."""
    found = connection.execute(_SITE).fetchone()
    assert found is not None
    return dict(zip(("dead_letters", "gaps", "given_up"), map(int, found), strict=True))
