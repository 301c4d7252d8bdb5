"""What is complete: each part names the one before it, so a board is followed from part to part.

``boards.complete`` is the number up to which a board was followed without a gap. In the same transaction in which it
moves on, the parts that it passes are counted by hour, so that each of them is counted once.
"""

from __future__ import annotations

from dataclasses import dataclass

from fleet.site.store.database import Connection

MOST_AHEAD = 5000
"""Parts of one board that are followed in one look."""
_FOLLOW = """
WITH ahead AS (
    SELECT b.board, p.number, p.previous, p.at, p.verdict, p.reason, p.release,
        lag(p.number, 1, b.complete) OVER (PARTITION BY b.board ORDER BY p.number) AS before
    FROM boards b CROSS JOIN LATERAL (
        SELECT number, previous, at, verdict, reason, release FROM parts
        WHERE parts.board = b.board AND parts.number > b.complete AND parts.received >= b.since
        ORDER BY number LIMIT %(most)s
    ) p
), marked AS (
    SELECT *, bool_or(coalesce(previous > before, false)) OVER (PARTITION BY board ORDER BY number) AS is_behind
    FROM ahead
), linked AS (
    SELECT * FROM marked WHERE NOT is_behind
), moved AS (
    UPDATE boards SET complete = l.number, last_part = greatest(boards.last_part, l.at), release = l.release
    FROM (
        SELECT DISTINCT ON (board) board, number, at, release FROM linked ORDER BY board, number DESC
    ) l WHERE boards.board = l.board
    RETURNING 1
), counted AS (
    INSERT INTO hours (board, hour, release, verdict, reason, parts)
    SELECT board, date_trunc('hour', at, 'UTC'), release, verdict, CASE WHEN verdict = 'pass' THEN '' ELSE reason END,
        count(*) FROM linked GROUP BY 1, 2, 3, 4, 5
    ON CONFLICT (hour, board, release, verdict, reason) DO UPDATE SET parts = hours.parts + excluded.parts
    RETURNING 1
)
SELECT board, min(before) FILTER (WHERE is_first), min(previous) FILTER (WHERE is_first) FROM (
    SELECT board, before, previous, number = min(number) OVER (PARTITION BY board) AS is_first
    FROM marked WHERE is_behind
) f GROUP BY board ORDER BY board
"""
_NEW = """
UPDATE boards b SET complete = f.previous FROM (
    SELECT DISTINCT ON (p.board) p.board, p.previous FROM boards JOIN LATERAL (
        SELECT board, number, previous FROM parts WHERE parts.board = boards.board ORDER BY number LIMIT 1
    ) p ON true WHERE boards.complete = 0 AND p.previous IS NOT NULL
) f WHERE b.board = f.board
"""


@dataclass(frozen=True)
class ChainGap:
    """A board whose parts after number ``after`` and up to number ``upto`` are not here."""

    board: str
    after: int
    upto: int


def follow(connection: Connection, history: bool = True) -> list[ChainGap]:
    """Moves every board on, in one transaction; returns the first gap of each board that has one.

    Without ``history``, a board that is new here begins with the first of its parts that came.
    """
    with connection.transaction():
        if not history:
            connection.execute(_NEW)
        found = connection.execute(_FOLLOW, {"most": MOST_AHEAD}).fetchall()
    return [ChainGap(board, after, upto) for board, after, upto in found]


def give_up(connection: Connection, gap: ChainGap) -> None:
    """The parts of a gap are lost to the site: the board is followed from there on. They may still come."""
    connection.execute(
        "UPDATE boards SET complete = %s WHERE board = %s AND complete = %s", (gap.upto, gap.board, gap.after)
    )


def completes(connection: Connection) -> dict[str, int]:
    """Up to which number each board is complete."""
    return dict(connection.execute("SELECT board, complete FROM boards").fetchall())
