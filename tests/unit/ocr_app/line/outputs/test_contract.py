"""Every output fulfils the contract."""

import pytest

from ocr_app.line.outputs.contract import LineOutput
from ocr_app.line.outputs.modbus import ModbusOutput
from ocr_app.line.outputs.mqtt import MqttOutput
from ocr_app.line.outputs.reject import RejectGate


@pytest.mark.parametrize("output", [ModbusOutput, MqttOutput, RejectGate])
def test_an_output_has_all_of_it(output):
    assert issubclass(output, LineOutput) and not output.__abstractmethods__


def test_half_an_output_is_none():
    half = type("HalfOutput", (LineOutput,), {"put": lambda self, row, data: None})
    with pytest.raises(TypeError):
        half()
