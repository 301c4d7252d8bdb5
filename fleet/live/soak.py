"""`./inv soak`: a line that runs for hours with faults, and what became of every part, of memory and of files."""

from __future__ import annotations

import shutil
import statistics
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from fleet.core.errors import LiveLineError
from fleet.core.files import ROOT
from fleet.core.pages import format_machine, markdown_table, write_record
from fleet.live import drawing, measure, usage
from fleet.live.broker import LoopbackBroker, free_port
from fleet.live.faults import LineFaults, small_disk
from fleet.live.listening import HeardPart, MqttListener, PlcListener, heard_from, rows_of, shown_by_plc
from fleet.live.process import LineProcess, Settings
from ocr_app.line.journal.rows import PartRow

FOLDER = ROOT / "build" / "soak"
RATE_HZ, DISK_MB = 4.0, 48
_READY_S, _SAMPLE_S, _FLUSH_S, _LEAST_PARTS = 300.0, 5.0, 15.0, 50
MOST_MB_PER_HOUR, MOST_FILES = 20.0, 16
"""By how much memory may grow in an hour, in a run of an hour or more, and the number of open files in any run."""


@dataclass
class SoakedLine:
    """Everything that takes part, and what was seen of it. ``begun``: when samples began, seconds since 1970."""

    line: LineProcess
    broker: LoopbackBroker
    faults: LineFaults
    mqtt: MqttListener
    plc: PlcListener
    samples: list[usage.UsageSample] = field(default_factory=list)
    begun: float = 0.0


def run(hours: float, every_s: float = 60.0, publish: bool = False, folder: Path = FOLDER) -> int:
    """Let a line run for ``hours``, with a fault every ``every_s`` seconds. Returns 0.

    Raises LiveLineError: something is missing, the line ended, or it lost, doubled or leaked something.
    """
    shutil.rmtree(folder, ignore_errors=True)
    drawing.write(folder / "packages", drawing.parts(24, (7, 19)))
    with small_disk(folder / "journal", DISK_MB) as small:
        if not small:
            _say("without root there is no small disk, so the disk is not filled")
        record = _soak(folder, hours, every_s, small)
    text = page(record)
    write_record(ROOT / "docs" / "results" if publish else folder, "soak", record, text)
    _say(text)
    wrong = problems(record)
    if wrong:
        raise LiveLineError("; ".join(wrong), "nothing lost, doubled or leaked", str(folder / "service.log"))
    return 0


def _soak(folder: Path, hours: float, every_s: float, small: bool) -> dict[str, Any]:
    started = datetime.now(timezone.utc)
    with ExitStack() as stack:
        broker = LoopbackBroker(folder / "broker").start()
        stack.callback(broker.stop)
        port = free_port()
        line = LineProcess(folder, _settings(broker.port, port))
        consumer = MqttListener(broker.port)
        stack.callback(consumer.close)
        try:
            line.start(_READY_S)
            soaked = SoakedLine(line, broker, LineFaults(line, broker, small), consumer, PlcListener(port))
            stack.callback(soaked.plc.close)
            _watch(soaked, 3600.0 * hours, every_s)
            metrics = line.metrics()
        finally:
            code = line.end()
        _wait_for_messages(consumer, line)
        rows = rows_of(line.journal)
    return {
        "schema": "nano-ocr/soak/1",
        "command": f"./inv soak --hours {hours:g} --every {every_s:g}",
        "created": started.isoformat(timespec="seconds"),
        "machine": measure.machine(),
        "hours": hours,
        "exit_code": code,
        "faults": soaked.faults.counts,
        "parts": counted(rows, consumer, soaked.plc),
        "modbus_replaced": metrics.get("nano_ocr_modbus_lost_total", 0.0),
        "reader_restarts": metrics.get("nano_ocr_reader_restarts_total", 0.0),
        "usage": used(soaked.samples),
        "latency_ms": drift(rows),
        "tenths": tenths(soaked.samples, rows, soaked.begun),
    }


