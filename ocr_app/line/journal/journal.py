"""The journal of parts: a row when a part is triggered, its verdict once, and then the outputs.

A verdict is on the disk before ``decide`` returns, and outputs come after that. Where it cannot be written, a pass
becomes a fail, and the row waits in memory until the disk takes it. Parts that were under way when the process ended
have the verdict ``fail`` and the reason ``interrupted`` when the journal is opened again.
"""

import collections
import logging
import sqlite3
import threading
from typing import Any, Callable, Deque, List, Optional, Sequence, Tuple

from ocr_app.core.logs import Throttle, fields
from ocr_app.line.health.status import ServiceStatus
from ocr_app.line.journal import database, rows
from ocr_app.line.journal.numbers import PartNumbers
from ocr_app.line.journal.rows import FAIL, PartRow

LOG = logging.getLogger(__name__)
INTERRUPTED = "interrupted"
"""The reason of a part that was under way when the service ended."""
NOT_JOURNALLED = "not-journalled"
"""The reason of a part that could not be written down: whatever was read, it does not pass."""
MOST_WAITING = 10000
MOST_ACTIONS = 100000
"""Of people; failed sign-ins are among them, so that their number has to be bounded."""
_PRUNE_EVERY = 500
_LOG_EVERY_S = 10.0
_INSERT = "INSERT INTO parts ({}) VALUES ({})".format(rows.COLUMNS, ", ".join("?" * len(PartRow._fields)))
_UPDATE = "UPDATE parts SET {} WHERE number = ? AND verdict IS NULL".format(
    ", ".join('"{}" = ?'.format(name) for name in rows.DECIDED)
)


