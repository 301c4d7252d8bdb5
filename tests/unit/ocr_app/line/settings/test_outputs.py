"""Sections of the outputs."""

import pytest

from ocr_app.line.settings.outputs import ModbusSettings, MqttSettings, RejectSettings


def test_nothing_is_on_by_default():
    assert not (MqttSettings().enabled or ModbusSettings().enabled or RejectSettings().enabled)
    assert MqttSettings(host="b").enabled and ModbusSettings(listen=":1").enabled
    assert RejectSettings(gpio="jetson").enabled and not ModbusSettings(listen="").enabled


@pytest.mark.parametrize("prefix,fits", [("a", True), ("a/b-1", True), ("", False), ("a//b", False), ("a/+", False)])
def test_a_prefix_is_a_topic(prefix, fits):
    if fits:
        assert MqttSettings(prefix=prefix).prefix == prefix
        return
    with pytest.raises(ValueError, match="without wildcards"):
        MqttSettings(prefix=prefix)
