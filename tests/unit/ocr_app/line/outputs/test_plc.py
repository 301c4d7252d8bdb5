"""A real server of pyModbusTCP in the place of a PLC; tests/line does this with pymodbus, stopped and started again."""

import threading
import time

import pytest

from ocr_app.core.errors import ServiceError
from ocr_app.line.journal.journal import PartJournal
from ocr_app.line.outputs import plc
from ocr_app.line.outputs.plc import PlcAway, PlcOutput
from ocr_app.line.outputs.registers import SIZE, WrittenRegisters
from ocr_app.line.settings.outputs import PlcSettings

CONDITIONS = {"live": True, "ready": True, "busy": False, "degraded": False}
FIRST = 100
NEVER = threading.Event()


class Registers:
    """The holding registers of a PLC, from FIRST on."""

    def __init__(self, server, size=SIZE + 2):
        self.bank = server.DataBank(h_regs_size=FIRST + size)
        self.server = server.ModbusServer("127.0.0.1", 0, no_block=True, data_bank=self.bank)
        self.server.start()
        self.address = "127.0.0.1:{}".format(self.server._service.server_address[1])

    def shown(self):
        """(sequence, verdict, lost)."""
        words = self.bank.get_holding_registers(FIRST, SIZE)
        assert words[-2:] == words[3:5]
        return words[3] << 16 | words[4], words[5], words[15]

    def acknowledge(self, sequence):
        self.bank.set_holding_registers(FIRST + SIZE, [sequence >> 16, sequence & 0xFFFF])


@pytest.fixture
def registers():
    from pyModbusTCP import server

    made = Registers(server)
    yield made
    made.server.stop()


@pytest.fixture
def journal(tmp_path, status):
    made = PartJournal(str(tmp_path / "journal"), status)
    made.keep_cursors((plc.CURSOR,))
    yield made
    made.close()


class Clock:
    """Seconds that pass when a test says so."""

    seconds = 100.0

    def __call__(self):
        return self.seconds


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def decide(journal, make_row, clock):
    def work(*numbers, **more):
        for number in numbers:
            more.setdefault("triggered", clock.seconds)
            journal.begin(make_row(number, **dict(more, verdict=None)))
            journal.decide(make_row(number, **dict({"text": "é"}, **more)))

    return work


@pytest.fixture
def connect(registers, journal, status, clock):
    made = []

    def work(**more):
        settings = PlcSettings(**dict({"address": registers.address, "register": FIRST, "poll_ms": 1.0}, **more))
        output = PlcOutput(settings, "0", journal, status, WrittenRegisters(lambda: CONDITIONS), clock)
        made.append(output)
        output._connect()
        return output

    yield work
    for output in made:
        output._connection.close()


def count(status, name):
    text = status.metrics.text(status.snapshot(), 0, 1, "1")
    return float(text.partition("\nnano_ocr_{}_total ".format(name))[2].split()[0])


def test_a_verdict_stands_until_it_is_acknowledged_and_the_next_one_waits(registers, journal, connect, decide, status):
    output = connect()
    output.step(NEVER)
    assert registers.shown() == (0, 0, 0)
    decide(66000, 66001)
    for _ in range(3):
        output.step(NEVER)
    assert registers.shown() == (66000, 1, 0) and registers.bank.get_holding_registers(FIRST + 14, 1) == [1]
    assert registers.bank.get_holding_registers(FIRST + 16, 1) == [0xC3A9]
    registers.acknowledge(66000)
    output.step(NEVER)
    assert journal.cursor(plc.CURSOR) == 66000
    output.step(NEVER)
    assert registers.shown() == (66001, 1, 0)
    registers.acknowledge(66001)
    output.step(NEVER)
    output.step(NEVER)
    assert registers.shown() == (66001, 0, 0) and count(status, "plc_results") == 2


def test_a_verdict_that_is_late_is_withdrawn_and_counted(registers, journal, connect, decide, status, clock):
    output = connect(late_ms=100.0)
    decide(1)
    output.step(NEVER)
    assert registers.shown() == (1, 1, 0)
    clock.seconds += 0.12
    for _ in range(2):
        output.step(NEVER)
    assert registers.shown() == (1, 0, 1) and journal.cursor(plc.CURSOR) == 1
    assert count(status, "plc_lost") == 1 and status.degraded.current() == ["plc_lost"]
    decide(2)
    output.step(NEVER)
    registers.acknowledge(2)
    output.step(NEVER)
    assert status.degraded.current() == [] and count(status, "plc_lost") == 1