class PartJournal:
    """For use by several threads. ``make_room``: called when the disk is full, before it is tried again."""

    def __init__(
        self,
        folder: str,
        status: ServiceStatus,
        keep_parts: int = 1000000,
        make_room: Callable[[], Any] = lambda: None,
    ) -> None:
        """Raises OSError, sqlite3.Error where no journal can be opened at all."""
        self._folder, self._status, self._keep, self._make_room = folder, status, keep_parts, make_room
        self._lock = threading.RLock()
        self._waiting: Deque[PartRow] = collections.deque()
        self._throttle = Throttle(_LOG_EVERY_S)
        self._since_pruning = 0
        self._open()
        self.interrupted = self._close_interrupted()

    def _open(self) -> None:
        self._sure, self._fast, self.put_aside = database.open_database(self._folder)
        if self.put_aside:
            self._status.count("journals_put_aside")
            self._status.degraded.set("torn journal", ["journal_lost"])
            LOG.error("the journal was torn and is put aside", extra=fields(file=self.put_aside, folder=self._folder))
        last = self._sure.execute("SELECT COALESCE(MAX(number), 0) FROM parts").fetchone()[0]
        self.numbers = PartNumbers(self._folder, last, torn=last == 0)

    def _close_interrupted(self) -> int:
        """How many parts the last run left without a verdict."""
        reasons = '["{}"]'.format(INTERRUPTED)
        changed = "UPDATE parts SET verdict = ?, reasons = ? WHERE verdict IS NULL"
        return int(self._sure.execute(changed, (FAIL, reasons)).rowcount)

    def keep_cursors(self, outputs: Tuple[str, ...]) -> None:
        """Exactly these outputs get parts from here; a new one begins with the next part. Raises sqlite3.Error."""
        with self._lock:
            known = {name for (name,) in self._sure.execute("SELECT output FROM cursors").fetchall()}
            for name in known - set(outputs):
                self._sure.execute("DELETE FROM cursors WHERE output = ?", (name,))
            for name in set(outputs) - known:
                self._sure.execute("INSERT INTO cursors SELECT ?, COALESCE(MAX(number), 0) FROM parts", (name,))

    def record_boot(self, boot: str, wall: float, release: str) -> None:
        """A start of the service. Raises sqlite3.Error."""
        with self._lock:
            self._sure.execute("INSERT OR REPLACE INTO boots VALUES (?, ?, ?)", (boot, wall, release))

    # --- parts -----------------------------------------------------------------------------------------------------

    def begin(self, row: PartRow) -> bool:
        """A part is triggered; its number comes from ``numbers``. False when it could not be written down yet."""
        with self._lock:
            return self._tried(lambda: self._fast.execute(_INSERT, rows.to_columns(row)), "a new part")

    def decide(self, row: PartRow) -> PartRow:
        """Writes the verdict of a part down; returns what the outputs may say, which is never better.

        A part has one verdict: a second call for it raises ValueError.
        """
        assert row.verdict in rows.VERDICTS, row.verdict
        with self._lock:
            self._write_waiting()
            if not self._waiting and self._tried(lambda: self._decide(row), "a verdict"):
                self._status.degraded.set("journal", ())
                self._prune_now_and_then()
                return row
            rejected = row._replace(verdict=FAIL, reasons=(NOT_JOURNALLED,) + row.reasons)
            self._wait(rejected)
            self._status.count("journal_failures")
            self._status.degraded.set("journal", ["journal_lost"])
            return rejected

    def _decide(self, row: PartRow) -> None:
        """One statement for a part that has begun. One that could not be written down when it began is inserted."""
        values = dict(zip(PartRow._fields, rows.to_columns(row)))
        chosen = [values[name] for name in rows.DECIDED]
        if self._sure.execute(_UPDATE, chosen + [row.number]).rowcount == 1:
            return
        found = self._sure.execute("SELECT verdict FROM parts WHERE number = ?", (row.number,)).fetchone()
        if found is not None:
            raise ValueError("part {} has the verdict {} already".format(row.number, found[0]))
        self._sure.execute(_INSERT, list(values.values()))

    def _wait(self, row: PartRow) -> None:
        self._waiting.append(row)
        if len(self._waiting) > MOST_WAITING:
            lost = self._waiting.popleft()
            self._status.count("output_lost")
            LOG.error("a part is lost from the history", extra=fields(part=lost.id))

    def _write_waiting(self) -> None:
        while self._waiting and self._tried(lambda: self._decide(self._waiting[0]), "a verdict that waited"):
            self._waiting.popleft()

    def retry(self) -> None:
        """Writes what waits, where the disk takes it now; to be called now and then."""
        with self._lock:
            self._write_waiting()
            if not self._waiting:
                self._status.degraded.set("journal", ())

    @property
    def waiting(self) -> int:
        """How many verdicts wait for the disk."""
        return len(self._waiting)

    def _tried(self, work: Callable[[], Any], what: str) -> bool:
        """Whether it worked; a full disk gets a second try after room was made, a torn file a new journal."""
        for is_last in (False, True):
            try:
                work()
                return True
            except sqlite3.Error as error:
                self._log(what, error)
                if is_last or not self._mended(error):
                    return False
        return False

    def _mended(self, error: Exception) -> bool:
        if not database.is_torn(error):
            self._make_room()
            self._shrink_log()
            return True
        try:
            self._close_connections()
            database.set_aside(self._folder)
            self._open()
            self._status.count("journals_put_aside")
            self._status.degraded.set("torn journal", ["journal_lost"])
            return True
        except (OSError, sqlite3.Error) as failed:
            self._log("a new journal", failed)
            return False

    def _shrink_log(self) -> None:
        """Moves what is committed from the log into the file, so that the log needs no space of its own."""
        try:
            self._sure.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.Error as error:
            self._log("the log", error)

    def _log(self, what: str, error: Exception) -> None:
        held_back = self._throttle.admit(str(error))
        if held_back is not None:
            found = fields(what=what, error=str(error), folder=self._folder, held_back=held_back)
            LOG.error("the journal cannot be written", extra=found)

    # --- afterwards ------------------------------------------------------------------------------------------------

    def set_picture(self, number: int, name: str) -> None:
        """The part has a picture now, or none any more."""
        with self._lock:
            change = "UPDATE parts SET picture = ? WHERE number = ?"
            self._tried(lambda: self._fast.execute(change, (name, number)), "a picture")

    def write_beside(self, statement: str, values: Tuple[Any, ...], what: str, is_sure: bool = False) -> bool:
        """Writes into a table beside that of the parts; False where the disk did not take it. ``is_sure``: flushed."""
        with self._lock:
            return self._tried(lambda: (self._sure if is_sure else self._fast).execute(statement, values), what)

    def write_together(self, statements: Sequence[Tuple[str, Tuple[Any, ...]]], what: str) -> bool:
        """Writes into tables beside that of the parts, all or nothing, flushed; False where the disk takes nothing."""
        with self._lock:
            return self._tried(lambda: self._write_all(statements), what)

    def _write_all(self, statements: Sequence[Tuple[str, Tuple[Any, ...]]]) -> None:
        self._sure.execute("BEGIN IMMEDIATE")
        try:
            for statement, values in statements:
                self._sure.execute(statement, values)
            self._sure.execute("COMMIT")
        except sqlite3.Error:
            if self._sure.in_transaction:
                self._sure.execute("ROLLBACK")
            raise

    def ask_beside(self, query: str, values: Tuple[Any, ...] = ()) -> List[Any]:
        """Rows of a table beside that of the parts; none where it cannot be read."""
        with self._lock:
            try:
                return list(self._fast.execute(query, values))
            except sqlite3.Error as error:
                self._log("a query", error)
                return []

    def undelivered(self, output: str, most: int) -> List[PartRow]:
        """Decided parts that ``output`` has not got, in their order. A part under way holds back those after it."""
        query = (
            "SELECT {} FROM parts WHERE number > ? AND number < COALESCE((SELECT MIN(number) FROM parts WHERE verdict"
            " IS NULL AND number > ?), 9223372036854775807) ORDER BY number LIMIT ?"
        )
        with self._lock:
            after = self.cursor(output)
            try:
                found = self._fast.execute(query.format(rows.COLUMNS), (after, after, most)).fetchall()
            except sqlite3.Error as error:
                self._log("a query", error)
                return []
        return [rows.from_columns(values) for values in found]

    def cursor(self, output: str) -> int:
        """The number of the last part that ``output`` got; 0 before the first."""
        with self._lock:
            try:
                found = self._fast.execute("SELECT number FROM cursors WHERE output = ?", (output,)).fetchone()
            except sqlite3.Error as error:
                self._log("a query", error)
                return 0
        return int(found[0]) if found else 0

    def count_undelivered(self, output: str) -> int:
        """How many parts ``output`` has not got."""
        with self._lock:
            try:
                query = "SELECT COUNT(*) FROM parts WHERE number > ? AND verdict IS NOT NULL"
                return int(self._fast.execute(query, (self.cursor(output),)).fetchone()[0])
            except sqlite3.Error as error:
                self._log("a query", error)
                return 0

    def set_cursor(self, output: str, number: int) -> None:
        """``output`` has got all parts up to ``number``."""
        with self._lock:
            change = "INSERT OR REPLACE INTO cursors VALUES (?, ?)"
            self._tried(lambda: self._fast.execute(change, (output, number)), "a cursor")

    def has_frame(self, frame: str) -> bool:
        """Whether a frame is a part already. Raises sqlite3.Error."""
        with self._lock:
            query = "SELECT 1 FROM parts WHERE frame = ? AND frame != '' LIMIT 1"
            return self._fast.execute(query, (frame,)).fetchone() is not None

    def previous(self, number: int) -> Optional[int]:
        """The number of the part before, None where the journal has none."""
        with self._lock:
            try:
                query = "SELECT MAX(number) FROM parts WHERE number < ?"
                found = self._fast.execute(query, (number,)).fetchone()[0]
            except sqlite3.Error as error:
                self._log("a query", error)
                return None
        return None if found is None else int(found)

    def _prune_now_and_then(self) -> None:
        self._since_pruning += 1
        if self._since_pruning >= _PRUNE_EVERY:
            self._since_pruning = 0
            self._tried(self._prune, "old rows")

    def _prune(self) -> None:
        """The oldest rows go, but none that an output still has to get."""
        got = self._fast.execute("SELECT MIN(number) FROM cursors").fetchone()[0]
        last = self.numbers.last - self._keep
        last = last if got is None else min(last, got)
        self._fast.execute("DELETE FROM parts WHERE number <= ? AND verdict IS NOT NULL", (last,))
        self._fast.execute("DELETE FROM remarks WHERE number <= ?", (last,))
        oldest = "(SELECT MAX(number) FROM actions) - ?"
        self._fast.execute("DELETE FROM actions WHERE number <= " + oldest, (MOST_ACTIONS,))
        oldest = "(SELECT MAX(number) FROM changes) - ?"
        self._fast.execute("DELETE FROM changes WHERE number <= " + oldest, (MOST_ACTIONS,))

    def close(self) -> None:
        """What waits is tried once more."""
        with self._lock:
            self._write_waiting()
            self._close_connections()

    def _close_connections(self) -> None:
        for connection in (self._fast, self._sure):
            try:
                connection.close()
            except sqlite3.Error as error:
                self._log("closing", error)
