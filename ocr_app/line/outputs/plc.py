"""Verdicts written into the holding registers of a PLC, by the client of pyModbusTCP, from the journal.

The registers are the map of registers.py, written as a whole by one request, and behind it those in which the PLC
acknowledges a sequence. The next verdict is written when the PLC has acknowledged the last one. A verdict that the PLC
did not take in time is withdrawn and counted: an old verdict never stands when the next part is at the gate.
"""

import itertools
import logging
import threading
import time
from typing import Any, Callable, List, Optional

from ocr_app.core.errors import ServiceError
from ocr_app.core.logs import Throttle, fields
from ocr_app.line.health.status import ServiceStatus
from ocr_app.line.journal.journal import PartJournal
from ocr_app.line.journal.rows import PartRow
from ocr_app.line.outputs.contract import LineOutput
from ocr_app.line.outputs.modbus import address_of
from ocr_app.line.outputs.reach import OutputReach, RetryPause
from ocr_app.line.outputs.registers import ACKNOWLEDGE, SIZE, STATUS, WrittenRegisters
from ocr_app.line.settings.outputs import PlcSettings

LOG = logging.getLogger(__name__)
CURSOR = "plc"
_BEAT_S = 1.0
_AWAY_S = 0.2  # how often late verdicts are counted while the PLC is away
_IDLE_S = 0.1
_PATIENCE_S = 5.0  # of a verdict that is never late; after that, the health says that nobody acknowledges
_FLUSH_S = 1.0
_WINDOW = 100
_UNKNOWN = -1  # what a PLC has acknowledged
_LOG_EVERY_S = 10.0


class PlcAway(Exception):
    """The PLC did not do what a request asked for, and why."""


def library() -> Any:
    """pyModbusTCP's client, which needs dataclasses. Raises ServiceError where it cannot be imported."""
    try:
        from pyModbusTCP import client
    except ImportError as error:
        found = "writing to a PLC needs the client of pyModbusTCP: {}".format(error)
        expected = "ocr-app[line] in this Python; on Python 3.6 with the package dataclasses"
        raise ServiceError(found, expected, "pip install 'ocr-app[line]'") from error
    return client


class PlcConnection:
    """The holding registers of a PLC. Every request raises PlcAway where it is refused, or not answered in time."""

    def __init__(self, settings: PlcSettings) -> None:
        """Raises ServiceError where the library is missing; connects to nothing."""
        host, port = address_of(settings.address, "plc.address")
        self._first = settings.register
        self._client = library().ModbusClient(
            host, port, unit_id=settings.unit, timeout=settings.timeout_s, auto_open=False
        )

    def open(self) -> None:
        """Connects."""
        if not self._client.open():
            raise PlcAway(self._why())

    def close(self) -> None:
        """Hangs up; the next request has to be ``open``."""
        self._client.close()

    def write(self, words: List[int]) -> None:
        """The whole map, by one request."""
        if not self._client.write_multiple_registers(self._first, words):
            raise PlcAway(self._why())

    def acknowledged(self) -> int:
        """The sequence in the registers that the PLC writes."""
        words = self.read(SIZE, ACKNOWLEDGE)
        return words[0] << 16 | words[1]

    def read(self, offset: int, count: int) -> List[int]:
        """So many registers, ``offset`` behind the first one of the map."""
        words = self._client.read_holding_registers(self._first + offset, count)
        if not words:
            raise PlcAway(self._why())
        return [int(word) for word in words]

    def _why(self) -> str:
        if self._client.last_except:
            return "it answers with exception {}".format(self._client.last_except)
        return str(self._client.last_error_as_txt)


