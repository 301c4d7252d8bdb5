"""The real host, with `docker`, `systemctl` and `journalctl` of this test first on PATH."""

import json
import os
import signal
import stat

import pytest

from node_agent.errors import HostError, ReleaseRefused
from node_agent.host import SystemdHost, systemd
from node_agent.host.systemd import l4t_of
from node_agent.store import LocalDisk

NANO = (
    "# R32 (release), REVISION: 7.6, GCID: 38171779, BOARD: t210ref, EABI: aarch64, DATE: Tue Nov  5 07:46:14 UTC 2024"
)
IMAGE = "sha256:" + "a" * 64
RELEASE = {"id": "r1", "name": "ocr-app", "version": "1.0", "serial": 1, "image_id": IMAGE}


@pytest.fixture
def commands(tmp_path, monkeypatch):
    """commands(name, script) creates a command; all calls are recorded in tmp_path/calls."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", "{}:/usr/bin:/bin".format(folder))

    def make(name, script="exit 0"):
        path = folder / name
        path.write_text('#!/bin/sh\necho "{} $*" >> {}/calls\n{}\n'.format(name, tmp_path, script))
        path.chmod(path.stat().st_mode | stat.S_IXUSR)

    return make


@pytest.fixture
def host(tmp_path):
    return SystemdHost(LocalDisk(str(tmp_path / "agent")), str(tmp_path / "run"))


def calls(tmp_path):
    return (tmp_path / "calls").read_text().splitlines()


@pytest.mark.parametrize(
    ("text", "release"),
    [(NANO, "32.7.6"), (NANO.replace("7.6", "7.1"), "32.7.1"), ("# R35 (release), REVISION: 4.1,", "35.4.1")],
)
def test_the_release_of_the_host(text, release):
    assert l4t_of(text) == release


@pytest.mark.parametrize("text", ["", "# R32", "Ubuntu 18.04"])
def test_a_host_that_is_not_a_jetson_is_refused(text):
    with pytest.raises(ReleaseRefused, match="is this a Jetson"):
        l4t_of(text)


def test_starting_names_the_release_in_memory_and_restarts_the_unit(host, commands, tmp_path):
    commands("systemctl")
    host.start_app(RELEASE)
    lines = (tmp_path / "run" / "release.env").read_text().splitlines()
    assert lines == [
        "NANO_OCR_FOLDER={}/agent/releases/r1".format(tmp_path),
        "NANO_OCR_IMAGE=" + IMAGE,
        "NANO_OCR_RELEASE=r1",
    ]
    assert calls(tmp_path) == ["systemctl reset-failed nano-ocr.service", "systemctl restart nano-ocr.service"]


@pytest.mark.parametrize(
    ("state", "found"), [("active", "r1"), ("activating", "r1"), ("failed", None), ("inactive", None)]
)
def test_the_running_release_is_the_one_that_systemd_runs(host, commands, state, found):
    commands("systemctl", "echo ActiveState={}; echo NRestarts=3".format(state))
    host.start_app(RELEASE)
    assert host.running() == found and host.restarts() == 3


def test_a_failing_command_is_quoted(host, commands):
    commands("docker", "echo first >&2; echo 'no space left on device' >&2; exit 1")
    with pytest.raises(HostError, match=r"docker load .*\(exit code 1\): first / no space left on device"):
        host.load_image("releases/r1/images/a.tar")
    assert not host.docker_works()


def test_images_are_known_by_their_whole_id(host, commands):
    commands("docker", "echo {}".format(IMAGE))
    assert host.has_image(IMAGE) and not host.has_image("sha256:" + "b" * 64)


def test_the_challenge_is_read_by_the_running_container(host, commands, tmp_path):
    line = {"image": "challenge/images/good.png", "verdict": "pass", "text": "EXP", "timing_ms": {"total": 40.5}}
    (tmp_path / "answer").write_text(json.dumps(line) + "\n")
    commands("docker", "cat {}/answer".format(tmp_path))
    assert host.challenge(["read", "--jsonl"]) == [("good.png", "pass", "EXP", 40.5)]
    assert calls(tmp_path) == ["docker exec --workdir /release nano-ocr ocr-app read --jsonl"]
    (tmp_path / "answer").write_text("Segmentation fault\n")
    with pytest.raises(HostError, match="no result lines"):
        host.challenge([])


def test_who_holds_the_update_lock(host, tmp_path):
    assert host.lock_holders() == []
    os.makedirs(str(tmp_path / "run" / "locks"))
    (tmp_path / "run" / "locks" / "line").write_text("line 1 is running\n")
    assert host.lock_holders() == ["line: line 1 is running"]


def test_health_is_the_last_document_of_the_application(host, tmp_path):
    assert host.health() is None
    os.makedirs(str(tmp_path / "run" / "app"))
    for text, found in (('{"schema": 1}', {"schema": 1}), ("{half", None), ("[]", None)):
        (tmp_path / "run" / "app" / "health.json").write_text(text)
        assert host.health() == found


def test_boot_clock_and_architecture(host):
    assert host.boot_id() == host.boot_id() != ""
    assert host.monotonic() <= host.monotonic()
    assert host.architecture() == os.uname().machine


def test_the_signal_of_the_reboot_does_not_interrupt(host, commands, tmp_path):
    commands("systemctl")
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        host.reboot()
        os.kill(os.getpid(), signal.SIGTERM)
        assert calls(tmp_path) == ["systemctl reboot"]
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def test_a_store_that_stays_broken_is_set_aside(host, commands, tmp_path, monkeypatch):
    store = tmp_path / "docker"
    store.mkdir()
    monkeypatch.setattr(systemd, "_docker_root", lambda: str(store))
    commands("systemctl")
    commands("docker", "exit 1")
    host.repair_docker()
    assert [name for name in os.listdir(str(tmp_path)) if name.startswith("docker.broken-")] and not store.exists()
    asked = [call.split()[1] for call in calls(tmp_path) if call.startswith("systemctl")]
    assert asked == ["restart", "stop", "reset-failed", "start"]
