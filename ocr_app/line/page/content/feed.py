"""What the live screen shows: the last part, the parts before it, counters since the start, and alarms."""

import collections
import threading
import time
from typing import Any, Callable, Deque, Dict, List, Mapping, NamedTuple, Optional, Tuple

from ocr_app.line.journal.rows import VERDICTS, PartRow
from ocr_app.line.page.content.counting import PartCounters
from ocr_app.line.page.content.words import PageTexts, lines_of
from ocr_app.line.reading.jobs import Result

RECENT, TIMES = 24, 400


class ShownPart(NamedTuple):
    """A decided part, the bytes of its frame, and what was read (None without a reading)."""

    row: PartRow
    data: bytes
    result: Optional[Result]


class LiveFeed:
    """For use by several threads. ``changed`` is called after each part, and must not wait."""

    def __init__(
        self, texts: PageTexts, wall: Callable[[], float] = time.time, shifts: Optional[Mapping[str, str]] = None
    ) -> None:
        self._texts = texts
        self.since = wall()
        self.spans = PartCounters(shifts or {}, self.since)
        self._lock = threading.Lock()
        self._last: Optional[ShownPart] = None
        self._counts = dict.fromkeys(VERDICTS, 0)
        self._recent: Deque[Tuple[int, str]] = collections.deque(maxlen=RECENT)
        self._times: Deque[float] = collections.deque(maxlen=TIMES)
        self.changed: Callable[[ShownPart], None] = lambda part: None

    def view(self, row: PartRow, data: bytes, result: Optional[Result]) -> None:
        """The next verdict; never waits."""
        part = ShownPart(row, data, result)
        verdict = row.verdict or ""
        with self._lock:
            self._last = part
            self._counts[verdict] += 1
            self._recent.append((row.number, verdict))
            if row.decided is not None:
                self._times.append((row.decided - row.triggered) * 1000.0)
        self.spans.add(row.number, verdict)
        self.changed(part)

    @property
    def last(self) -> Optional[ShownPart]:
        """The newest part, None before the first."""
        return self._last

    def counters(self) -> Dict[str, Any]:
        """Counts by verdict, the share of passes (None before a part), milliseconds, the last parts, and spans."""
        with self._lock:
            counts, recent, times = dict(self._counts), list(self._recent), sorted(self._times)
        total = sum(counts.values())
        shares = {"p50": 50, "p95": 95}
        latency = {name: round(times[-(-share * len(times) // 100) - 1], 1) for name, share in shares.items() if times}
        yielded = counts["pass"] / float(total) if total else None
        return {
            "counts": counts, "total": total, "yield": yielded, "latency_ms": latency, "recent": recent,
            "since": self.since, "spans": self.spans.told(),
        }  # fmt: skip

    def describe(self, part: ShownPart) -> Dict[str, Any]:
        """The part for a browser; every text in it comes from outside, and is to be shown as text only."""
        row = part.row
        took = None if row.decided is None else round((row.decided - row.triggered) * 1000.0, 1)
        return {
            "number": row.number,
            "id": row.id,
            "name": row.name,
            "wall": row.wall,
            "verdict": row.verdict,
            "text": row.text,
            "reasons": self.told(part),
            "lines": lines_of(part.result),
            "ms": took,
        }

    def told(self, part: ShownPart) -> List[Dict[str, str]]:
        """The reasons as sentences."""
        return self._texts.reasons_of(list(part.row.reasons), part.result)