def test_a_verdict_that_was_taken_while_nobody_could_ask_is_not_lost(registers, connect, decide, status, clock):
    output = connect(late_ms=100.0)
    decide(1, 2)
    output.step(NEVER)
    output._connection.close()
    clock.seconds += 0.12
    output._drop_late()
    assert count(status, "plc_lost") == 1, "the second; of the first, nobody knows yet"
    registers.acknowledge(1)
    output._connect()
    assert count(status, "plc_lost") == 1 and count(status, "plc_results") == 1


def test_a_verdict_of_an_earlier_start_is_never_shown(registers, connect, decide, status):
    decide(1, 2, boot="before")
    output = connect()
    output.step(NEVER)
    assert registers.shown() == (0, 0, 2) and count(status, "plc_lost") == 2


def test_where_none_is_late_all_come_in_order_and_silence_is_said(registers, connect, decide, status, monkeypatch):
    decide(1, 2, boot="before")
    monkeypatch.setattr(plc, "_PATIENCE_S", -1.0)
    output = connect(late_ms=0.0)
    for number in (1, 2):
        output.step(NEVER)
        output.step(NEVER)
        assert registers.shown() == (number, 1, 0) and status.degraded.current() == ["plc_lost"]
        registers.acknowledge(number)
        output.step(NEVER)
        assert status.degraded.current() == []


def test_without_acknowledgement_the_newest_stands_until_it_is_late(registers, journal, connect, decide, clock):
    output = connect(acknowledge=False, late_ms=300.0)
    decide(1, 2)
    output.step(NEVER)
    assert registers.shown() == (1, 1, 0) and journal.cursor(plc.CURSOR) == 1
    output.step(NEVER)
    assert registers.shown() == (2, 1, 0) and journal.cursor(plc.CURSOR) == 2
    clock.seconds += 0.32
    output.step(NEVER)
    assert registers.shown() == (2, 0, 0)


def test_a_plc_that_remembers_another_board_gets_nothing(registers, connect, decide):
    decide(1)
    registers.acknowledge(500)
    with pytest.raises(PlcAway, match="it acknowledges 500"):
        connect()
    registers.acknowledge(0)
    connect().step(NEVER)
    assert registers.shown()[:2] == (1, 1)


def test_the_heartbeat_goes_on_and_the_end_says_that_nothing_is_live(registers, connect, decide):
    output = connect()
    output.step(NEVER)
    output._beat_at = 0.0
    output.step(NEVER)
    assert registers.bank.get_holding_registers(FIRST, 3) == [1, 3, 2]
    decide(1)
    registers.acknowledge(1)
    output._say_goodbye()
    assert registers.shown()[:2] == (1, 0) and registers.bank.get_holding_registers(FIRST + 1, 1) == [0]


def test_registers_that_are_not_there_are_said():
    from pyModbusTCP import server

    small = Registers(server, size=10)
    try:
        assert "exception 2" in plc.answers(PlcSettings(address=small.address, register=FIRST))
    finally:
        small.server.stop()
    assert plc.answers(PlcSettings(address=small.address, register=FIRST, timeout_s=0.2))


def test_the_registers_can_be_read(registers):
    assert plc.answers(PlcSettings(address=registers.address, register=FIRST)) == ""


def test_a_plc_that_is_away_is_counted_by_the_thread(registers, journal, decide, status):
    registers.server.stop()
    settings = PlcSettings(address=registers.address, late_ms=1.0, retry_s=5.0, timeout_s=0.2)
    output = PlcOutput(settings, "0", journal, status, WrittenRegisters(lambda: CONDITIONS))
    stop = threading.Event()
    thread = threading.Thread(target=output.run, args=(stop,), daemon=True)
    thread.start()
    decide(1, 2, triggered=time.monotonic())
    until = time.monotonic() + 20.0
    while count(status, "plc_lost") < 2:
        assert time.monotonic() < until
        time.sleep(0.01)
    assert status.degraded.current() == ["plc_lost"] and journal.cursor(plc.CURSOR) == 2
    stop.set()
    thread.join(10)
    assert not thread.is_alive()


def test_without_the_library_it_is_said_plainly(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pyModbusTCP", None)
    with pytest.raises(ServiceError, match=r"pyModbusTCP(.|\n)*dataclasses(.|\n)*pip install 'ocr-app\[line\]'"):
        plc.library()
