"""What needs no broker; tests/line sends to a real one."""

import json

import pytest

from ocr_app.core.errors import ServiceError
from ocr_app.line.outputs import mqtt
from ocr_app.line.settings.outputs import MqttSettings


def test_topics_of_a_board():
    assert mqtt.topics_of("plant/ocr", "line-3") == mqtt.Topics(
        "plant/ocr/line-3/part", "plant/ocr/line-3/state", "plant/ocr/line-3/availability", "plant/ocr/line-3/resend"
    )


def test_a_message_names_the_part_before(make_row):
    record = json.loads(mqtt.message_of(make_row(7, text="é"), 5))
    assert (record["number"], record["previous"], record["text"], record["verdict"]) == (7, 5, "é", "pass")


class ReasonCode:
    def __init__(self, is_failure):
        self.is_failure = is_failure


@pytest.mark.parametrize("code,fits", [(0, True), (5, False), (ReasonCode(False), True), (ReasonCode(True), False)])
def test_both_versions_of_the_library_say_whether_the_broker_agrees(code, fits):
    assert mqtt.is_accepted(code) == fits


def test_without_the_library_it_is_said_plainly(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "paho.mqtt", None)
    with pytest.raises(ServiceError, match=r"paho-mqtt(.|\n)*pip install 'ocr-app\[line\]'"):
        mqtt.library()


def test_certificates_that_cannot_be_used_are_said(tmp_path):
    with pytest.raises(ServiceError, match="certificates of mqtt"):
        mqtt.make_client(MqttSettings(host="b", tls=True, ca_file=str(tmp_path / "none")), "x")


def test_nobody_there_is_an_answer_in_words():
    assert "refused" in mqtt.answers(MqttSettings(host="127.0.0.1", port=1), 1.0).lower()
