"""Counts of parts in three spans: since the start, in this shift, and in this batch.

Those of a shift and of a batch come from the journal, because they outlive a start of the service; parts that are
decided meanwhile are added, each once, by their numbers.
"""

import threading
import time
from typing import Any, Callable, Dict, List, Mapping, NamedTuple, Optional, Tuple

from ocr_app.line.journal.rows import VERDICTS

START, SHIFT, BATCH = "start", "shift", "batch"
Count = Callable[[str, Tuple[Any, ...]], Tuple[Dict[str, int], int]]
"""(a condition, its values) -> parts by verdict, and the number of the last one."""


class ShiftNow(NamedTuple):
    """A shift and when it began, in seconds since 1970."""

    name: str
    began: float


def shift_at(shifts: Mapping[str, str], wall: float) -> Optional[ShiftNow]:
    """The shift of a moment, by the local time of this computer; None without shifts."""
    found: List[ShiftNow] = []
    now = time.localtime(wall)
    for name, text in shifts.items():
        hour, minute = (int(part) for part in text.split(":"))
        for day in (now.tm_mday, now.tm_mday - 1):
            began = time.mktime((now.tm_year, now.tm_mon, day, hour, minute, 0, 0, 0, -1))
            found += [ShiftNow(name, began)] if began <= wall else []
    return max(found, key=lambda shift: shift.began, default=None)


class CountedSpan:
    """One span. ``key``: what it began with; another key begins it anew."""

    def __init__(self) -> None:
        self.key: Any = None
        self.since = 0.0
        self.label = ""
        self.counts: Optional[Dict[str, int]] = None
        self.late: List[Tuple[int, str]] = []  # decided while it is counted

    def begin(self, key: Any, since: float, label: str) -> None:
        """Its counts are not known until they are loaded."""
        self.key, self.since, self.label = key, since, label
        self.counts, self.late = None, []

    def add(self, number: int, verdict: str) -> None:
        """One more part."""
        if self.counts is None:
            self.late.append((number, verdict))
        else:
            self.counts[verdict] += 1

    def load(self, counts: Dict[str, int], last: int) -> None:
        """What the journal has, up to the number ``last``."""
        late, self.late, self.counts = self.late, [], dict(counts)
        for number, verdict in late:
            if number > last:
                self.counts[verdict] += 1


class PartCounters:
    """For use by several threads. ``shifts``: names with the times at which they begin."""

    def __init__(self, shifts: Mapping[str, str], since: float) -> None:
        self._shifts = shifts
        self._lock = threading.Lock()
        self._spans = {name: CountedSpan() for name in (START, SHIFT, BATCH)}
        self._spans[START].begin(0, since, "")
        self._spans[START].load(dict.fromkeys(VERDICTS, 0), 0)

    def add(self, number: int, verdict: str) -> None:
        """A part was decided; never waits."""
        with self._lock:
            for span in self._spans.values():
                span.add(number, verdict)

    def look(self, wall: float, batch: Optional[Tuple[int, float, str]], count: Count) -> None:
        """Begins spans anew where it is time for that, and loads them. Asks the journal, so it may take a while.

        ``batch``: number of its first part, when it began, and its product; None where that is not known.
        """
        shift = shift_at(self._shifts, wall)
        if shift is not None:
            self._renew(SHIFT, shift, shift.began, shift.name, lambda: count("wall >= ?", (shift.began,)))
        if batch is not None:
            first, since, product = batch
            self._renew(BATCH, (first, since), since, product, lambda: count("number >= ?", (first,)))

    def _renew(
        self, name: str, key: Any, since: float, label: str, count: Callable[[], Tuple[Dict[str, int], int]]
    ) -> None:
        span = self._spans[name]
        with self._lock:
            if span.key != key:
                span.begin(key, since, label)
            if span.counts is not None:
                return
        counts, last = count()
        with self._lock:
            if span.key == key and span.counts is None:
                span.load(counts, last)

    def told(self) -> List[Dict[str, Any]]:
        """The spans that are known, each as {name, label, since, counts, total, yield}."""
        with self._lock:
            known = [(name, its.label, its.since, dict(its.counts)) for name, its in self._spans.items() if its.counts]
        return [_told(*one) for one in known]


def _told(name: str, label: str, since: float, counts: Dict[str, int]) -> Dict[str, Any]:
    total = sum(counts.values())
    share = counts["pass"] / float(total) if total else None
    return {"name": name, "label": label, "since": since, "counts": counts, "total": total, "yield": share}
