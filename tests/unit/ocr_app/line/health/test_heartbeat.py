"""The heartbeat: health.json, systemd, and the log of changes."""

import json
import logging
import signal
import socket
import time

import pytest

from ocr_app.line.health import health_file, heartbeat, platform
from ocr_app.line.health.heartbeat import HeartbeatWriter
from ocr_app.line.health.status import ServiceStatus


def test_the_agent_takes_every_document_and_sees_the_heart_beat(fake, recipe):
    from node_agent.host.health import Heartbeat, faults

    served = fake("--recipe", recipe, NANO_OCR_RELEASE="abc")
    seen = []

    class Node:
        health = staticmethod(lambda: served.health() or None)
        monotonic = staticmethod(time.monotonic)

    beat = Heartbeat(Node, "abc")
    served.until(lambda: (seen.append(served.health()), beat.look() and seen[-1].get("ready"))[1], "ready")
    documents = [each for each in seen if each]
    assert documents and not [faults(each) for each in documents if faults(each)]
    assert {each["state"] for each in documents} <= {"starting", "warming_up", "reading"}
    assert beat.still_for() < 30


def test_a_service_that_stands_still_has_no_heartbeat(fake, tools, tmp_path):
    from ocr_app.core.errors import ServiceError
    from ocr_app.line.health import health_file

    served = fake().ready()
    assert health_file.wait_for_beat(str(served.runtime), 10)["live"]
    served.process.send_signal(signal.SIGSTOP)
    try:
        with pytest.raises(ServiceError, match="has stayed at"):
            health_file.wait_for_beat(str(served.runtime), 2)
    finally:
        served.process.send_signal(signal.SIGCONT)


def test_systemd_hears_of_it(fake, tools, tmp_path):
    systemd = tools.Systemd(str(tmp_path / "notify"))
    served = fake(NOTIFY_SOCKET=str(tmp_path / "notify")).ready()
    served.until(lambda: any("READY=1" in words for words in systemd.words), "READY=1")
    assert any("WATCHDOG=1" in words for words in systemd.words)
    assert served.end() == 0 and "STOPPING=1" in systemd.words
    systemd.close()


@pytest.fixture
def status():
    return ServiceStatus()


@pytest.fixture
def writer(status, tmp_path, monkeypatch):
    """Writes health.json below tmp_path, on a platform without faults; nobody listens to its notifications."""
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    monkeypatch.setattr(platform, "reasons", lambda bounds: [])
    return HeartbeatWriter(status, platform.Bounds(), str(tmp_path), "abc", 1.0)


def events(caplog):
    return [(record.getMessage(), record.fields) for record in caplog.records]


def test_each_beat_is_one_more(writer, tmp_path):
    for number in (1, 2, 3):
        writer.beat()
        assert json.loads((tmp_path / "health.json").read_text())["sequence"] == number == writer.sequence


def test_the_platform_is_looked_at_every_five_seconds(writer, status, monkeypatch):
    looks = []
    monkeypatch.setattr(platform, "reasons", lambda bounds: looks.append(bounds) or ["disk_low"])
    for _ in range(11):
        writer.beat()
    assert len(looks) == 3 and status.degraded.current() == ["disk_low"]


def test_changes_are_logged_once(writer, status, caplog):
    caplog.set_level(logging.INFO, "ocr_app")
    writer.beat()
    status.degraded.set("reader", ["gpu_missing"])
    writer.beat()
    writer.beat()
    status.degraded.set("reader", [])
    status.enter(health_file.READING)
    writer.beat()
    assert events(caplog) == [
        ("state changed", {"state": "starting", "live": True, "ready": False}),
        ("degraded", {"reason": "gpu_missing"}),
        ("no longer degraded", {"reason": "gpu_missing"}),
        ("state changed", {"state": "reading", "live": True, "ready": True}),
    ]
    assert [record.levelname for record in caplog.records] == ["INFO", "WARNING", "INFO", "INFO"]


def test_a_folder_that_cannot_be_written_is_logged_once_and_the_service_goes_on(status, tmp_path, caplog, monkeypatch):
    monkeypatch.setattr(platform, "reasons", lambda bounds: [])
    (tmp_path / "file").write_text("")
    writer = HeartbeatWriter(status, platform.Bounds(), str(tmp_path / "file" / "runtime"), "", 1.0)
    writer.prepare()
    writer.beat()
    writer.beat()
    assert [event for event, _ in events(caplog) if "health.json" in event] == ["cannot write health.json"]
    assert writer.sequence == 2


@pytest.fixture
def listener(tmp_path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as found:
        found.bind(str(tmp_path / "notify"))
        found.settimeout(5)
        yield found


def test_a_notification_reaches_the_socket_that_systemd_named(listener, tmp_path):
    assert heartbeat.notify("READY=1", {"NOTIFY_SOCKET": str(tmp_path / "notify")})
    assert listener.recv(100) == b"READY=1"


def test_an_abstract_socket_of_systemd():
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as found:
        found.bind("")  # Linux chooses an abstract name
        found.settimeout(5)
        name = found.getsockname()
        assert heartbeat.notify("STOPPING=1", {"NOTIFY_SOCKET": "@" + name[1:].decode("ascii")})
        assert found.recv(100) == b"STOPPING=1"


def test_without_systemd_nobody_is_notified(tmp_path):
    assert not heartbeat.notify("READY=1", {}) and not heartbeat.notify("READY=1", {"NOTIFY_SOCKET": ""})
    assert not heartbeat.notify("READY=1", {"NOTIFY_SOCKET": str(tmp_path / "missing")})


@pytest.mark.parametrize("ready", [True, False])
def test_a_live_service_feeds_the_watchdog(writer, status, monkeypatch, ready):
    messages = []
    monkeypatch.setattr(heartbeat, "notify", messages.append)
    status.enter(health_file.READING if ready else health_file.WARMING_UP)
    writer.beat()
    lines = messages[0].splitlines()
    assert ("READY=1" in lines) is ready and "WATCHDOG=1" in lines
    status.give_up()
    writer.beat()
    assert len(messages) == 1
