"""`./inv line measure`: how many parts a line takes, and how long a part waits for its verdict, by replay.

All ways to run the line do the same work on the same frames: capture, reading, journal, Modbus TCP and a real broker.
They take turns, round by round, so that what else the computer does hits all of them.
"""

from __future__ import annotations

import calendar
import re
import shutil
import statistics
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from fleet.core.errors import LiveLineError
from fleet.core.files import ROOT
from fleet.core.pages import write_record
from fleet.live import drawing, results
from fleet.live.broker import LoopbackBroker, free_port
from fleet.live.listening import rows_of
from fleet.live.process import LineProcess, Settings
from fleet.live.results import ONE_BY_ONE, TOGETHER
from ocr_app.board import environment
from ocr_app.line.journal.rows import PartRow

FOLDER = ROOT / "build" / "line-measure"
RATES = (1.0, 5.0, 10.0, 20.0)  # parts per second
TWO_THREADS, STAGES = "one by one, 2 threads", "stages overlap"
SECONDS = 20.0  # of one run
_FASTEST_HZ = 1000.0  # more than any reader takes, so that the line is never waiting for a frame
_LEAST = 20  # parts below which a percentile says nothing
_READY_S = 300.0
_OPENED = re.compile(r'time=(\S+)Z level=info event="reader opened"')
_TOLD = re.compile(r'event="part told" part=(\S+) verdict=(\S+) ms=(\S+)')


@dataclass(frozen=True)
class LineWay:
    """A way to run the line: reading processes, CPU threads of each, and parts that may be under way."""

    name: str
    processes: int
    threads: int
    queue: int


WAYS = (
    LineWay(ONE_BY_ONE, 1, 1, 1),
    LineWay(TWO_THREADS, 1, 2, 1),
    LineWay(STAGES, 1, 1, 4),
    LineWay(TOGETHER, 2, 1, 4),
)
"""With one part under way, its capture, reading, journal and outputs come one after another."""


@dataclass(frozen=True)
class LineRun:
    """What one run gave: parts per second, and milliseconds by part. ``told_ms``: from the trigger to the outputs."""

    parts: int
    passed: int
    per_second: float
    told_ms: list[float]
    read_ms: list[float]

    def figures(self) -> dict[str, Any]:
        """The run without its single parts."""
        return {
            "parts": self.parts,
            "passed": self.passed,
            "per_second": round(self.per_second, 3),
            "told_ms": percentiles(self.told_ms),
            "read_ms": percentiles(self.read_ms),
        }