class PlcOutput(LineOutput):
    """``run`` is the body of a thread that writes. ``boot``: this start of the service."""

    def __init__(
        self,
        settings: PlcSettings,
        boot: str,
        journal: PartJournal,
        status: ServiceStatus,
        registers: WrittenRegisters,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Raises ServiceError where the library is missing."""
        self._settings, self._boot, self._journal, self._status = settings, boot, journal, status
        self._registers, self._now = registers, now
        self._connection = PlcConnection(settings)
        meanwhile = "verdicts wait in the journal"
        if settings.late_ms:
            meanwhile += " for {:g} ms, and are withdrawn after that".format(settings.late_ms)
        self._reach = OutputReach(status, "plc_lost", "PLC", meanwhile, address=settings.address)
        self._pause = RetryPause(settings.retry_s, settings.retry_most_s)
        self._throttle = Throttle(_LOG_EVERY_S)
        self._poll_s = settings.poll_ms / 1000.0
        self._wake = threading.Event()
        self._offered: Optional[PartRow] = None
        self._most_offered = journal.numbers.last
        self._offered_at, self._beat_at = 0.0, now()
        self._shown: Optional[PartRow] = None
        self._doubtful: Optional[PartRow] = None
        self._written: List[int] = []

    def put(self, row: PartRow, data: bytes) -> None:
        """The part is in the journal already; it is counted, and the thread is woken."""
        self._registers.count(row)
        self._wake.set()

    def run(self, stop: threading.Event) -> None:
        """Until ``stop``, and for a moment what is decided by then; after that no verdict stands."""
        self._reach.expect()
        while not stop.is_set():
            try:
                self._connect()
                while not stop.is_set():
                    self.step(stop)
                self._say_goodbye()
            except PlcAway as error:
                self._reach.lost(str(error))
                self._wait_away(stop)
            finally:
                self._connection.close()
        self._resolve(_UNKNOWN)

    def _connect(self) -> None:
        self._connection.open()
        self._written = []
        if self._settings.acknowledge:
            known = self._connection.acknowledged()
            self._resolve(known)
            if known > self._most_offered & 0xFFFFFFFF:
                found = "it acknowledges {}, and this line has told it {} at most; after a change of the board or its"
                raise PlcAway((found + " journal, set what it remembers to 0").format(known, self._most_offered))
        self._reach.found()
        self._pause.reset()

    def _wait_away(self, stop: threading.Event) -> None:
        until = self._now() + self._pause.next_s()
        while not stop.wait(min(_AWAY_S, max(0.0, until - self._now()))) and self._now() < until:
            self._drop_late()

    def step(self, stop: threading.Event) -> None:
        """Writes what has changed, and looks whether the verdict was taken. Raises PlcAway."""
        self._wake.clear()
        self._drop_late()
        if self._offered is None:
            self._offer_next()
        self._write()
        if self._doubtful is not None:
            self._resolve(self._connection.acknowledged() if self._settings.acknowledge else _UNKNOWN)
        row = self._offered
        if row is None:
            self._wake.wait(max(self._poll_s, _IDLE_S))
        elif not self._settings.acknowledge:
            self._settle(row)
            stop.wait(self._poll_s)  # it stands that long at least
        elif self._connection.acknowledged() == row.number & 0xFFFFFFFF:
            self._settle(row)
            self._withdraw()
        else:
            self._watch_silence(row)
            stop.wait(self._poll_s)

    def _offer_next(self) -> None:
        found = self._journal.undelivered(CURSOR, 1)
        if found:
            self._offered = self._shown = found[0]
            self._offered_at, self._most_offered = self._now(), found[0].number
            self._registers.stand(found[0], max(0, self._journal.count_undelivered(CURSOR) - 1))

    def _write(self) -> None:
        if self._now() >= self._beat_at:
            self._beat_at = self._now() + _BEAT_S
            self._registers.beat()
        words = self._registers.registers()
        if words != self._written:
            self._written = []
            self._connection.write(words)
            self._written = words

    def _settle(self, row: PartRow) -> None:
        """The PLC has it."""
        self._journal.set_cursor(CURSOR, row.number)
        self._offered = None
        self._status.count("plc_results")
        self._reach.found()

    def _withdraw(self) -> None:
        self._shown = None
        self._registers.withdraw()

    def _is_late(self, row: PartRow) -> bool:
        """Whether a verdict must not stand any more; one of an earlier start of the service is late."""
        if not self._settings.late_ms:
            return False
        decided = row.triggered if row.decided is None else row.decided
        return row.boot != self._boot or self._now() - decided > self._settings.late_ms / 1000.0

    def _drop_late(self) -> None:
        """Withdraws a verdict that has become late, and counts those behind it that have become late meanwhile."""
        if self._shown is not None and not self._is_late(self._shown):
            return
        if self._offered is not None:
            self._journal.set_cursor(CURSOR, self._offered.number)
            self._offered, self._doubtful = None, self._offered
        if self._shown is not None:
            self._withdraw()
        late = list(itertools.takewhile(self._is_late, self._journal.undelivered(CURSOR, _WINDOW)))
        if late:
            self._journal.set_cursor(CURSOR, late[-1].number)
            self._lose(late)

    def _resolve(self, known: int) -> None:
        """Whether a verdict that was withdrawn had been taken; ``known``: what the PLC has acknowledged."""
        row, self._doubtful = self._doubtful, None
        if row is not None and known == row.number & 0xFFFFFFFF:
            self._status.count("plc_results")
        elif row is not None:
            self._reach.lost("it did not acknowledge part {} in time".format(row.number))
            self._lose([row])

    def _lose(self, late: List[PartRow]) -> None:
        self._registers.lose(len(late))
        for _ in late:
            self._status.count("plc_lost")
        held_back = self._throttle.admit("late")
        if held_back is not None:
            found = fields(first=late[0].number, last=late[-1].number, held_back=held_back)
            LOG.warning("verdicts came too late for the PLC; it has to reject these parts", extra=found)

    def _watch_silence(self, row: PartRow) -> None:
        if self._now() - self._offered_at > _PATIENCE_S:
            self._reach.lost("it does not acknowledge part {}".format(row.number))

    def _say_goodbye(self) -> None:
        """Tells what is decided by now, and then that no verdict stands and that nothing is live."""
        until = self._now() + _FLUSH_S
        rest = threading.Event()
        while self._now() < until and (self._offered is not None or self._journal.undelivered(CURSOR, 1)):
            self.step(rest)
        self._withdraw()
        words = self._registers.registers()
        words[STATUS] = 0
        self._connection.write(words)


def answers(settings: PlcSettings) -> str:
    """Connects and reads, and writes nothing; an error text, or empty where the registers can be read."""
    connection = PlcConnection(settings)
    try:
        connection.open()
        connection.read(0, SIZE + ACKNOWLEDGE * settings.acknowledge)
        return ""
    except PlcAway as error:
        return str(error)
    finally:
        connection.close()
