"""What a PLC sees over Modbus: the map of the registers, and their values at one moment.

All values change together, under one lock, so one request reads one part. A PLC that reads in several requests compares
``sequence`` with ``sequence_again``. Sequences only grow, over restarts too, and after a restart there is no verdict
until the next part: an old verdict is never taken for a new one.
"""

import collections
import threading
from typing import Any, Callable, Deque, Dict, List, NamedTuple, Optional

from ocr_app.line.journal.rows import VERDICTS, PartRow

LAYOUT = 1
TEXT, REASON = 32, 16  # registers; two bytes each
CODES = {verdict: number + 1 for number, verdict in enumerate(VERDICTS)}
NONE = 0


class RegisterField(NamedTuple):
    """A value in the input registers: its first address, how many registers it takes, and what it means."""

    name: str
    address: int
    size: int
    meaning: str


def _fields(*wanted: Any) -> List[RegisterField]:
    found, address = [], 0
    for name, size, meaning in wanted:
        found.append(RegisterField(name, address, size, meaning))
        address += size
    return found


INPUT_REGISTERS = _fields(
    ("layout", 1, "number of this map: {}".format(LAYOUT)),
    ("status", 1, "bits as in the discrete inputs, the first one lowest"),
    ("heartbeat", 1, "grows about once a second while the service is live, and begins again at 0 after 65535"),
    ("sequence", 2, "number of the part whose verdict stands; 0 before the first after a start"),
    ("verdict", 1, "0 none, " + ", ".join("{} {}".format(code, verdict) for verdict, code in CODES.items())),
    ("passes", 2, "parts since the start of the service that passed"),
    ("fails", 2, "parts that failed"),
    ("no_reads", 2, "parts on which no code was found"),
    ("holds", 2, "parts that somebody has to look at"),
    ("waiting", 1, "verdicts that wait until this one is acknowledged"),
    ("lost", 1, "verdicts that were not acknowledged in time, and were replaced or withdrawn"),
    ("text", TEXT, "the text of the code, two bytes of UTF-8 a register, filled with zeros"),
    ("reason", REASON, "the first reason of the verdict, likewise"),
    ("sequence_again", 2, "the sequence once more: equal where everything between belongs to one part"),
)
DISCRETE_INPUTS = (
    ("live", "the service runs"),
    ("ready", "parts are read and written down"),
    ("busy", "a part is under way"),
    ("valid", "a verdict stands that was not acknowledged"),
    ("passed", "that verdict is pass"),
    ("degraded", "something is wrong; health.json says what"),
)
COILS = (("trigger", "written 1: a part is there (trigger.kind: modbus); the service sets it to 0 again"),)
HOLDING_REGISTERS = _fields(
    ("acknowledge", 2, "written with the sequence that the PLC has taken; the verdict goes, and the next one comes"),
)
SIZE = sum(field.size for field in INPUT_REGISTERS)
ACKNOWLEDGE = sum(field.size for field in HOLDING_REGISTERS)
STATUS = next(field.address for field in INPUT_REGISTERS if field.name == "status")
Conditions = Callable[[], Dict[str, bool]]


