"""The real machine, with `docker`, `systemctl` and `journalctl` of this test first on PATH."""

import json
import os
import signal
import stat

import pytest

from node_agent import system
from node_agent.disk import Folder
from node_agent.errors import OutsideError, Refused
from node_agent.system import System, l4t_of

NANO = (
    "# R32 (release), REVISION: 7.6, GCID: 38171779, BOARD: t210ref, EABI: aarch64, DATE: Tue Nov  5 07:46:14 UTC 2024"
)
IMAGE = "sha256:" + "a" * 64
RELEASE = {"id": "r1", "name": "ocr-app", "version": "1.0", "serial": 1, "image_id": IMAGE}


@pytest.fixture
def commands(tmp_path, monkeypatch):
    """commands(name, script) makes a command; all calls are noted in tmp_path/calls."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", "{}:/usr/bin:/bin".format(folder))

    def make(name, script="exit 0"):
        path = folder / name
        path.write_text('#!/bin/sh\necho "{} $*" >> {}/calls\n{}\n'.format(name, tmp_path, script))
        path.chmod(path.stat().st_mode | stat.S_IXUSR)

    return make


@pytest.fixture
def machine(tmp_path):
    return System(Folder(str(tmp_path / "agent")), str(tmp_path / "run"))


def calls(tmp_path):
    return (tmp_path / "calls").read_text().splitlines()


@pytest.mark.parametrize(
    ("text", "release"),
    [(NANO, "32.7.6"), (NANO.replace("7.6", "7.1"), "32.7.1"), ("# R35 (release), REVISION: 4.1,", "35.4.1")],
)
def test_the_release_of_the_host(text, release):
    assert l4t_of(text) == release


@pytest.mark.parametrize("text", ["", "# R32", "Ubuntu 18.04"])
def test_a_host_that_is_no_jetson_is_refused(text):
    with pytest.raises(Refused, match="is this a Jetson"):
        l4t_of(text)


def test_starting_names_the_release_in_memory_and_restarts_the_unit(machine, commands, tmp_path):
    commands("systemctl")
    machine.start_app(RELEASE)
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
def test_what_runs_is_what_systemd_says(machine, commands, state, found):
    commands("systemctl", "echo ActiveState={}; echo NRestarts=3".format(state))
    machine.start_app(RELEASE)
    assert machine.running() == found and machine.restarts() == 3


def test_a_failing_command_is_quoted(machine, commands):
    commands("docker", "echo first >&2; echo 'no space left on device' >&2; exit 1")
    with pytest.raises(OutsideError, match=r"docker load .*\(exit code 1\): first / no space left on device"):
        machine.load_image("releases/r1/images/a.tar")
    assert not machine.docker_works()


def test_a_missing_command_and_a_silent_one_are_said(machine, commands, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(OutsideError, match="cannot run docker"):
        machine.load_image("a.tar")
    monkeypatch.undo()
    with pytest.raises(OutsideError, match=r"no answer within 0\.1 s: sleep 5"):
        system._run(["sleep", "5"], 0.1)


def test_images_are_known_by_their_whole_id(machine, commands):
    commands("docker", "echo {}".format(IMAGE))
    assert machine.has_image(IMAGE) and not machine.has_image("sha256:" + "b" * 64)


def test_the_challenge_is_read_by_the_running_container(machine, commands, tmp_path):
    line = {"image": "challenge/images/good.png", "verdict": "pass", "text": "EXP", "timing_ms": {"total": 40.5}}
    (tmp_path / "answer").write_text(json.dumps(line) + "\n")
    commands("docker", "cat {}/answer".format(tmp_path))
    assert machine.challenge(["read", "--jsonl"]) == [("good.png", "pass", "EXP", 40.5)]
    assert calls(tmp_path) == ["docker exec --workdir /release nano-ocr ocr-app read --jsonl"]
    (tmp_path / "answer").write_text("Segmentation fault\n")
    with pytest.raises(OutsideError, match="no result lines"):
        machine.challenge([])


def test_who_holds_the_update_lock(machine, tmp_path):
    assert machine.lock_holders() == []
    os.makedirs(str(tmp_path / "run" / "locks"))
    (tmp_path / "run" / "locks" / "line").write_text("line 1 is running\n")
    assert machine.lock_holders() == ["line: line 1 is running"]


def test_health_is_what_the_application_wrote_last(machine, tmp_path):
    assert machine.health() is None
    os.makedirs(str(tmp_path / "run" / "app"))
    for text, found in (('{"schema": 1}', {"schema": 1}), ("{half", None), ("[]", None)):
        (tmp_path / "run" / "app" / "health.json").write_text(text)
        assert machine.health() == found


def test_the_machine_itself(machine):
    assert machine.boot_id() == machine.boot_id() != ""
    assert machine.monotonic() <= machine.monotonic()
    assert machine.architecture() == os.uname().machine


def test_the_signal_that_comes_with_the_reboot_is_no_interruption(machine, commands, tmp_path):
    commands("systemctl")
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        machine.reboot()
        os.kill(os.getpid(), signal.SIGTERM)
        assert calls(tmp_path) == ["systemctl reboot"]
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def test_a_store_that_stays_broken_is_set_aside(machine, commands, tmp_path, monkeypatch):
    store = tmp_path / "docker"
    store.mkdir()
    monkeypatch.setattr(system, "_docker_root", lambda: str(store))
    commands("systemctl")
    commands("docker", "exit 1")
    machine.repair_docker()
    assert [name for name in os.listdir(str(tmp_path)) if name.startswith("docker.broken-")] and not store.exists()
    asked = [call.split()[1] for call in calls(tmp_path) if call.startswith("systemctl")]
    assert asked == ["restart", "stop", "reset-failed", "start"]
