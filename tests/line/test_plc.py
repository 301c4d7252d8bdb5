"""A PLC: pymodbus, which shares no code with the server of the line."""

import json
import time

import pytest
from pymodbus.exceptions import ModbusException

from fleet.live.broker import free_port
from tests.line.conftest import until


class Plc:
    """Takes each verdict by its sequence, as docs/reference/modbus.md describes it."""

    def __init__(self, port):
        from pymodbus.client import ModbusTcpClient

        self.client = ModbusTcpClient("127.0.0.1", port=port, timeout=5)
        until(self.client.connect, "the server")
        self.last, self.taken = 0, []

    def words(self):
        return self.client.read_input_registers(0, count=66).registers

    def bits(self):
        return self.client.read_discrete_inputs(0, count=6).bits[:6]

    def take(self, acknowledge=True):
        """The verdict of a new part, or None."""
        words = self.words()
        sequence, verdict = words[3] << 16 | words[4], words[5]
        if not verdict or sequence <= self.last:
            return None
        self.last = sequence
        text = b"".join(word.to_bytes(2, "big") for word in words[16:48]).rstrip(b"\0").decode()
        self.taken.append((sequence, verdict, text))
        if acknowledge:
            assert not self.client.write_registers(0, [sequence >> 16, sequence & 0xFFFF]).isError()
        return self.taken[-1]


@pytest.fixture
def start(line):
    plcs = []

    def go(**sections):
        port = free_port()
        line.set(modbus={"listen": f"127.0.0.1:{port}"}).set(**sections)
        served = line.start()
        plcs.append(Plc(port))
        return served, plcs[-1]

    yield go
    for plc in plcs:
        plc.client.close()


def test_a_plc_triggers_and_takes_each_verdict_once(line, start):
    line.frames([1])
    served, plc = start(source={"rate_hz": 50}, trigger={"kind": "modbus", "debounce_ms": 0})
    assert plc.take() is None and plc.bits()[:2] == [True, True]
    for number in range(1, 21):
        assert not plc.client.write_coil(0, True).isError()
        until(plc.take, f"verdict {number}")
        assert plc.take() is None, "a verdict was taken twice"
    assert plc.taken == [(number, 1, "AB7") for number in range(1, 21)]
    assert served.end() == 0 and line.count("pass") == 20


def test_several_frames_of_one_trigger_are_one_verdict(line, start):
    line.frames([1, 2, 3])
    served, plc = start(
        source={"rate_hz": 30}, trigger={"kind": "modbus", "frames": 3}, parts={"queue": 2}, reader={"processes": 2}
    )
    for number in (1, 2):
        assert not plc.client.write_coil(0, True).isError()
        assert until(plc.take, "a verdict") == (number, 1, "AB7")
    assert served.end() == 0 and line.count("pass") == 2
    for (text,) in line.rows("SELECT witnesses FROM parts"):
        frames = json.loads(text)["frames"]
        assert [frame["verdict"] for frame in frames] == ["pass"] * 3 and len({frame["name"] for frame in frames}) == 3


def test_a_slow_plc_loses_no_verdict_while_it_acknowledges(line, start):
    line.frames([1, 1]).set(source={"rate_hz": 25, "repeat": False}, modbus={"acknowledge": True})
    for number in range(30):
        (line.folder / "in" / f"{number:04d}.png").write_bytes((line.folder / "in" / "0000.png").read_bytes())
    served, plc = start()
    until(lambda: plc.take() and time.sleep(0.08) is None and len(plc.taken) == 30, "thirty verdicts", 60)
    assert [sequence for sequence, *_ in plc.taken] == list(range(1, 31)) and served.end() == 0


def test_after_a_restart_an_old_verdict_is_none(line, start):
    line.frames([1]).set(source={"rate_hz": 20, "repeat": False})
    served, plc = start()
    assert until(plc.take, "a verdict")[0] == 1
    served.kill()
    (line.folder / "in" / "0000.png").unlink()
    line.frames([])
    (line.folder / "in" / "later.png").write_bytes(b"")
    line.set(source={"rate_hz": 0.2})
    served, again = start(trigger={"kind": "modbus"})
    again.last = plc.last
    words = again.words()
    assert words[5] == 0 and not again.bits()[3] and again.take() is None
    served.end()


def test_ready_and_the_heartbeat_say_whether_anybody_is_there(line, start):
    line.frames([1])
    served, plc = start(source={"rate_hz": 5})
    first = plc.words()[2]
    until(lambda: plc.words()[2] != first, "a heartbeat", 5)
    assert plc.words()[1] & 0b11 == 0b11
    assert served.end() == 0
    with pytest.raises(ModbusException):
        plc.words()


def test_a_silent_plc_is_counted(line, start):
    line.frames([1]).set(source={"rate_hz": 50}, modbus={"acknowledge": True, "waiting": 3})
    served, plc = start()
    until(lambda: plc.words()[15] > 2, "lost verdicts")
    text = served.ask("GET", "/metrics")[1]
    assert float(text.partition("\nnano_ocr_modbus_lost_total ")[2].split()[0]) > 2
    assert plc.take()[0] == 1 and served.end() == 0
