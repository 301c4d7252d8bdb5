"""What the page asks the journal, by connections that change nothing and give up after a few seconds."""

import json
import os
import sqlite3
import time
from typing import Any, Callable, Dict, Iterator, List, NamedTuple, Optional, Tuple

from ocr_app.line.journal import database, rows
from ocr_app.line.journal.beside import PersonAction, change_of
from ocr_app.line.journal.rows import PartRow

LIMIT_S = 5.0
_STEPS = 20000  # of SQLite's virtual machine, between two looks at the clock
_HOUR_S = 3600


class SearchTooSlow(Exception):
    """A search took longer than LIMIT_S."""


class PartSearch(NamedTuple):
    """``since`` and ``until``: seconds since 1970; ``text``: what text or id contain; ``below``: only lower numbers."""

    since: Optional[float] = None
    until: Optional[float] = None
    verdicts: Tuple[str, ...] = ()
    text: str = ""
    below: Optional[int] = None


class PageRecords:
    """Queries of one journal. They raise sqlite3.Error where it cannot be read, and SearchTooSlow."""

    def __init__(self, folder: str, now: Callable[[], float] = time.monotonic) -> None:
        self._folder, self._now = folder, now

    def _ask(self, query: str, values: Any = ()) -> List[Any]:
        if not os.path.isfile(os.path.join(self._folder, database.FILE)):
            return []
        connection = database.open_for_reading(self._folder)
        until = self._now() + LIMIT_S
        connection.set_progress_handler(lambda: int(self._now() > until), _STEPS)
        try:
            return list(connection.execute(query, values))
        except sqlite3.OperationalError as error:
            if self._now() > until:
                raise SearchTooSlow(query) from error
            raise
        finally:
            connection.close()

    def search(self, wanted: PartSearch, most: int) -> List[PartRow]:
        """Decided parts, the newest first."""
        conditions, values = _conditions(wanted)
        query = "SELECT {} FROM parts WHERE {} ORDER BY number DESC LIMIT ?".format(rows.COLUMNS, conditions)
        return [rows.from_columns(found) for found in self._ask(query, values + [most])]

    def part(self, number: int) -> Optional[PartRow]:
        """One part, None where the journal has none."""
        found = self._ask("SELECT {} FROM parts WHERE number = ?".format(rows.COLUMNS), (number,))
        return rows.from_columns(found[0]) if found else None

    def beside(self, number: int, rejects_only: bool = True) -> Dict[str, Optional[int]]:
        """The numbers of the neighbours: {"older", "newer"}."""
        more = " AND verdict != 'pass'" if rejects_only else " AND verdict IS NOT NULL"
        older = self._ask("SELECT MAX(number) FROM parts WHERE number < ?" + more, (number,))
        newer = self._ask("SELECT MIN(number) FROM parts WHERE number > ?" + more, (number,))
        return {"older": older[0][0] if older else None, "newer": newer[0][0] if newer else None}

    def remark(self, number: int) -> Dict[str, Any]:
        """What is told about a part beside its row; empty where nothing is."""
        found = self._ask("SELECT record FROM remarks WHERE number = ?", (number,))
        return dict(json.loads(found[0][0])) if found else {}

    def actions(self, most: int) -> List[PersonAction]:
        """What people did, the newest first."""
        query = "SELECT number, wall, user, role, address, action, detail FROM actions ORDER BY number DESC LIMIT ?"
        return [PersonAction(*found) for found in self._ask(query, (most,))]

    def batches(self, most: int) -> List[Dict[str, Any]]:
        """The last batches, the newest first, each with {since, user, product, first, counts}."""
        query = (
            "SELECT number, first_part, wall, user, kind, begins_batch, record FROM changes WHERE begins_batch = 1"
            " ORDER BY number DESC LIMIT ?"
        )
        found, end = [], 1 << 62
        for change in (change_of(values) for values in self._ask(query, (most,))):
            counts = self.counts("number >= ? AND number < ?", (change.first_part, end))[0]
            end = change.first_part
            found.append({
                "since": change.wall, "user": change.user, "product": change.record.get("product", ""),
                "first": change.first_part, "counts": counts, "total": sum(counts.values()),
            })  # fmt: skip
        return found

    def counts(self, condition: str, values: Tuple[Any, ...]) -> Tuple[Dict[str, int], int]:
        """Decided parts by verdict under a condition of ours, and the number of the last one (0 for none)."""
        query = "SELECT verdict, COUNT(*), MAX(number) FROM parts WHERE verdict IS NOT NULL AND {} GROUP BY verdict"
        found = self._ask(query.format(condition), values)
        counts = dict(dict.fromkeys(rows.VERDICTS, 0), **{verdict: count for verdict, count, _ in found})
        return counts, max([number for _, _, number in found], default=0)

    def hours(self, now: float, count: int = 12) -> List[Dict[str, Any]]:
        """Passes and all parts of each of the last hours, the oldest first; ``at``: the beginning of the hour."""
        first = int(now // _HOUR_S) - count + 1
        query = (
            "SELECT CAST(wall / 3600 AS INTEGER) AS hour, SUM(verdict = 'pass'), COUNT(*) FROM parts"
            " WHERE wall >= ? AND verdict IS NOT NULL GROUP BY hour"
        )
        found = {hour: (passed, parts) for hour, passed, parts in self._ask(query, (first * _HOUR_S,))}
        empty = (0, 0)
        return [
            {"at": hour * _HOUR_S, "passed": found.get(hour, empty)[0], "parts": found.get(hour, empty)[1]}
            for hour in range(first, first + count)
        ]


def _conditions(wanted: PartSearch) -> Tuple[str, List[Any]]:
    parts, values = ["verdict IS NOT NULL"], []  # type: List[str], List[Any]
    for condition, value in _bounds(wanted):
        parts.append(condition)
        values.append(value)
    if wanted.verdicts:
        parts.append("verdict IN ({})".format(", ".join("?" * len(wanted.verdicts))))
        values += wanted.verdicts
    if wanted.text:
        parts.append("(text LIKE ? ESCAPE '\\' OR id LIKE ? ESCAPE '\\')")
        values += ["%{}%".format(_plain(wanted.text))] * 2
    return " AND ".join(parts), values


def _bounds(wanted: PartSearch) -> Iterator[Tuple[str, Any]]:
    for condition, value in (("wall >= ?", wanted.since), ("wall < ?", wanted.until), ("number < ?", wanted.below)):
        if value is not None:
            yield condition, value


def _plain(text: str) -> str:
    """The signs that LIKE would take for wildcards stand for themselves."""
    for sign in "\\%_":
        text = text.replace(sign, "\\" + sign)
    return text
