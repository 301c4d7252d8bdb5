"""Partitions by month: made ahead of time, and dropped as a whole when they are old."""

from __future__ import annotations

import re
from datetime import date, datetime, timezone

from psycopg import sql

from fleet.site.store.database import Connection

AHEAD = 2
_NAME = re.compile(r"parts_([0-9]{4})_([0-9]{2})")
_HAVE = (
    "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'parts'::regclass"
)


def plus(month: date, count: int) -> date:
    """The first day of the month that is ``count`` months later, or earlier."""
    number = month.year * 12 + month.month - 1 + count
    return date(number // 12, number % 12 + 1, 1)


def name_of(month: date) -> str:
    """parts_2026_03."""
    return f"parts_{month.year:04d}_{month.month:02d}"


def existing(connection: Connection) -> set[date]:
    """The months that have a partition."""
    matches = [_NAME.fullmatch(name) for (name,) in connection.execute(_HAVE).fetchall()]
    return {date(int(match[1]), int(match[2]), 1) for match in matches if match}


def tend(connection: Connection, keep: int, now: datetime | None = None) -> tuple[list[date], list[date]]:
    """Makes the months from the last one to two ahead, drops those older than ``keep``; returns (made, dropped).

    Each in a transaction of its own, so that an end in between leaves nothing half done.
    """
    moment = now or datetime.now(timezone.utc)
    present = date(moment.year, moment.month, 1)
    oldest, have = plus(present, -keep), existing(connection)
    wanted = [plus(present, step) for step in range(max(-1, -keep), AHEAD + 1)]
    made = [month for month in wanted if month not in have]
    for month in made:
        _make(connection, month)
    dropped = sorted(month for month in have if month < oldest)
    for month in dropped:
        connection.execute(sql.SQL("DROP TABLE {}").format(sql.Identifier(name_of(month))))
    cutoff = datetime(oldest.year, oldest.month, 1, tzinfo=timezone.utc)
    connection.execute("DELETE FROM parts_rest WHERE received < %s", (cutoff,))
    connection.execute("DELETE FROM hours WHERE hour < %s", (cutoff,))
    return made, dropped


def _make(connection: Connection, month: date) -> None:
    """A month; parts of it that came before it was there move into it."""
    table, rest = sql.Identifier(name_of(month)), sql.Identifier("parts_rest")
    first, end = _start(month), _start(plus(month, 1))
    columns = [
        column for (column,) in connection.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = 'parts'::regclass AND attnum > 0 AND NOT attisdropped"
            " AND attgenerated = '' ORDER BY attnum"
        ).fetchall()
    ]  # fmt: skip
    listed = sql.SQL(", ").join(map(sql.Identifier, columns))
    with connection.transaction():
        connection.execute(sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(rest))
        connection.execute(sql.SQL("CREATE TABLE {} (LIKE parts INCLUDING ALL)").format(table))
        moved = sql.SQL(
            "WITH moved AS (DELETE FROM {rest} WHERE at >= {first} AND at < {end} RETURNING {columns})"
            " INSERT INTO {table} ({columns}) SELECT {columns} FROM moved"
        ).format(rest=rest, first=sql.Literal(first), end=sql.Literal(end), columns=listed, table=table)
        connection.execute(moved)
        attach = sql.SQL("ALTER TABLE parts ATTACH PARTITION {} FOR VALUES FROM ({}) TO ({})")
        connection.execute(attach.format(table, sql.Literal(first), sql.Literal(end)))


def _start(month: date) -> datetime:
    return datetime(month.year, month.month, 1, tzinfo=timezone.utc)
