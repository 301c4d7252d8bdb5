"""Lines in OPC UA: a real line, a real Mosquitto, the gateway as a process, and a client of OPC UA that is another."""

import json
import os
import signal
import subprocess
import threading
from pathlib import Path

import pytest

from fleet.environments.steps import python_of
from fleet.live.broker import free_port
from tests.conftest import absent
from tests.line.conftest import Consumer, until

ROOT = Path(__file__).resolve().parents[2]
GATEWAY = Path(os.environ.get("GATEWAY_PYTHON", python_of("gateway", ROOT)))


class Watcher:
    """What a client that subscribed to nodes of the board was told; ``process`` prints it as lines of JSON."""

    def __init__(self, process):
        self.process = process
        self.lines, self.changes = [], []
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def _read(self):
        for line in self.process.stdout:
            if not line.startswith("{"):  # node-opcua prints warnings there, too
                continue
            record = json.loads(line)
            (self.changes if "path" in record else self.lines).append(record)

    def last(self, path):
        return next((change for change in reversed(self.changes) if change["path"] == path), {"quality": None})

    def close(self):
        self.process.kill()
        self.process.wait()
        self.thread.join(10)
        self.process.stdout.close()


@pytest.fixture
def opcua_gateway(broker, tmp_path):
    """The address of a gateway that serves."""
    if not GATEWAY.exists():
        absent("the environment gateway", "./inv envs --name gateway")
    listen, log = f"127.0.0.1:{free_port()}", (tmp_path / "gateway.log").open("wb")
    command = [GATEWAY, "-m", "fleet.gateway.serve", "--broker", f"127.0.0.1:{broker.port}", "--listen", listen]
    gateway = subprocess.Popen(command, cwd=ROOT, env=dict(os.environ, PYTHONPATH=str(ROOT)), stderr=log)
    until(lambda: "connected to" in (tmp_path / "gateway.log").read_text(), "the gateway", 60)
    yield f"opc.tcp://{listen}/nano-ocr"
    gateway.send_signal(signal.SIGTERM)
    assert gateway.wait(20) == 0
    log.close()


@pytest.fixture
def opcua(opcua_gateway):
    """A client of it by asyncua, for the board ``test``."""
    command = [GATEWAY, str(ROOT / "tests" / "line" / "clients" / "opcua_watch.py"), opcua_gateway, "test"]
    watcher = Watcher(subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT))
    yield watcher
    watcher.close()


def test_a_client_sees_each_part_and_bad_quality_when_the_board_or_the_broker_is_away(line, broker, opcua):
    line.frames([1, 2]).set(source={"rate_hz": 5})
    line.set(mqtt={"host": "127.0.0.1", "port": broker.port, "keepalive_s": 2}, recipe={"clock": "always"})
    served = line.start()
    until(lambda: opcua.lines, "the board", 60)
    assert opcua.lines[0] == {"write": "BadUserAccessDenied", "delete": "BadUserAccessDenied", "type": "LineType"}
    until(lambda: len([change for change in opcua.changes if change["path"] == "Part.Sequence"]) > 12, "parts")
    until(lambda: opcua.last("Passes").get("value"), "counters")
    assert opcua.last("Online")["value"] is True and opcua.last("Ready")["value"] is True

    served.kill()
    until(lambda: opcua.last("Part.Verdict")["quality"] == "BadNoCommunication", "the last will", 20)
    assert opcua.last("Ready")["quality"] == "BadNoCommunication"
    assert (opcua.last("Online")["value"], opcua.last("Online")["quality"]) == (False, "Good")
    told = {change["value"]: change for change in opcua.changes if change["path"] == "Part.Sequence" and change["at"]}
    rows = {row[0]: row for row in line.rows("SELECT number, wall, verdict, text FROM parts WHERE verdict IS NOT NULL")}
    seen = {number: change for number, change in told.items() if change["quality"] == "Good"}
    assert len(seen) > 10 and set(seen) <= set(rows)
    for number, change in seen.items():
        assert abs(change["at"] - rows[number][1]) < 0.001, "the source timestamp is the time of the trigger"
    types = {change["path"]: change["type"] for change in opcua.changes if change["quality"] == "Good"}
    assert types["Part.Sequence"] == "UInt64" and types["Part.VerdictCode"] == "Byte" and types["Ready"] == "Boolean"
    good = [change for change in opcua.changes if change["path"] == "Part.Text" and change["quality"] == "Good"]
    assert {change["value"] for change in good} == {"AB7"}

    served = line.start()
    until(lambda: opcua.last("Part.Sequence")["quality"] == "Good", "parts again", 60)
    broker.stop()
    until(lambda: opcua.last("Online")["quality"] == "BadNoCommunication", "a broker that is away", 20)
    assert opcua.last("Part.Verdict")["quality"] == "BadNoCommunication"
    broker.start()
    until(lambda: opcua.last("Part.Verdict")["quality"] == "Good" and opcua.last("Online")["value"], "all again", 60)
    assert served.end() == 0
    until(lambda: opcua.last("Part.Verdict")["quality"] == "BadNoCommunication", "the word of its end", 20)


def test_a_message_that_no_board_sends_changes_nothing(broker, opcua):
    sender = Consumer(broker.port, "nothing/at/all", "sender")
    for kind, payload in (("part", "{"), ("part", "[1]"), ("state", '{"ready": 1}'), ("availability", "perhaps")):
        sender.client.publish(f"nano-ocr/test/{kind}", payload, qos=1)
    sender.client.publish("nano-ocr/test/availability", "online", qos=1, retain=True)
    until(lambda: opcua.last("Online").get("value"), "the board", 60)
    until(lambda: opcua.last("Part.Verdict")["quality"] == "BadWaitingForInitialData", "no part yet")
    sender.close()
