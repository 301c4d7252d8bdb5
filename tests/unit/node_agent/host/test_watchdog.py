"""The watchdog of the container: exit codes, signals, a lost heartbeat. `docker` is a script of this test."""

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time

import pytest

import node_agent
from node_agent.errors import HEARTBEAT_LOST
from node_agent.host import watchdog

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(node_agent.__file__)))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with a `docker` that records its arguments and kills the process that it is asked to end."""
    (tmp_path / "bin").mkdir()
    docker = tmp_path / "bin" / "docker"
    docker.write_text('#!/bin/sh\necho "$*" >>{0}/calls\nkill $(cat {0}/pid)\n'.format(tmp_path))
    docker.chmod(docker.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", "{}:/usr/bin:/bin".format(tmp_path / "bin"))
    monkeypatch.setenv("PYTHONPATH", ROOT)
    return tmp_path


def start(folder, script, still):
    command = [sys.executable, "-m", "node_agent.host.watchdog", "--health", str(folder / "health.json")]
    command += ["--still", str(still), "--name", "one", "sh", "-c", script]
    with open(str(folder / "err"), "wb") as err:
        return subprocess.Popen(command, stderr=err)


def test_the_exit_code_is_the_containers(folder):
    assert start(folder, "exit 7", 60).wait() == 7


def test_a_lost_heartbeat_ends_the_container(folder):
    (folder / "health.json").write_text(json.dumps({"sequence": 3, "live": True}))
    process = start(folder, "echo $$ >{}/pid; exec sleep 60".format(folder), 2)
    assert process.wait() == HEARTBEAT_LOST
    line = 'level=error event=container_killed container=one reason="no heartbeat for 2 s"\n'
    assert (folder / "err").read_text() == line
    assert (folder / "calls").read_text() == "kill one\n"


def test_a_signal_stops_the_container_in_order(folder):
    process = start(folder, "echo $$ >{}/pid; exec sleep 60".format(folder), 60)
    while not (folder / "pid").exists():
        time.sleep(0.05)
    time.sleep(0.5)
    process.send_signal(signal.SIGTERM)
    assert process.wait() == 256 - signal.SIGTERM  # the child of this test dies of the signal itself
    assert (folder / "calls").read_text() == "stop --time 20 one\n"


@pytest.mark.parametrize(
    ("text", "found"),
    [('{"sequence": 4, "live": true}', 4), ('{"sequence": 4, "live": false}', None), ("{half", None), ("[]", None)],
)
def test_a_beat_is_a_live_document(tmp_path, text, found):
    path = tmp_path / "health.json"
    assert watchdog.beat(str(path)) is None
    path.write_text(text)
    assert watchdog.beat(str(path)) == found


def test_systemd_is_notified(tmp_path, monkeypatch):
    address = str(tmp_path / "notify")
    monkeypatch.setenv("NOTIFY_SOCKET", address)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.bind(address)
        watchdog.notify_systemd("WATCHDOG=1")
        assert channel.recv(64) == b"WATCHDOG=1"
    monkeypatch.delenv("NOTIFY_SOCKET")
    watchdog.notify_systemd("WATCHDOG=1")
