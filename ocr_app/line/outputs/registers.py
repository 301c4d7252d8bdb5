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
    ("lost", 1, "verdicts that were not acknowledged in time and were replaced"),
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
Conditions = Callable[[], Dict[str, bool]]


class LineRegisters:
    """For use by several threads. ``acknowledge``: a verdict stays until it is acknowledged; ``most`` may wait.

    ``conditions`` gives live, ready, busy and degraded; ``lost`` is called when a verdict had to be replaced.
    """

    def __init__(self, acknowledge: bool, most: int, conditions: Conditions, lost: Callable[[], None]) -> None:
        self._acknowledge, self._most, self._conditions, self._report_lost = acknowledge, most, conditions, lost
        self._lock = threading.Lock()
        self._current: Optional[PartRow] = None
        self._last_sequence = 0
        self._waiting: Deque[PartRow] = collections.deque()
        self._counts = dict.fromkeys(VERDICTS, 0)
        self._lost, self._heartbeat = 0, 0

    def put(self, row: PartRow) -> None:
        """The verdict of the next part."""
        with self._lock:
            self._counts[row.verdict or ""] += 1
            if self._acknowledge and self._current is not None:
                self._waiting.append(row)
                if len(self._waiting) > self._most:
                    self._waiting.popleft()
                    self._lost += 1
                    self._report_lost()
                return
            self._current, self._last_sequence = row, row.number

    def acknowledge(self, sequence: int) -> bool:
        """The PLC has taken the verdict of ``sequence``; False, and nothing changes, where that does not stand."""
        with self._lock:
            if self._current is None or sequence != self._current.number & 0xFFFFFFFF:
                return False
            self._current = self._waiting.popleft() if self._waiting else None
            if self._current is not None:
                self._last_sequence = self._current.number
            return True

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
                "waiting": len(self._waiting),
                "lost": self._lost,
                "text": row.text if row is not None else "",
                "reason": row.reasons[0] if row is not None and row.reasons else "",
                "sequence_again": self._last_sequence,
            }
        return [word for field in INPUT_REGISTERS for word in words_of(values[field.name], field.size)]


def words_of(value: Any, size: int) -> List[int]:
    """A number, the high word first, or a text in ``size`` registers; a text is cut between two characters."""
    if isinstance(value, str):
        data = value.encode("utf-8")[: 2 * size].decode("utf-8", "ignore").encode("utf-8").ljust(2 * size, b"\0")
        return [data[index] << 8 | data[index + 1] for index in range(0, 2 * size, 2)]
    return [value >> 16 * place & 0xFFFF for place in reversed(range(size))]
