"""The watch over the container: exit codes, signals, a heartbeat that stands still. `docker` is one of this test."""

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time

import pytest

from node_agent import watch

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(watch.__file__)))


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder with a `docker` that notes its arguments and ends what it is asked to end."""
    folder = tmp_path / "bin"
    folder.mkdir()
    docker = folder / "docker"
    docker.write_text('#!/bin/sh\necho "$*" >>{0}/calls\nkill $(cat {0}/pid)\n'.format(tmp_path))
    docker.chmod(docker.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", "{}:/usr/bin:/bin".format(folder))
    monkeypatch.setenv("PYTHONPATH", ROOT)
    return tmp_path


def start(place, script, still):
    command = [sys.executable, "-m", "node_agent.watch", "--health", str(place / "health.json")]
    command += ["--still", str(still), "--name", "one", "sh", "-c", script]
    with open(str(place / "err"), "wb") as err:
        return subprocess.Popen(command, stderr=err)


def test_the_exit_code_is_the_containers(place):
    assert start(place, "exit 7", 60).wait() == 7


def test_a_heartbeat_that_stands_still_ends_the_container(place):
    (place / "health.json").write_text(json.dumps({"sequence": 3, "live": True}))
    process = start(place, "echo $$ >{}/pid; exec sleep 60".format(place), 2)
    assert process.wait() == watch.STILL
    assert "no heartbeat for 2 s" in (place / "err").read_text()
    assert (place / "calls").read_text() == "kill one\n"


def test_a_signal_stops_the_container_in_order(place):
    process = start(place, "echo $$ >{}/pid; exec sleep 60".format(place), 60)
    while not (place / "pid").exists():
        time.sleep(0.05)
    time.sleep(0.5)
    process.send_signal(signal.SIGTERM)
    assert process.wait() == 256 - signal.SIGTERM  # the child of this test dies of the signal itself
    assert (place / "calls").read_text() == "stop --time 20 one\n"


@pytest.mark.parametrize(
    ("text", "found"),
    [('{"sequence": 4, "live": true}', 4), ('{"sequence": 4, "live": false}', None), ("{half", None), ("[]", None)],
)
def test_a_beat_is_a_live_document(tmp_path, text, found):
    path = tmp_path / "health.json"
    assert watch.beat(str(path)) is None
    path.write_text(text)
    assert watch.beat(str(path)) == found


def test_systemd_is_told(tmp_path, monkeypatch):
    address = str(tmp_path / "notify")
    monkeypatch.setenv("NOTIFY_SOCKET", address)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.bind(address)
        watch.tell_systemd("WATCHDOG=1")
        assert channel.recv(64) == b"WATCHDOG=1"
    monkeypatch.delenv("NOTIFY_SOCKET")
    watch.tell_systemd("WATCHDOG=1")
