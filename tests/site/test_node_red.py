"""Node-RED runs the flow of docs/how-to/site beside a real line, and its answers are compared with the journal."""

import json
import subprocess
import time
from pathlib import Path

import pytest

from fleet.live.broker import free_port
from tests.line.conftest import Consumer, until

ROOT = Path(__file__).resolve().parents[2]
FLOW = ROOT / "docs" / "how-to" / "site" / "nano-ocr.flow.json"


@pytest.fixture
def plant(broker):
    made = Consumer(broker.port, "plant/#", "plant")
    yield made
    made.close()


@pytest.fixture
def node_red(npm, start_node, broker, tmp_path):
    modules = npm("node-red")
    (tmp_path / "settings.js").write_text("module.exports = {httpAdminRoot: false, uiHost: '127.0.0.1'}")
    with (tmp_path / "node-red.log").open("wb") as log:
        start_node(
            modules, modules / "node-red" / "red.js", "--userDir", tmp_path / "node-red",
            "--settings", tmp_path / "settings.js", "--port", free_port(), FLOW,
            environ={"MQTT_HOST": "127.0.0.1", "MQTT_PORT": str(broker.port)}, stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
    until(lambda: "Connected to broker" in (tmp_path / "node-red.log").read_text(errors="replace"), "Node-RED", 120)


def rejects(plant):
    return [json.loads(text) for topic, text in plant.messages if topic == "plant/rejects/test"]


def alarm(plant):
    return next((text for topic, text in reversed(plant.messages) if topic == "plant/alarms/test"), None)


def test_each_reject_comes_once_and_a_board_that_is_away_is_an_alarm(line, broker, plant, node_red):
    line.frames([1, 1, 1, 80]).set(source={"rate_hz": 3}, parts={"limit_ms": 400})
    line.set(mqtt={"host": "127.0.0.1", "port": broker.port, "keepalive_s": 2})
    served = line.start()
    until(lambda: len(rejects(plant)) > 3, "rejects", 120)
    plant.client.publish("nano-ocr/test/resend", "0", qos=1)
    before = len(rejects(plant))
    until(lambda: len(rejects(plant)) > before + 2, "rejects after a resend", 120)
    until(lambda: alarm(plant) == "ok", "no alarm")
    served.kill()
    until(lambda: alarm(plant) == "away", "the alarm", 30)
    time.sleep(1.0)
    told = rejects(plant)
    rows = line.rows("SELECT id, verdict, reasons FROM parts WHERE verdict != 'pass' AND verdict IS NOT NULL")
    ids = [record["id"] for record in told]
    assert len(ids) == len(set(ids)), "no part twice, although all of them were sent again"
    journal = {identity: (verdict, json.loads(reasons)[0]) for identity, verdict, reasons in rows}
    assert all((record["verdict"], record["reason"]) == journal[record["id"]] for record in told)
    assert set(list(journal)[:-2]) <= set(ids), "none is left out, but what was under way at the kill"
