"""Many connections in one process: boards as the broker sees them, without journals.

`python -m fleet.site.proof.crowd PORT COUNT RATE SECONDS` connects COUNT boards, sends RATE results a second of all of
them together for SECONDS, waits for the broker's acknowledgements, and prints what it did as JSON. It says when all are
connected, and begins when there is a line on its standard input; with SECONDS 0 it only stays connected until then.
"""

from __future__ import annotations

import json
import random
import selectors
import sys
import time
from dataclasses import asdict, dataclass
from typing import Any

from fleet.site.proof.boards import invented
from ocr_app.line.journal.numbers import new_boot
from ocr_app.line.outputs.mqtt import message_of

_FLUSH_S, _WINDOW = 30.0, 20
_MISC_S = 5.0


@dataclass
class CrowdRecord:
    """What the crowd did. ``bytes_each``: mean length of a message; ``late``: results that had no room in a window."""

    boards: int
    sent: int = 0
    acknowledged: int = 0
    states: int = 0
    late: int = 0
    bytes_each: float = 0.0
    seconds: float = 0.0
    processor_s: float = 0.0
    connect_s: float = 0.0


class CrowdBoard:
    """One connection; paho-mqtt does the protocol, and the crowd waits for its socket."""

    def __init__(self, name: str, port: int, record: CrowdRecord) -> None:
        from paho.mqtt import client as paho
        from paho.mqtt.enums import CallbackAPIVersion

        self.name, self._record = name, record
        self.number, self.under_way, self.boot = 0, 0, new_boot()
        self._chance = random.Random(name)
        self.client = paho.Client(CallbackAPIVersion.VERSION2, client_id=f"crowd-{name}")
        self.client.on_publish = self._acknowledged
        self.client.on_connect = lambda client, *_: client.subscribe(f"nano-ocr/{name}/resend", 1)
        self.client.connect("127.0.0.1", port, 300)

    def _acknowledged(self, *_: Any) -> None:
        self.under_way -= 1
        self._record.acknowledged += 1

    def send(self) -> int:
        """The next result; its length in bytes, 0 where as many are under way as a board allows itself."""
        if self.under_way >= _WINDOW:
            self._record.late += 1
            return 0
        self.number += 1
        row = invented(self.name, self.boot, self.number, self._chance)
        text = message_of(row, self.number - 1 if self.number > 1 else None)
        self.under_way += 1
        self._record.sent += 1
        self.client.publish(f"nano-ocr/{self.name}/part", text, qos=1)
        return len(text)

    def state(self) -> None:
        """The retained state, as a board sends it once a second."""
        state = {"ready": True, "is_degraded": False, "degraded": [], "boot": self.boot, "number": self.number}
        self.client.publish(f"nano-ocr/{self.name}/state", json.dumps(state), qos=0, retain=True)
        self._record.states += 1


class BoardCrowd:
    """All boards, on one thread."""

    def __init__(self, port: int, count: int) -> None:
        self.record = CrowdRecord(count)
        self._selector = selectors.DefaultSelector()
        self._pending: set[CrowdBoard] = set()
        start = time.monotonic()
        self.boards = []
        for index in range(count):
            board = CrowdBoard(f"crowd-{index:05d}", port, self.record)
            self._selector.register(board.client.socket(), selectors.EVENT_READ, board)
            self.boards.append(board)
            self._turn(0.0)
        until = time.monotonic() + _FLUSH_S
        while not all(board.client.is_connected() for board in self.boards) and time.monotonic() < until:
            self._turn(0.1)
        self.record.connect_s = time.monotonic() - start

    def _turn(self, wait_s: float) -> None:
        for key, _ in self._selector.select(wait_s):
            key.data.client.loop_read()
            if key.data.client.want_write():
                key.data.client.loop_write()

    def _flush(self, board: CrowdBoard) -> None:
        while board.client.want_write():
            board.client.loop_write()

    def run(self, rate_hz: float, seconds: float, states: bool) -> None:
        """Boards take turns. A result that is late because the broker is slow is sent as soon as there is room."""
        start = time.monotonic()
        processor, lengths, misc = time.process_time(), 0, start
        turn = 0
        while (now := time.monotonic()) - start < seconds:
            due = int((now - start) * rate_hz)
            burst = 0
            while turn < due and burst < 200:
                board = self.boards[turn % len(self.boards)]
                lengths += board.send()
                if states and rate_hz <= len(self.boards):
                    board.state()
                self._flush(board)
                turn, burst = turn + 1, burst + 1
            self._turn(0.0 if turn < due else 0.002)
            if now - misc > _MISC_S:
                misc = now
                for board in self.boards:
                    board.client.loop_misc()
        self.record.seconds = time.monotonic() - start
        until = time.monotonic() + _FLUSH_S
        while self.record.acknowledged < self.record.sent + self.record.states and time.monotonic() < until:
            self._turn(0.05)
        self.record.acknowledged -= self.record.states
        self.record.processor_s = time.process_time() - processor
        self.record.bytes_each = round(lengths / max(1, self.record.sent), 1)

    def end(self) -> None:
        """Leaves the broker."""
        for board in self.boards:
            board.client.disconnect()
            self._flush(board)


def main(arguments: list[str]) -> int:
    """The process."""
    port, count, rate, seconds = int(arguments[0]), int(arguments[1]), float(arguments[2]), float(arguments[3])
    crowd = BoardCrowd(port, count)
    print("connected", flush=True)
    sys.stdin.readline()
    if seconds:
        crowd.run(rate, seconds, states="states" in arguments)
    crowd.end()
    if seconds:
        print(json.dumps(asdict(crowd.record)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
