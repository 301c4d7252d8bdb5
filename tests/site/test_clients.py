"""Clients that PLCs and SCADA systems are written with: modbus-serial and node-opcua, in Node.js."""

import json
import subprocess

from fleet.live.broker import free_port
from tests.line.conftest import until
from tests.line.test_opcua import Watcher
from tests.site.conftest import CLIENTS


def test_modbus_serial_takes_each_verdict_once(npm, start_node, line):
    port = free_port()
    line.frames([1, 2]).set(source={"rate_hz": 10}, modbus={"listen": f"127.0.0.1:{port}", "acknowledge": True})
    served = line.start()
    process = start_node(
        npm("modbus-serial"), CLIENTS / "modbus_serial.js", port, 20, stdout=subprocess.PIPE, text=True
    )
    *told, end = [json.loads(text) for text in process.communicate(timeout=60)[0].splitlines()]
    assert process.returncode == 0 and served.end() == 0
    assert [record["sequence"] for record in told] == [number for number, _ in line.decided()][:20]
    assert {(record["verdict"], record["text"]) for record in told} == {(1, "AB7")}
    assert end == {"refused": 3}, "a sequence that does not stand is an illegal value"


def test_node_opcua_sees_parts_times_and_bad_quality(npm, start_node, line, broker, opcua_gateway):
    modules = npm("node-opcua-client")
    line.frames([1, 2]).set(source={"rate_hz": 5}, recipe={"clock": "always"})
    line.set(mqtt={"host": "127.0.0.1", "port": broker.port, "keepalive_s": 2})
    served = line.start()
    script = CLIENTS / "node_opcua.js"
    process = start_node(modules, script, opcua_gateway, "test", stdout=subprocess.PIPE, text=True)
    watcher = Watcher(process)
    until(lambda: watcher.lines == [{"write": "BadUserAccessDenied"}], "a write that is refused", 120)
    until(lambda: len([each for each in watcher.changes if each["path"] == "Part.Sequence"]) > 12, "parts", 60)
    served.kill()
    until(lambda: watcher.last("Part.Verdict")["quality"] == "BadNoCommunication", "the last will", 30)
    walls = dict(line.rows("SELECT number, wall FROM parts"))
    parts = [each for each in watcher.changes if each["path"] == "Part.Sequence" and each["quality"] == "Good"]
    assert len(parts) > 10 and all(abs(each["at"] - walls[each["value"]]) < 0.002 for each in parts)
    assert {each["type"] for each in parts} == {"UInt64"}
    watcher.close()
