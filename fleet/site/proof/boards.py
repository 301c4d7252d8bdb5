"""Boards of a measurement: the journal and the MQTT output of a line, with parts that nobody read.

Their parts are invented; how they are written down and sent is the code of the boards.
"""

from __future__ import annotations

import random
import threading
import time
from pathlib import Path
from typing import Any

from ocr_app.line.health.status import ServiceStatus
from ocr_app.line.journal.journal import PartJournal
from ocr_app.line.journal.numbers import new_boot, part_id
from ocr_app.line.journal.rows import PartRow
from ocr_app.line.outputs.mqtt import CURSOR, MqttOutput
from ocr_app.line.settings.outputs import MqttSettings

REASONS = ("no-read", "expired", "format", "unsure", "no-consensus")
RECIPE = "dates"


def invented(
    name: str, boot: str, number: int, chance: random.Random, rejects: float = 0.06, ago_s: float = 0.0,
    release: str = "2026.11.1",
) -> PartRow:  # fmt: skip
    """A decided part. ``rejects``: share of those that do not pass; ``ago_s``: how long ago its trigger was."""
    passes = chance.random() >= rejects
    reason = chance.choices(REASONS, (5, 4, 3, 2, 1))[0]
    verdict = "pass" if passes else "no-read" if reason == "no-read" else "fail"
    triggered, wall = time.monotonic(), time.time() - ago_s
    text = (
        "" if verdict == "no-read" else f"EXP {chance.randrange(1, 29):02d}.11.2027 LOT {chance.randrange(10**6):06d}"
    )
    return PartRow(
        number=number, id=part_id(name, boot, number), board=name, boot=boot, cause="gpio", name="", frame="",
        triggered=triggered, captured=triggered + 0.004, decided=triggered + 0.06, wall=wall, clock_trusted=True,
        verdict=verdict, text=text, reasons=() if passes else (reason,), values={"lot": text[-6:]},
        witnesses={"ppocr": text, "codes": text}, timings={"preprocess": 4.1, "detect": 21.0, "recognise": 30.2},
        recipe=RECIPE, recipe_digest="0" * 64, release=release,
    )  # fmt: skip


class JournalledBoard:
    """One board: a journal of its own, and the thread that sends from it."""

    def __init__(
        self, folder: Path, name: str, port: int, rejects: float = 0.06, release: str = "2026.11.1", **mqtt: Any
    ) -> None:
        """``port``: of a broker on loopback, unless ``mqtt``, keys of that section, say more."""
        self.name, self.folder, self._rejects, self._release = name, folder / name, rejects, release
        self._chance = random.Random(name)
        self._status, self._stop = ServiceStatus(), threading.Event()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.journal = PartJournal(str(self.folder), self._status)
        self.journal.keep_cursors((CURSOR,))
        self.boot = new_boot()
        self.journal.record_boot(self.boot, time.time(), release)
        self._last: PartRow | None = None
        self.degraded: list[str] = []
        self._counts = {"passes": 0, "rejects": 0}
        settings = MqttSettings(**{"host": "127.0.0.1", "port": port, "keepalive_s": 5, **mqtt})
        self._output = MqttOutput(settings, name, self.journal, self._status, self._state)
        self._thread = threading.Thread(target=self._output.run, args=(self._stop,), daemon=True, name=name)
        self._thread.start()

    def _state(self) -> dict[str, Any]:
        last = self._last
        return {
            "ready": True, "is_degraded": bool(self.degraded), "degraded": self.degraded, "boot": self.boot,
            **self._counts,
            "recipe": RECIPE, "number": last.number if last else None, "id": last.id if last else None,
        }  # fmt: skip

    def decide(self, ago_s: float = 0.0) -> PartRow:
        """One more part, written down."""
        number = self.journal.numbers.take()
        row = invented(self.name, self.boot, number, self._chance, self._rejects, ago_s, self._release)
        self.journal.begin(row._replace(verdict=None, decided=None))
        self._last = row = self.journal.decide(row)
        self._counts["passes" if row.passed else "rejects"] += 1
        return row

    @property
    def last(self) -> int:
        """The number of the last part."""
        return self._last.number if self._last else 0

    def rows(self) -> list[PartRow]:
        """Every part of the journal."""
        from ocr_app.line.journal import history

        return list(history.find(str(self.folder), history.HistoryQuery()))

    def end(self) -> None:
        """Leaves the broker; the journal stays."""
        self._stop.set()
        self._thread.join(10.0)
        self.journal.close()
        self._output._client._reset_sockets()  # paho closes them when it is collected, and warns if that is too late


class BoardRhythm:
    """Lets every board decide ``rate_hz`` parts a second, in a thread of its own."""

    def __init__(self, boards: list[JournalledBoard], rate_hz: float) -> None:
        self._boards, self._pause_s = boards, 1.0 / rate_hz
        self._stop = threading.Event()
        self.decided = 0
        self._thread = threading.Thread(target=self._run, daemon=True, name="rhythm")

    def start(self) -> BoardRhythm:
        """Begins."""
        self._thread.start()
        return self

    def _run(self) -> None:
        at = time.monotonic()
        while not self._stop.is_set():
            for board in self._boards:
                board.decide()
                self.decided += 1
            at = max(at + self._pause_s, time.monotonic() - 1.0)
            self._stop.wait(max(0.0, at - time.monotonic()))

    def end(self) -> None:
        """No part is decided afterwards."""
        self._stop.set()
        self._thread.join(30.0)
