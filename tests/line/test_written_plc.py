"""A PLC whose registers the line writes: a server of pymodbus, which shares no code with the client of the line."""

import asyncio
import struct
import threading
import time

import pytest
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from fleet.live.broker import free_port
from tests.line.conftest import until

FIRST, SIZE = 200, 66
READ_HOLDING, WRITE_HOLDING = 3, 16
CYCLE_S = 0.005


class WrittenPlc:
    """Its program, once a cycle, is the ladder of docs/how-to/plc.md; what it remembers survives stops and starts.

    ``is_running``: whether the program runs; the server answers even where it does not.
    """

    def __init__(self):
        self.port = free_port()
        self.last, self.taken, self.is_running = 0, [], True
        self.words = [0] * (SIZE + 2)

    def start(self):
        self.started = threading.Event()
        self.thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)
        self.thread.start()
        assert self.started.wait(10)
        return self

    async def _serve(self):
        self.loop, self.ends = asyncio.get_running_loop(), asyncio.Event()
        registers = SimData(FIRST, values=self.words, datatype=DataType.REGISTERS)
        self.server = ModbusTcpServer(SimDevice(id=1, simdata=[registers]), address=("127.0.0.1", self.port))
        assert await self.server.listen()
        self.started.set()
        while not self.ends.is_set():
            await self._cycle()
            await asyncio.sleep(CYCLE_S)
        await self.server.shutdown()

    def stop(self, forgets=False):
        self.loop.call_soon_threadsafe(self.ends.set)
        self.thread.join(10)
        assert not self.thread.is_alive()
        if forgets:
            self.words = [0] * (SIZE + 2)

    async def _cycle(self):
        self.words = words = await self.server.async_getValues(1, READ_HOLDING, FIRST, SIZE + 2)
        sequence, verdict, again = words[3] << 16 | words[4], words[5], words[64] << 16 | words[65]
        if not self.is_running:
            return
        if verdict and sequence == again and sequence > self.last:
            self.last = sequence
            text = struct.pack(">32H", *words[16:48]).rstrip(b"\0").decode()
            self.taken.append((sequence, verdict, text, time.monotonic()))
        await self.server.async_setValues(1, WRITE_HOLDING, FIRST + SIZE, [self.last >> 16, self.last & 0xFFFF])

    def sequences(self):
        return [sequence for sequence, *_ in self.taken]


@pytest.fixture
def plc():
    made = WrittenPlc().start()
    yield made
    if made.thread.is_alive():
        made.stop()


def running(line, plc, rate_hz=20, **more):
    own = {"address": f"127.0.0.1:{plc.port}", "register": FIRST, "retry_s": 0.1, "retry_most_s": 0.2}
    line.frames([1, 2]).set(source={"rate_hz": rate_hz}, plc={**own, **more})
    return line.start()


def metric(served, name):
    text = served.ask("GET", "/metrics")[1]
    return float(text.partition(f"\nnano_ocr_{name} ")[2].split()[0])


def test_each_verdict_is_taken_once_in_order_whatever_the_plc_forgets(line, plc):
    served = running(line, plc, rate_hz=30, late_ms=60000)
    until(lambda: len(plc.taken) > 10, "verdicts")
    assert plc.words[1] & 0b11 == 0b11, "live and ready"
    beat = plc.words[2]
    until(lambda: plc.words[2] != beat, "a heartbeat", 5)
    for _ in range(3):
        count = len(plc.taken)
        plc.stop(forgets=True)
        plc.start()
        until(lambda count=count: len(plc.taken) > count + 3, "verdicts")
    assert served.end() == 0
    assert plc.sequences() == [number for number, _ in line.decided()]
    assert {(verdict, text) for _, verdict, text, _ in plc.taken} == {(1, "AB7")}
    assert plc.words[5] == 0 and plc.words[1] == 0, "at the end no verdict stands, and nothing is live"


def test_a_plc_that_is_away_gets_no_old_verdict_and_each_one_is_counted(line, plc):
    served = running(line, plc, late_ms=300)
    until(lambda: len(plc.taken) > 5, "verdicts")
    plc.stop()
    before = line.count()
    served.degraded_by("plc_lost")
    until(lambda: line.count() > before + 20, "parts without a PLC")
    came_back = time.monotonic()
    plc.start()
    until(lambda: plc.taken[-1][3] > came_back and len(plc.taken) > 30, "verdicts again")
    until(lambda: "plc_lost" not in served.health()["degraded"], "a PLC again")
    assert metric(served, "plc_lost_total") > 5
    plc.is_running = False
    served.degraded_by("plc_lost")
    plc.is_running = True
    until(lambda: "plc_lost" not in served.health()["degraded"], "a program again")
    assert served.end() == 0
    numbers, sequences = [number for number, _ in line.decided()], plc.sequences()
    assert sequences == sorted(set(sequences)), "no verdict twice, and none out of order"
    missing = len(numbers) - len(sequences)
    # a verdict that is taken just as it is withdrawn counts as lost: once for each time the PLC was away
    assert missing <= plc.words[15] <= missing + 2, "what the PLC did not get is counted, part by part"
    assert old_ones(line, plc, 0.3) == []


def old_ones(line, plc, late_s):
    """What the PLC took long after it was decided."""
    decided = dict(line.rows("SELECT number, decided FROM parts"))
    return [sequence for sequence, _, _, at in plc.taken if at - decided[sequence] > late_s + 0.25]


def test_after_a_kill_of_the_line_an_old_verdict_is_withdrawn(line, plc):
    served = running(line, plc, late_ms=60000)
    until(lambda: len(plc.taken) > 3, "verdicts")
    plc.is_running = False
    until(lambda: plc.words[5] == 1 and plc.words[3:5] != [0, plc.last], "a verdict that stands")
    beat = plc.words[2]
    served.kill()
    time.sleep(1.2)
    assert plc.words[2] == beat, "the heartbeat stands still, by which the PLC knows to reject"
    told = plc.words[3] << 16 | plc.words[4]
    line.set(source={"rate_hz": 2}, trigger={"kind": "presence"})
    served = line.start()
    until(lambda: plc.words[5] == 0, "no verdict")
    plc.is_running = True
    assert served.end() == 0 and told not in plc.sequences()


def test_where_nothing_is_late_everything_comes_after_an_hour_too(line, plc):
    served = running(line, plc, late_ms=0)
    until(lambda: len(plc.taken) > 3, "verdicts")
    plc.stop()
    before = line.count()
    until(lambda: line.count() > before + 20, "parts without a PLC")
    served.kill()
    plc.start()
    served = line.start()
    until(lambda: len(plc.taken) > before + 20, "what waited")
    assert served.end() == 0
    assert plc.sequences() == [number for number, _ in line.decided()]
