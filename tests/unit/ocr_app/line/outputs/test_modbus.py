"""A real server, asked by a real client of the same library; tests/line asks it with another one."""

import threading

import pytest

from ocr_app.core.errors import ServiceError, UsageError
from ocr_app.line.outputs import modbus
from ocr_app.line.outputs.modbus import ModbusOutput, address_of
from ocr_app.line.outputs.registers import LineRegisters

CONDITIONS = {"live": True, "ready": True, "busy": False, "degraded": False}


@pytest.fixture
def server():
    stop, triggers, started, clients = threading.Event(), [], [], []

    def start(with_trigger=True):
        registers = LineRegisters(False, 4, lambda: CONDITIONS, lambda: None)
        output = ModbusOutput("127.0.0.1:0", registers, (lambda: triggers.append(1)) if with_trigger else None)
        thread = threading.Thread(target=output.run, args=(stop,), daemon=True)
        thread.start()
        started.append(thread)
        from pyModbusTCP.client import ModbusClient

        port = output._server._service.server_address[1]
        clients.append(ModbusClient("127.0.0.1", port, auto_open=True))
        return output, clients[-1], triggers

    yield start
    for client in clients:
        client.close()
    stop.set()
    for thread in started:
        thread.join(10)


def test_a_plc_reads_acknowledges_and_triggers(server, make_row):
    output, plc, triggers = server()
    output.put(make_row(66000, text="AB7"), b"")
    words = plc.read_input_registers(0, 66)
    assert (words[3] << 16 | words[4], words[5]) == (66000, 1)
    assert plc.read_discrete_inputs(0, 6) == [True, True, False, True, True, False]
    assert plc.write_multiple_registers(0, [66000 >> 16, 66000 & 0xFFFF])
    assert plc.read_input_registers(5, 1) == [0] and plc.read_holding_registers(0, 2) == [1, 464]
    assert plc.write_single_coil(0, True) and plc.write_single_coil(0, False) and triggers == [1]
    assert plc.read_coils(0, 1) == [False]


def test_what_is_not_in_the_map_is_an_illegal_address(server, make_row):
    output, plc, _ = server(with_trigger=False)
    output.put(make_row(7), b"")
    asked = [
        lambda: plc.read_input_registers(60, 10), lambda: plc.read_holding_registers(2, 1),
        lambda: plc.write_multiple_registers(1, [0, 0]), lambda: plc.write_single_coil(0, True),
        lambda: plc.read_coils(0, 1), lambda: plc.read_discrete_inputs(5, 2),
    ]  # fmt: skip
    for ask in asked:
        assert not ask() and plc.last_except == 2
    assert not plc.write_multiple_registers(0, [0, 8]) and plc.last_except == 3
    assert plc.write_single_register(0, 0) and plc.write_single_register(1, 7)
    assert plc.read_input_registers(5, 1) == [0]


def test_an_address_that_is_taken_is_said(server):
    output, _, _ = server()
    taken = output._server._service.server_address[1]
    with pytest.raises(ServiceError, match="cannot listen"):
        ModbusOutput("127.0.0.1:{}".format(taken), output._registers, None)


def test_addresses():
    assert address_of("0.0.0.0:502") == ("0.0.0.0", 502) and address_of("[::1]:502") == ("::1", 502)
    for text in ("502", "host:", "host:99999", ":502", "host:5o2"):
        with pytest.raises(UsageError):
            address_of(text)


def test_without_the_library_it_is_said_plainly(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pyModbusTCP", None)
    with pytest.raises(ServiceError, match=r"pyModbusTCP(.|\n)*pip install 'ocr-app\[line\]'"):
        modbus.library()