def percentiles(values: Iterable[float]) -> dict[str, float]:
    """The 50th, 95th and 99th percentile by the nearest rank, and the mean; rounded to 0.01."""
    ordered = sorted(values)
    found = {str(share): ordered[-(-share * len(ordered) // 100) - 1] for share in (50, 95, 99)}
    return {name: round(value, 2) for name, value in {**found, "mean": statistics.fmean(ordered)}.items()}


class MeasuredLine:
    """Runs a line on the drawn packages, again and again, with a broker that stays."""

    def __init__(self, folder: Path, frames: int) -> None:
        """Raises LiveLineError where Mosquitto is missing."""
        self._folder = folder
        self._frames = folder / "packages"
        if len(list(self._frames.glob("*.jpg"))) != frames:
            for path in self._frames.glob("*.jpg"):
                path.unlink()
            drawing.write(self._frames, drawing.parts(frames))
        self._count = frames
        self._broker = LoopbackBroker(folder / "broker").start()
        self._runs = 0

    def run(self, way: LineWay, rate_hz: float, seconds: float) -> LineRun:
        """Replay for ``seconds`` after all reading processes are open. Raises LiveLineError: too few parts came."""
        self._runs += 1
        line = LineProcess(self._folder / f"run-{self._runs}", self._settings(way, rate_hz))
        shutil.rmtree(line.folder, ignore_errors=True)
        try:
            line.start(_READY_S)
            opened = _wait_for_readers(line, way.processes)
            time.sleep(seconds)
        finally:
            code = line.end()
        rows = [row for row in rows_of(line.journal) if row.wall > opened and row.reasons[:1] != ("stopped",)]
        told = {part: float(ms) for part, _, ms in _TOLD.findall(line.said())}
        return summarised(rows, told, f"exit code {code}: {line.folder / 'service.log'}")

    def _settings(self, way: LineWay, rate_hz: float) -> Settings:
        return {
            "reader": {"processes": way.processes, "threads": way.threads},
            "recipe": {"file": str(drawing.RECIPE)},
            "source": {"kind": "replay", "path": str(self._frames), "rate_hz": rate_hz, "repeat": True},
            "parts": {"queue": way.queue},
            "journal": {"board": "measured", "pictures": "none"},
            "mqtt": {"host": "127.0.0.1", "port": self._broker.port},
            "modbus": {"listen": f"127.0.0.1:{free_port()}"},
            "health": {"disk_mb": 50, "memory_mb": 50},
            "log": {"level": "debug"},
        }

    def end(self) -> None:
        """Stops the broker."""
        self._broker.stop()


def _wait_for_readers(line: LineProcess, count: int) -> float:
    """The wall time at which the last of them was opened. Raises LiveLineError."""
    until = time.monotonic() + _READY_S
    while True:
        found = _OPENED.findall(line.said())
        if len(found) >= count:
            return max(_seconds(moment) for moment in found)
        if line.ended or time.monotonic() > until:
            raise LiveLineError("not every reading process was opened", f"{count} of them", str(line.folder))
        time.sleep(0.05)


def _seconds(moment: str) -> float:
    """Seconds since 1970 of a moment in the log."""
    whole, _, fraction = moment.partition(".")
    return calendar.timegm(time.strptime(whole, "%Y-%m-%dT%H:%M:%S")) + float(f"0.{fraction or 0}")


def summarised(rows: list[PartRow], told: dict[str, float], where: str) -> LineRun:
    """The run of these parts, in their order. Raises LiveLineError where they are too few, or some were not read."""
    rows = [row for row in rows if row.id in told]
    if len(rows) < _LEAST:
        raise LiveLineError(f"only {len(rows)} parts in a run", f"at least {_LEAST}", where)
    unread = [row for row in rows if not (row.timings or {}).get("total")]
    if unread:
        found = f"{len(unread)} of {len(rows)} parts were not read, first {unread[0].id}: {unread[0].reasons}"
        raise LiveLineError(found, "a reading of each part", where)
    took = (rows[-1].decided or 0.0) - (rows[0].decided or 0.0)
    return LineRun(
        len(rows),
        sum(row.passed for row in rows),
        (len(rows) - 1) / took,
        [told[row.id] for row in rows],
        [(row.timings or {})["total"] for row in rows],
    )


def run(rounds: int = 3, seconds: float = SECONDS, publish: bool = False, folder: Path = FOLDER) -> int:
    """Measure, print the page, and write it to docs/results with ``publish``. Returns 0. Raises LiveLineError."""
    idle = idle_share()
    measured = MeasuredLine(folder, 60)
    try:
        record = _measure(measured, rounds, seconds)
    finally:
        measured.end()
    record["idle_before"] = round(idle, 3)
    page = results.page(record)
    target = ROOT / "docs" / "results" if publish else folder
    write_record(target, "line", record, page)
    print(page, flush=True)
    return 0


def idle_share(seconds: float = 3.0, path: Path = Path("/proc/stat")) -> float:
    """The share of the processor that nobody uses now, 0..1."""

    def times() -> tuple[int, int]:
        words = [int(word) for word in path.read_text(encoding="ascii").splitlines()[0].split()[1:9]]
        return words[3] + words[4], sum(words)

    idle, total = times()
    time.sleep(seconds)
    later_idle, later_total = times()
    return (later_idle - idle) / max(1, later_total - total)


def _measure(measured: MeasuredLine, rounds: int, seconds: float) -> dict[str, Any]:
    runs: dict[str, list[LineRun]] = {way.name: [] for way in WAYS}
    for number in range(rounds):
        for way in WAYS:
            _say(f"round {number + 1} of {rounds}: {way.name}")
            runs[way.name].append(measured.run(way, _FASTEST_HZ, seconds))
            _say(f"    {runs[way.name][-1].per_second:.2f} parts per second")
    most = statistics.median(each.per_second for each in runs[TOGETHER])
    rates = []
    for rate in (*RATES, round(most / 2.0, 2)):
        _say(f"{rate:g} parts per second, {TOGETHER}")
        long = max(seconds, 1.3 * _LEAST / rate)
        rates.append({"rate_hz": rate, **measured.run(WAYS[-1], rate, long).figures()})
    return {
        "schema": "nano-ocr/live-line/1",
        "command": f"./inv line measure --rounds {rounds} --seconds {seconds:g}",
        "created": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "machine": machine(),
        "ways": [{**asdict(way), "rounds": [each.figures() for each in runs[way.name]]} for way in WAYS],
        "rates": rates,
        "half": rates[-1]["rate_hz"],
    }


def machine() -> dict[str, Any]:
    """What this computer is, as far as a record of a line needs it."""
    found = environment.describe()
    return {name: found.get(name) for name in ("cpu", "system", "arch", "threads", "python") if name in found}


def _say(text: str) -> None:
    print(text, flush=True)
