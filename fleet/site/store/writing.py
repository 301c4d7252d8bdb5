"""Batches of results into the database: a part that is there already stays as it is, and nothing blocks the others.

All rows of a batch are one statement, in the order of their keys: two collectors that have the same parts take their
locks in the same order, so neither waits for the other in a circle.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import psycopg

from fleet.site.store.database import Connection

_TYPES = (
    "text", "float8", "text", "int8", "int8", "text", "bool", "text", "text", "text", "text", "text", "text", "text",
    "text",
)  # fmt: skip
_INSERT = f"""
WITH fresh AS (
    INSERT INTO parts (id, at, board, number, previous, boot, clock_trusted, verdict, text, reasons, recipe,
        recipe_digest, release, picture, detail)
    SELECT a.id, to_timestamp(a.at), a.board, a.number, a.previous, a.boot, a.clock_trusted, a.verdict, a.text,
        a.reasons::jsonb, a.recipe, a.recipe_digest, a.release, a.picture, a.detail::jsonb
    FROM unnest({", ".join(f"%s::{kind}[]" for kind in _TYPES)})
        AS a (id, at, board, number, previous, boot, clock_trusted, verdict, text, reasons, recipe, recipe_digest,
        release, picture, detail)
    ON CONFLICT DO NOTHING
    RETURNING board, number, previous
)
SELECT count(*), array_agg(board) FILTER (WHERE previous IS NULL),
    array_agg(number) FILTER (WHERE previous IS NULL) FROM fresh
"""
_DEAD = "INSERT INTO dead_letters (digest, topic, payload, reason) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING"
_BOARDS = "INSERT INTO boards (board) SELECT * FROM unnest(%s::text[]) ON CONFLICT DO NOTHING"
_BEGINS = """
UPDATE boards SET complete = n.number - 1, since = clock_timestamp() - interval '1 minute'
FROM unnest(%s::text[], %s::int8[]) AS n (board, number)
WHERE boards.board = n.board AND boards.complete >= n.number
"""
"""A part without one before it, whose number was passed long ago: the journal of that board is a new one."""
AGAIN = ("08", "25", "40", "53", "55", "57", "58", "XX")
"""Classes of SQLSTATE after which the same batch is tried again: the trouble is with the database, not the rows."""


class DeadLetter(NamedTuple):
    """A message that cannot be stored as a part. ``reason``: why, in words."""

    topic: str
    payload: bytes
    reason: str

    @property
    def digest(self) -> bytes:
        """The same for a second delivery."""
        return hashlib.sha256(self.topic.encode("utf-8", "surrogateescape") + b"\0" + self.payload).digest()


@dataclass(frozen=True)
class Written:
    """What became of a batch. ``repeated``: parts that were there already."""

    stored: int
    repeated: int
    dead: int


class BatchWriter:
    """Writes into one connection; keeps in mind which boards are known."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._boards: set[str] = set()

    def write(self, rows: Sequence[tuple[DeadLetter, Any]], dead: Sequence[DeadLetter]) -> Written:
        """One transaction for all; it is committed when this returns.

        ``rows``: each with the message that it came from, as a PartRecord. A row that the database refuses becomes a
        dead letter, and the others are stored. Raises psycopg.Error where the database is in trouble: nothing of the
        batch counts as stored then, and it may be written again.
        """
        try:
            return self._write([row for _, row in rows], dead)
        except psycopg.Error as error:
            if not blames_rows(error, self._connection):
                raise
        return self._one_by_one(rows, dead)

    def _write(self, rows: Sequence[Any], dead: Sequence[DeadLetter]) -> Written:
        ordered = sorted(rows, key=lambda row: (row.id, row.at))
        boards = sorted({row.board for row in ordered} - self._boards)
        stored = 0
        with self._connection.transaction():
            if boards:
                self._connection.execute(_BOARDS, (boards,))
            if ordered:
                stored = self._insert(ordered)
            for letter in dead:
                values = (
                    letter.digest,
                    letter.topic.replace("\0", "?"),
                    letter.payload,
                    letter.reason.replace("\0", "?"),
                )
                self._connection.execute(_DEAD, values)
        self._boards.update(boards)
        return Written(stored, len(ordered) - stored, len(dead))

    def _insert(self, rows: Sequence[Any]) -> int:
        columns = [list(column) for column in zip(*rows, strict=True)]
        found = self._connection.execute(_INSERT, columns).fetchone()
        assert found is not None
        count, boards, numbers = found
        if boards:
            self._connection.execute(_BEGINS, (boards, numbers))
        return int(count)

    def _one_by_one(self, rows: Sequence[tuple[DeadLetter, Any]], dead: Sequence[DeadLetter]) -> Written:
        written = self._write([], dead)
        stored, repeated, refused = written.stored, written.repeated, written.dead
        for message, row in rows:
            try:
                one = self._write([row], [])
            except psycopg.Error as error:
                if not blames_rows(error, self._connection):
                    raise
                one = self._write([], [message._replace(reason=f"the database refuses it: {_first_line(error)}")])
            stored, repeated, refused = stored + one.stored, repeated + one.repeated, refused + one.dead
        return Written(stored, repeated, refused)


def blames_rows(error: psycopg.Error, connection: Connection) -> bool:
    """Whether the rows are at fault, and not the database or the way to it."""
    return not connection.closed and error.sqlstate is not None and not error.sqlstate.startswith(AGAIN)


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0][:500]


Parse = Callable[[str, bytes], Any]