def _settings(broker: int, modbus: int) -> Settings:
    return {
        "reader": {"threads": 1},
        "recipe": {"file": str(drawing.RECIPE), "expected": {"expiry": drawing.EXPECTED}},
        "source": {"kind": "replay", "path": "packages", "rate_hz": RATE_HZ, "repeat": True},
        "journal": {"board": "soak", "rejects_mb": 8, "low_water_mb": 8},
        "mqtt": {"host": "127.0.0.1", "port": broker},
        "modbus": {"listen": f"127.0.0.1:{modbus}", "acknowledge": True},
        "limits": {"restarts": 1000},
        "health": {"disk_mb": 1, "memory_mb": 50},
    }


def _watch(soaked: SoakedLine, seconds: float, every_s: float) -> None:
    start, soaked.begun = time.monotonic(), time.time()
    next_fault = start + every_s
    assert soaked.line.process is not None
    while time.monotonic() - start < seconds:
        found = usage.sample(soaked.line.process.pid, time.monotonic() - start)
        soaked.line.check_running()
        if found is None:
            continue  # it ended just now, which is said at the next look
        soaked.samples.append(found)
        if time.monotonic() >= next_fault:
            next_fault += every_s
            name = soaked.faults.next()
            _say(f"{found.at:7.0f} s  {name}; {len(soaked.mqtt.parts())} parts heard, {found.memory_mb:.1f} MB")
        time.sleep(max(0.0, min(_SAMPLE_S, start + seconds - time.monotonic())))


def _wait_for_messages(consumer: MqttListener, line: LineProcess) -> None:
    """Until the consumer has every part of the journal, for some seconds at most."""
    wanted = {row.id for row in rows_of(line.journal)}
    until = time.monotonic() + _FLUSH_S
    while not wanted <= set(consumer.parts()) and time.monotonic() < until:
        time.sleep(0.2)


def counted(rows: list[PartRow], consumer: MqttListener, plc: PlcListener) -> dict[str, int]:
    """What became of the parts, by the journal, the consumer and the PLC."""
    mqtt, taken = consumer.parts(), plc.parts()
    numbers = [row.number for row in rows]
    last_taken = max(taken, default=0)
    verdicts = {name: sum(row.verdict == name for row in rows) for name in ("pass", "fail", "no-read", "hold")}
    return {
        "decided": len(rows),
        **verdicts,
        "not_journalled": sum("not-journalled" in row.reasons for row in rows),
        "crashed": sum("crashed" in row.reasons for row in rows),
        "journal_missing": len(set(range(1, max(numbers, default=0) + 1)) - set(numbers)),
        "journal_doubled": len(numbers) - len(set(numbers)),
        "mqtt_missing": sum(row.id not in mqtt for row in rows),
        "mqtt_unknown": len(set(mqtt) - {row.id for row in rows}),
        "mqtt_otherwise": consumer.contradictions + _otherwise(rows, {row.number: mqtt.get(row.id) for row in rows}),
        "mqtt_repeated": consumer.repeated,
        "mqtt_asked_again": consumer.asked,
        "modbus_missing": sum(row.number not in taken for row in rows if row.number < last_taken),
        "modbus_otherwise": plc.doubled
        + _otherwise(rows, {row.number: taken.get(row.number) for row in rows}, shown_by_plc),
    }


def _otherwise(
    rows: list[PartRow],
    heard: dict[int, HeardPart | None],
    shown: Callable[[HeardPart], HeardPart] = lambda part: part,
) -> int:
    """How many parts were told otherwise than the journal has them."""
    return sum(heard[row.number] not in (None, shown(heard_from(row))) for row in rows)


