"""Who hears of a part: a consumer on MQTT, a PLC on Modbus TCP, and a reader of the journal."""

from __future__ import annotations

import json
import sqlite3
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ocr_app.core.errors import UsageError
from ocr_app.line.journal import history
from ocr_app.line.journal.rows import PartRow
from ocr_app.line.outputs.registers import CODES, INPUT_REGISTERS, SIZE

_POLL_S = 0.02
_VERDICTS = {code: verdict for verdict, code in CODES.items()}
_PLACES = {field.name: (field.address, field.size) for field in INPUT_REGISTERS}


@dataclass(frozen=True)
class HeardPart:
    """What one of them heard about a part; ``reason`` is the first one, empty for none."""

    number: int
    verdict: str
    text: str
    reason: str


class MqttListener:
    """Keeps every message about a part, by its id. It asks for what it missed, as a consumer has to."""

    def __init__(self, port: int, name: str = "consumer") -> None:
        from paho.mqtt import client as paho
        from paho.mqtt.enums import CallbackAPIVersion

        self.by_id: dict[str, HeardPart] = {}
        self.repeated, self.contradictions, self.asked = 0, 0, 0
        self._numbers: set[int] = set()
        self._lock = threading.Lock()
        self._client = paho.Client(CallbackAPIVersion.VERSION2, client_id=name, clean_session=False)
        self._client.reconnect_delay_set(1, 1)
        self._client.on_connect = lambda client, *_: client.subscribe("nano-ocr/+/part", qos=1)
        self._client.on_message = self._took
        self._client.connect_async("127.0.0.1", port, keepalive=5)
        self._client.loop_start()

    def _took(self, client: Any, _: Any, message: Any) -> None:
        record = json.loads(message.payload)
        reasons = record["reasons"]
        heard = HeardPart(record["number"], record["verdict"], record["text"], reasons[0] if reasons else "")
        with self._lock:
            known = self.by_id.setdefault(record["id"], heard)
            self.repeated += record["number"] in self._numbers
            self.contradictions += known != heard
            before = record["previous"]
            missed = before is not None and bool(self._numbers) and before not in self._numbers
            self._numbers.add(record["number"])
        if missed:
            self.asked += 1
            after = max((number for number in self._numbers if number < before), default=0)
            client.publish(message.topic[: -len("part")] + "resend", str(after), qos=1)

    def parts(self) -> dict[str, HeardPart]:
        """What came so far, by id."""
        with self._lock:
            return dict(self.by_id)

    def close(self) -> None:
        """Leaves the broker."""
        self._client.disconnect()
        self._client.loop_stop()


class PlcListener:
    """Takes each verdict by its sequence and acknowledges it, as docs/reference/modbus.md tells a PLC to."""

    def __init__(self, port: int) -> None:
        from pymodbus.client import ModbusTcpClient

        self.by_number: dict[int, HeardPart] = {}
        self.doubled = 0
        self._client: Any = ModbusTcpClient("127.0.0.1", port=port, timeout=2)
        self._stop, self._lock = threading.Event(), threading.Lock()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        from pymodbus.exceptions import ModbusException

        while not self._stop.wait(_POLL_S):
            try:
                if self._client.connected or self._client.connect():
                    self._look()
            except (ModbusException, OSError):
                self._client.close()

    def _look(self) -> None:
        answer = self._client.read_input_registers(0, count=SIZE)
        if answer.isError():
            return
        heard = heard_in(answer.registers)
        if heard is None:
            return
        with self._lock:
            known = self.by_number.get(heard.number)
            self.by_number[heard.number] = heard
            self.doubled += known is not None and known != heard
        self._client.write_registers(0, [heard.number >> 16, heard.number & 0xFFFF])

    def parts(self) -> dict[int, HeardPart]:
        """What was taken so far, by the number of the part."""
        with self._lock:
            return dict(self.by_number)

    def close(self) -> None:
        """Hangs up."""
        self._stop.set()
        self._thread.join(5.0)
        self._client.close()


def heard_in(words: list[int]) -> HeardPart | None:
    """What the input registers say; None while they show no verdict, or belong to two parts."""

    def number(name: str) -> int:
        address, size = _PLACES[name]
        found = 0
        for word in words[address : address + size]:
            found = found << 16 | word
        return found

    def text(name: str) -> str:
        address, size = _PLACES[name]
        data = b"".join(word.to_bytes(2, "big") for word in words[address : address + size])
        return data.rstrip(b"\0").decode("utf-8", "replace")

    if number("verdict") == 0 or number("sequence") != number("sequence_again"):
        return None
    return HeardPart(number("sequence"), _VERDICTS[number("verdict")], text("text"), text("reason"))


def rows_of(journal: Path) -> list[PartRow]:
    """The decided parts in the journal, in their order; none before there is one."""
    try:
        return [row for row in history.find(str(journal), history.HistoryQuery()) if row.verdict is not None]
    except (UsageError, sqlite3.Error):
        return []


def heard_from(row: PartRow) -> HeardPart:
    """A row of the journal in the same form."""
    return HeardPart(row.number, row.verdict or "", row.text, row.reasons[0] if row.reasons else "")


def shown_by_plc(part: HeardPart) -> HeardPart:
    """The part as the registers can show it: texts are cut to their space."""

    def cut(text: str, name: str) -> str:
        return text.encode("utf-8")[: 2 * _PLACES[name][1]].decode("utf-8", "ignore")

    return HeardPart(part.number, part.verdict, cut(part.text, "text"), cut(part.reason, "reason"))
