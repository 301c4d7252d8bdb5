"""A Mosquitto on loopback; what it does on the wire is proved in tests/line."""

import socket

import pytest

from fleet.core.errors import LiveLineError
from fleet.live import broker


def test_without_mosquitto_the_command_that_installs_it_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(broker.shutil, "which", lambda *_, **__: None)
    with pytest.raises(LiveLineError) as refused:
        broker.LoopbackBroker(tmp_path).start()
    assert refused.value.next_step == "apt-get install mosquitto"


def test_one_that_does_not_start_is_quoted(tmp_path, monkeypatch):
    program = tmp_path / "mosquitto"
    program.write_text("#!/bin/sh\necho no such option; exit 3\n")
    program.chmod(0o755)
    monkeypatch.setattr(broker.shutil, "which", lambda *_, **__: str(program))
    with pytest.raises(LiveLineError, match="no such option"):
        broker.LoopbackBroker(tmp_path / "folder").start()


def test_a_free_port_is_free_and_a_listener_is_seen():
    port = broker.free_port()
    assert not broker.listens(port)
    with socket.socket() as server:
        server.bind(("127.0.0.1", port))
        server.listen()
        assert broker.listens(port)