def used(samples: list[usage.UsageSample]) -> dict[str, float]:
    """Memory and files of the service, without the first tenth of the run; empty before the first sample."""
    later = samples[len(samples) // 10 :]
    if not later:
        return {}
    files = usage.change([float(each.files) for each in later])
    return {
        "memory_mb": round(statistics.median(each.memory_mb for each in later), 1),
        "memory_mb_per_hour": round(usage.slope_per_hour([(each.at, each.memory_mb) for each in later]), 2),
        "readers_mb": round(statistics.median(each.children_mb for each in later), 1),
        "files_first": files[0],
        "files_last": files[1],
        "files_most": max(each.files for each in later),
    }


def drift(rows: list[PartRow]) -> dict[str, float]:
    """Medians from the trigger to the verdict of parts that passed, at the beginning and at the end; 0 without any."""
    took = [((row.decided or 0.0) - row.triggered) * 1000.0 for row in rows if row.passed]
    first, last = usage.change(took, 0.1) if took else (0.0, 0.0)
    return {"first": round(first, 1), "last": round(last, 1)}


def tenths(samples: list[usage.UsageSample], rows: list[PartRow], begun: float) -> dict[str, dict[str, float]]:
    """Of the first and the last tenth: processor time of the line for each part, and cores that others kept busy.

    Latency grows with what others do on the computer; processor time for each part hardly does. ``begun``: when the
    samples begin, seconds since 1970.
    """
    many = max(2, len(samples) // 10)
    found = {}
    for name, chosen in (("first", samples[:many]), ("last", samples[-many:])):
        if len(chosen) < 2:
            continue
        own, others = usage.busy(chosen)
        first, last = chosen[0].at, chosen[-1].at
        parts = sum(first <= row.wall - begun < last for row in rows)
        found[name] = {
            "cpu_ms_per_part": round(1000.0 * own / max(1, parts), 1),
            "others_cores": round(others / (last - first), 2),
        }
    return found


def problems(record: dict[str, Any]) -> list[str]:
    """What must not be, in words."""
    parts, found = record["parts"], record["usage"]
    wrong = [
        f"{parts[name]} x {name.replace('_', ' ')}"
        for name in parts
        if name.endswith(("_missing", "_doubled", "_unknown", "_otherwise")) and parts[name]
    ]
    wrong += [f"only {parts['decided']} parts"] if parts["decided"] < _LEAST_PARTS else []
    wrong += [f"exit code {record['exit_code']}"] if record["exit_code"] else []
    wrong += [f"{record['modbus_replaced']:g} x replaced in the registers"] if record["modbus_replaced"] else []
    if record["hours"] >= 1.0 and found["memory_mb_per_hour"] > MOST_MB_PER_HOUR:
        wrong.append(f"memory grows by {found['memory_mb_per_hour']:g} MB an hour")
    if found["files_last"] - found["files_first"] > MOST_FILES:
        wrong.append(f"{found['files_last'] - found['files_first']:g} files were left open")
    return wrong


def page(record: dict[str, Any]) -> str:
    """The page in Markdown."""
    wrong = problems(record)
    verdict = "Nothing was lost, doubled or told otherwise." if not wrong else "**" + "; ".join(wrong) + "**"
    faults = ", ".join(f"{name} {count} times" for name, count in record["faults"].items()) or "none"
    rows = [[name.replace("_", " "), f"{value:g}"] for name, value in record["parts"].items()]
    rows += [[f"service: {name.replace('_', ' ')}", f"{value:g}"] for name, value in record["usage"].items()]
    rows += [[f"median to the verdict, {name} tenth, ms", f"{ms:g}"] for name, ms in record["latency_ms"].items()]
    for name, found in record.get("tenths", {}).items():
        rows.append([f"processor time for each part, {name} tenth, ms", f"{found['cpu_ms_per_part']:g}"])
        rows.append([f"cores that other programs kept busy, {name} tenth", f"{found['others_cores']:g}"])
    return "\n".join([
        "# A line with faults, for hours",
        "",
        f"Made by `{record['command']} --publish`; the numbers are in [soak.json](soak.json).",
        f"{format_machine(record['machine'])}, {record['created'][:10]}. The line ran for {record['hours']:g} hours.",
        f"Faults: {faults}. {verdict}",
        "",
        "A message that comes twice has the same id, and a consumer that has a gap asks for it (`mqtt repeated`,",
        "`mqtt asked again`). A line on a full disk makes room by removing pictures; parts that cannot be",
        "written down fail as `not-journalled`, and are written down afterwards.",
        "",
        markdown_table(["what", "value"], rows),
        "",
    ])  # fmt: skip


def _say(text: str) -> None:
    print(text, flush=True)