class RegisterValues:
    """The values of the map at one moment, for use by several threads.

    ``conditions`` gives live, ready, busy and degraded.
    """

    def __init__(self, conditions: Conditions) -> None:
        self._conditions = conditions
        self._lock = threading.Lock()
        self._current: Optional[PartRow] = None
        self._last_sequence = 0
        self._counts = dict.fromkeys(VERDICTS, 0)
        self._waits, self._lost, self._heartbeat = 0, 0, 0

    def beat(self) -> None:
        """One heartbeat."""
        with self._lock:
            self._heartbeat = (self._heartbeat + 1) & 0xFFFF

    def inputs(self) -> List[bool]:
        """The discrete inputs."""
        known = self._conditions()
        with self._lock:
            return self._inputs(known)

    def _inputs(self, known: Dict[str, bool]) -> List[bool]:
        valid = self._current is not None
        passed = self._current is not None and self._current.passed
        return [dict(known, valid=valid, passed=passed)[name] for name, _ in DISCRETE_INPUTS]

    def _stand(self, row: Optional[PartRow]) -> None:
        """This verdict stands from now on, or none; the lock is held."""
        self._current = row
        if row is not None:
            self._last_sequence = row.number

    def registers(self) -> List[int]:
        """The input registers."""
        known = self._conditions()
        with self._lock:
            row = self._current
            values: Dict[str, Any] = {
                "layout": LAYOUT,
                "status": sum(int(bit) << place for place, bit in enumerate(self._inputs(known))),
                "heartbeat": self._heartbeat,
                "sequence": self._last_sequence,
                "verdict": CODES[row.verdict or ""] if row is not None else NONE,
                "passes": self._counts["pass"],
                "fails": self._counts["fail"],
                "no_reads": self._counts["no-read"],
                "holds": self._counts["hold"],
                "waiting": self._waits,
                "lost": self._lost,
                "text": row.text if row is not None else "",
                "reason": row.reasons[0] if row is not None and row.reasons else "",
                "sequence_again": self._last_sequence,
            }
        return [word for field in INPUT_REGISTERS for word in words_of(values[field.name], field.size)]


class LineRegisters(RegisterValues):
    """What a PLC reads. ``acknowledge``: a verdict stays until it is acknowledged; ``most`` may wait.

    ``lost`` is called when a verdict had to be replaced.
    """

    def __init__(self, acknowledge: bool, most: int, conditions: Conditions, lost: Callable[[], None]) -> None:
        super(LineRegisters, self).__init__(conditions)
        self._acknowledge, self._most, self._report_lost = acknowledge, most, lost
        self._waiting: Deque[PartRow] = collections.deque()

    def put(self, row: PartRow) -> None:
        """The verdict of the next part."""
        with self._lock:
            self._counts[row.verdict or ""] += 1
            if not self._acknowledge or self._current is None:
                self._stand(row)
                return
            self._waiting.append(row)
            if len(self._waiting) > self._most:
                self._waiting.popleft()
                self._lost += 1
                self._report_lost()
            self._waits = len(self._waiting)

    def acknowledge(self, sequence: int) -> bool:
        """The PLC has taken the verdict of ``sequence``; False, and nothing changes, where that does not stand."""
        with self._lock:
            if self._current is None or sequence != self._current.number & 0xFFFFFFFF:
                return False
            self._stand(self._waiting.popleft() if self._waiting else None)
            self._waits = len(self._waiting)
            return True


class WrittenRegisters(RegisterValues):
    """What is written into the registers of a PLC; who writes says which verdict stands."""

    def count(self, row: PartRow) -> None:
        """A part was decided."""
        with self._lock:
            self._counts[row.verdict or ""] += 1

    def stand(self, row: PartRow, waiting: int) -> None:
        """This verdict is the next one, and ``waiting`` more wait behind it."""
        with self._lock:
            self._stand(row)
            self._waits = waiting

    def withdraw(self) -> None:
        """No verdict stands."""
        with self._lock:
            self._stand(None)
            self._waits = 0

    def lose(self, count: int) -> None:
        """So many verdicts could not be told in time."""
        with self._lock:
            self._lost = (self._lost + count) & 0xFFFF


def words_of(value: Any, size: int) -> List[int]:
    """A number, the high word first, or a text in ``size`` registers; a text is cut between two characters."""
    if isinstance(value, str):
        data = value.encode("utf-8")[: 2 * size].decode("utf-8", "ignore").encode("utf-8").ljust(2 * size, b"\0")
        return [data[index] << 8 | data[index + 1] for index in range(0, 2 * size, 2)]
    return [value >> 16 * place & 0xFFFF for place in reversed(range(size))]
