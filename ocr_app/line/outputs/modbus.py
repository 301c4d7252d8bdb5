"""A Modbus TCP server for a PLC, by pyModbusTCP: reads come from LineRegisters, writes acknowledge and trigger."""

import logging
import threading
from typing import Any, Callable, List, Optional, Tuple

from ocr_app.core.errors import ServiceError, UsageError
from ocr_app.core.logs import fields
from ocr_app.line.journal.rows import PartRow
from ocr_app.line.outputs.contract import LineOutput
from ocr_app.line.outputs.registers import HOLDING_REGISTERS, SIZE, LineRegisters

LOG = logging.getLogger(__name__)
_BEAT_S = 1.0


def address_of(text: str, key: str = "modbus.listen") -> Tuple[str, int]:
    """("0.0.0.0", 502) of HOST:PORT, the value of the setting ``key``. Raises UsageError."""
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit() or int(port) > 65535:
        found = "{} is {}".format(key, text)
        raise UsageError(found, "HOST:PORT, like 0.0.0.0:502", "docs/reference/settings.md")
    return host.strip("[]"), int(port)


def library() -> Any:
    """pyModbusTCP's server. Raises ServiceError where it is not installed."""
    try:
        from pyModbusTCP import server
    except ImportError as error:
        found = "Modbus needs the package pyModbusTCP: {}".format(error)
        raise ServiceError(found, "ocr-app[line] in this Python", "pip install 'ocr-app[line]'") from error
    return server


class ModbusOutput(LineOutput):
    """``trigger`` is called when the coil is written; without one, there is no coil."""

    def __init__(self, listen: str, registers: LineRegisters, trigger: Optional[Callable[[], None]]) -> None:
        """Raises ServiceError where the library is missing, or the address cannot be listened on."""
        modbus = library()
        host, port = address_of(listen)
        self._registers = registers
        handler = _make_handler(modbus, registers, trigger)
        self._server = modbus.ModbusServer(host, port, no_block=True, ipv6=":" in host, data_hdl=handler)
        try:
            self._server.start()
        except modbus.ModbusServer.NetworkError as error:
            self._server._service.server_close()  # the library leaves the socket open
            found = "cannot listen on {} for Modbus: {}".format(listen, error)
            raise ServiceError(
                found, "an address that is free; ports below 1024 need a right", "modbus.listen"
            ) from error
        LOG.info("modbus listens", extra=fields(listen=listen))

    def put(self, row: PartRow, data: bytes) -> None:
        """The verdict of the next part."""
        self._registers.put(row)

    def run(self, stop: threading.Event) -> None:
        """The heartbeat, until ``stop``."""
        while not stop.wait(_BEAT_S):
            self._registers.beat()
        self._server.stop()


def _make_handler(modbus: Any, registers: LineRegisters, trigger: Optional[Callable[[], None]]) -> Any:
    """A handler of the library: everything else than the map is an illegal address (exception 2)."""
    result = modbus.DataHandler.Return
    illegal_address, illegal_value, fine = modbus.EXP_DATA_ADDRESS, modbus.EXP_DATA_VALUE, modbus.EXP_NONE
    holding = sum(field.size for field in HOLDING_REGISTERS)
    words = [0] * holding
    lock = threading.Lock()

    def some(values: List[Any], address: int, count: int) -> Any:
        if address + count > len(values):
            return result(illegal_address)
        return result(fine, values[address : address + count])

    class LineHandler(modbus.DataHandler):  # type: ignore[misc,name-defined]
        """Called by the threads of the server."""

        def read_coils(self, address: int, count: int, srv_info: Any) -> Any:
            return some([False] if trigger is not None else [], address, count)

        def write_coils(self, address: int, bits_l: List[bool], srv_info: Any) -> Any:
            if address != 0 or len(bits_l) != 1 or trigger is None:
                return result(illegal_address)
            if bits_l[0]:
                trigger()
            return result(fine)

        def read_d_inputs(self, address: int, count: int, srv_info: Any) -> Any:
            return some(registers.inputs(), address, count)

        def read_i_regs(self, address: int, count: int, srv_info: Any) -> Any:
            if address + count > SIZE:
                return result(illegal_address)
            return some(registers.registers(), address, count)

        def read_h_regs(self, address: int, count: int, srv_info: Any) -> Any:
            return some(list(words), address, count)

        def write_h_regs(self, address: int, words_l: List[int], srv_info: Any) -> Any:
            if address + len(words_l) > holding:
                return result(illegal_address)
            with lock:
                words[address : address + len(words_l)] = words_l
                is_whole = address + len(words_l) == holding
                taken = not is_whole or registers.acknowledge(words[0] << 16 | words[1])
            return result(fine if taken else illegal_value)

    # the library's own data bank keeps four lists of 65536 values that nobody reads
    return LineHandler(modbus.DataBank(virtual_mode=True))
