"""`./inv line demo`: a replayed line with broker, PLC, journal and the operator's page.

It prints what each of them heard about every part.
"""

from __future__ import annotations

import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path

from fleet.core.errors import LiveLineError
from fleet.core.files import ROOT
from fleet.live import drawing
from fleet.live.broker import LoopbackBroker, free_port
from fleet.live.listening import HeardPart, MqttListener, PlcListener, heard_from, rows_of, shown_by_plc
from fleet.live.process import LineProcess, Settings
from ocr_app.line.journal.rows import PartRow

FOLDER = ROOT / "build" / "line-demo"
PARTS, WRONG = 8, 3  # packages in a turn, and the place of the one with the wrong date, from 0 on
_READY_S = 300.0
_AGREE_S = 10.0  # after the journal has a part, everyone has to have heard of it
_LOOK_S = 0.1
Say = Callable[[str], None]


class DemonstratedLine:
    """The line with everyone who listens. ``mqtt``: whether there is a broker."""

    def __init__(self, folder: Path, mqtt: bool = True, rate_hz: float = 1.0) -> None:
        """Draws the packages. Raises LiveLineError where something is missing on this computer."""
        shutil.rmtree(folder, ignore_errors=True)
        self.folder = folder
        self.made = drawing.write(folder / "packages", drawing.parts(PARTS, (WRONG,)))
        self.broker = LoopbackBroker(folder / "broker").start() if mqtt else None
        self.modbus, self.page = free_port(), free_port()
        self.line = LineProcess(folder, self._settings(rate_hz))
        self._mqtt: MqttListener | None = None
        self._plc: PlcListener | None = None
        self._shown = 0
        self._waits: dict[int, float] = {}
        self.disagreements: list[str] = []
        self.rows: list[PartRow] = []

    def _settings(self, rate_hz: float) -> Settings:
        made: Settings = {
            "reader": {"threads": 1},
            "recipe": {"file": str(drawing.RECIPE), "expected": {"expiry": drawing.EXPECTED}},
            "source": {"kind": "replay", "path": "packages", "rate_hz": rate_hz, "repeat": True},
            "journal": {"board": "demo", "pictures": "all"},
            "modbus": {"listen": f"127.0.0.1:{self.modbus}", "acknowledge": True},
            "page": {"listen": f"127.0.0.1:{self.page}"},
            "health": {"disk_mb": 50, "memory_mb": 50},
        }
        if self.broker is not None:
            made["mqtt"] = {"host": "127.0.0.1", "port": self.broker.port}
        return made

    def start(self, ready_s: float = _READY_S) -> None:
        """Returns when the line is ready, and everyone listens."""
        self._mqtt = MqttListener(self.broker.port) if self.broker is not None else None
        self.line.start(ready_s)
        self._plc = PlcListener(self.modbus)

    def look(self) -> list[list[str]]:
        """What is new since the last look: for each part, in order, the lines that say who heard what.

        A part that not everyone has heard of within ten seconds is among them too, and so among ``disagreements``.
        """
        found = []
        for row in [row for row in rows_of(self.line.journal) if row.number > self._shown]:
            heard = self._heard(row)
            since = self._waits.setdefault(row.number, time.monotonic())
            if None in heard.values() and time.monotonic() - since < _AGREE_S:
                break
            self._shown = row.number
            self.rows.append(row)
            found.append(self._describe(row, heard))
        return found

    def _heard(self, row: PartRow) -> dict[str, HeardPart | None]:
        heard: dict[str, HeardPart | None] = {"journal": heard_from(row)}
        if self._mqtt is not None:
            heard["MQTT"] = self._mqtt.parts().get(row.id)
        heard["Modbus"] = self._plc.parts().get(row.number) if self._plc is not None else None
        return heard

    def _describe(self, row: PartRow, heard: dict[str, HeardPart | None]) -> list[str]:
        own = heard_from(row)
        wanted = {name: shown_by_plc(own) if name == "Modbus" else own for name in heard}
        agree = wanted == heard
        if not agree:
            self.disagreements.append(row.id)
        if agree and row.passed:
            return [f"{row.id}  pass  {row.text}   ({', '.join(heard)} say the same)"]
        lines = [f"{row.id}  {(row.verdict or '').upper()}"]
        for name, part in heard.items():
            said = "has not heard of it" if part is None else f"{part.verdict:<8}{part.text:<28}{part.reason}"
            lines.append(f"    {name:<8} number {row.number}: {said}")
        return [*lines, "    they say the same" if agree else "    THEY DIFFER"]

    def end(self) -> None:
        """Ends everything, in the order in which nobody complains."""
        for each in (self._plc, self._mqtt):
            if each is not None:
                each.close()
        self.line.end()
        if self.broker is not None:
            self.broker.stop()


def run(seconds: float = 0.0, mqtt: bool = True, folder: Path = FOLDER) -> int:
    """Run until Ctrl-C, or for ``seconds`` after the line is ready. Returns 0.

    Raises LiveLineError: something is missing, the line does not start or ends, or two of its outputs differ.
    """
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    _say("drawing packages, starting " + ("Mosquitto and " if mqtt else "") + "the line; this takes some seconds")
    shown = DemonstratedLine(folder, mqtt)
    try:
        shown.start()
        _greet(shown, seconds)
        _watch(shown, seconds)
    except KeyboardInterrupt:
        _say("\nending")
    finally:
        shown.end()
        signal.signal(signal.SIGTERM, before)
    return _conclude(shown)


def _greet(shown: DemonstratedLine, seconds: float) -> None:
    addresses = {"page": f"http://127.0.0.1:{shown.page}/   (open it in a browser)"}
    if shown.broker is not None:
        addresses["MQTT"] = f"127.0.0.1:{shown.broker.port}, topic nano-ocr/demo/part"
    addresses["Modbus"] = f"127.0.0.1:{shown.modbus}, docs/reference/modbus.md"
    addresses["journal"] = f"ocr-app history {_short(shown.line.folder / 'line.yaml')}"
    _say("\n".join(f"{name:<8} {where}" for name, where in addresses.items()))
    ends = f"after {seconds:g} s" if seconds else "with Ctrl-C"
    _say(f"\nOne package a second; package {WRONG + 1} of {PARTS} has a wrong date. It ends {ends}.\n")


def _short(path: Path) -> str:
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


def _watch(shown: DemonstratedLine, seconds: float) -> None:
    until = time.monotonic() + seconds if seconds else None
    while until is None or time.monotonic() < until:
        for lines in shown.look():
            _say("\n".join(lines))
        shown.line.check_running()
        time.sleep(_LOOK_S)


def _conclude(shown: DemonstratedLine) -> int:
    rejected = [row.id for row in shown.rows if not row.passed]
    _say(f"\n{len(shown.rows)} parts, {len(rejected)} rejected; everything is in {_short(shown.folder)}")
    if shown.disagreements:
        found = f"{len(shown.disagreements)} parts were not told alike, first {shown.disagreements[0]}"
        raise LiveLineError(found, "journal, MQTT and Modbus say the same", _short(shown.folder / "service.log"))
    return 0


def _say(text: str) -> None:
    print(text, flush=True)
