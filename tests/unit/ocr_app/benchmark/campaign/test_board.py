"""A board measures part after part, with services stopped, and resumes."""

import json
import os

import pytest

from ocr_app.benchmark.campaign import board
from ocr_app.benchmark.campaign.plan import CampaignPart, CampaignPlan
from ocr_app.benchmark.campaign.process import PartProcess
from ocr_app.core.errors import ServiceError

STATE = {"at": "2026-11-30T06:00:00Z"}


class FakeWatch:
    def __enter__(self):
        return self

    def __exit__(self, *exc):
        pass

    def summary(self):
        return {"samples": 1}


class FakeBoard:
    """Writes a record for every command but those in ``fails``: name -> how the process ends."""

    def __init__(self, active=(), app="1"):
        self.fails, self.commands, self.active, self.app = {}, [], active, app

    def run(self, command, timeout_s):
        name = os.path.basename(command[-1])
        self.commands.append(name)
        assert command[-2] == "--out" and timeout_s == 60.0
        if name in self.fails:
            return self.fails[name]
        with open(command[-1], "w") as stream:
            stream.write("{}")
        return PartProcess(0, "")

    @property
    def tools(self):
        identity = {"model": "board", "app": {"version": "1", "sha256": self.app}}
        return board.BoardTools(self.run, self.active.__contains__, lambda: STATE, lambda: identity, FakeWatch)


def plan(tmp_path, *names, **more):
    parts = tuple(CampaignPart(name, "run", ("ocr-app", name)) for name in names or ("a", "b"))
    made = CampaignPlan("one", "nano-1", parts, (), ("switch.service",), str(tmp_path / "locks"), 60.0, False)
    return made._replace(**more)


def measure(tmp_path, fake, *names, **more):
    said = []
    record = board.measure(plan(tmp_path, *names, **more), str(tmp_path / "out"), said.append, fake.tools)
    return {entry["name"]: (entry["status"], entry["kept"]) for entry in record["parts"]}


def test_every_part_is_measured_and_kept_in_one_record(tmp_path):
    fake = FakeBoard()
    assert measure(tmp_path, fake) == {"a": ("done", False), "b": ("done", False)}
    saved = json.loads((tmp_path / "out" / "board.json").read_text())
    assert saved["ended"] and saved["planned"] == ["a", "b"] and saved["before"] == saved["after"] == STATE
    assert saved["parts"][0]["during"] == {"samples": 1} and len(saved["parts"][0]["sha256"]) == 64


def test_finished_parts_are_not_measured_again(tmp_path):
    fake = FakeBoard()
    measure(tmp_path, fake)
    assert measure(tmp_path, fake, "a", "b", "c") == {
        "a": ("done", True),
        "b": ("done", True),
        "c": ("done", False),
    }
    assert fake.commands == ["a.json", "b.json", "c.json"]


def test_unless_that_is_asked_for(tmp_path):
    fake = FakeBoard()
    measure(tmp_path, fake)
    assert measure(tmp_path, fake, again=True) == {"a": ("done", False), "b": ("done", False)}
    assert len(fake.commands) == 4


@pytest.mark.parametrize("change", ["application", "command", "record", "board"])
def test_what_changed_is_measured_again(tmp_path, change):
    fake = FakeBoard()
    measure(tmp_path, fake, "a")
    parts = (CampaignPart("a", "run", ("ocr-app", "other" if change == "command" else "a")),)
    if change == "record":
        (tmp_path / "out" / "a.json").write_text('{"damaged": 1}')
    if change == "board":
        (tmp_path / "out" / "board.json").write_text('{"parts": [{"name"')
    fake.app = "2" if change == "application" else "1"
    assert measure(tmp_path, fake, parts=parts) == {"a": ("done", False)}


def test_a_part_that_fails_stops_no_other_and_is_tried_again(tmp_path):
    fake = FakeBoard()
    fake.fails = {"a.json": PartProcess(1, "ValueError: odd"), "b.json": PartProcess(6, "ocr-app: torch is missing")}
    assert measure(tmp_path, fake, "a", "b", "c") == {
        "a": ("failed", False),
        "b": ("cannot", False),
        "c": ("done", False),
    }
    saved = json.loads((tmp_path / "out" / "board.json").read_text())
    assert [entry["found"] for entry in saved["parts"]] == ["ValueError: odd", "ocr-app: torch is missing", None]
    fake.fails = {}
    assert measure(tmp_path, fake, "a", "b", "c") == {
        "c": ("done", True),
        "a": ("done", False),
        "b": ("done", False),
    }


def test_an_old_record_is_never_taken_for_that_of_a_part_that_failed(tmp_path):
    fake = FakeBoard()
    measure(tmp_path, fake, "a")
    fake.fails = {"a.json": PartProcess(1, "odd")}
    assert measure(tmp_path, fake, "a", again=True) == {"a": ("failed", False)}
    assert not (tmp_path / "out" / "a.json").exists()


def test_a_benchmark_that_is_cut_off_leaves_what_it_has_measured(tmp_path):
    fake = FakeBoard()
    run = fake.run

    def cut(command, timeout_s):
        if command[-1].endswith("b.json"):
            raise KeyboardInterrupt
        return run(command, timeout_s)

    tools = fake.tools._replace(run=cut)
    with pytest.raises(KeyboardInterrupt):
        board.measure(plan(tmp_path), str(tmp_path / "out"), print, tools)
    saved = json.loads((tmp_path / "out" / "board.json").read_text())
    assert [entry["name"] for entry in saved["parts"]] == ["a"] and saved["ended"] is None
    assert os.listdir(str(tmp_path / "locks")) == []
    assert measure(tmp_path, fake) == {"a": ("done", True), "b": ("done", False)}


def test_a_running_line_or_deployment_is_not_disturbed(tmp_path):
    (tmp_path / "locks").mkdir()
    (tmp_path / "locks" / "line").write_text("batch 17\n")
    with pytest.raises(ServiceError, match=r"line: batch 17; switch\.service runs"):
        measure(tmp_path, FakeBoard(active=["switch.service"]))


def test_the_lock_is_there_while_it_measures_and_gone_afterwards(tmp_path):
    fake, seen = FakeBoard(), []
    run = fake.run

    def looking(command, timeout_s):
        seen.extend(os.listdir(str(tmp_path / "locks")))
        return run(command, timeout_s)

    board.measure(plan(tmp_path), str(tmp_path / "out"), print, fake.tools._replace(run=looking))
    assert seen == ["benchmark", "benchmark"] and os.listdir(str(tmp_path / "locks")) == []


@pytest.fixture
def systemctl(tmp_path, monkeypatch):
    """A systemctl under which every service runs; returns what it was asked."""
    log = tmp_path / "systemctl.log"
    program = tmp_path / "bin" / "systemctl"
    program.parent.mkdir()
    program.write_text('#!/bin/sh\necho "$@" >>{}\n'.format(log))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", "{}:{}".format(program.parent, os.environ["PATH"]))
    return lambda: [line for line in log.read_text().splitlines() if not line.startswith("is-active")]


def test_services_are_stopped_and_started_again_even_after_an_error(tmp_path, systemctl):
    fake = FakeBoard()

    def broken(command, timeout_s):
        raise RuntimeError("the disk is full")

    wanted = plan(tmp_path, services=("nano-ocr-agent.timer", "nano-ocr.service"))
    with pytest.raises(RuntimeError):
        board.measure(wanted, str(tmp_path / "out"), print, fake.tools._replace(run=broken))
    assert systemctl() == [
        "stop nano-ocr-agent.timer",
        "stop nano-ocr.service",
        "start nano-ocr.service",
        "start nano-ocr-agent.timer",
    ]
    saved = json.loads((tmp_path / "out" / "board.json").read_text())
    assert saved["stopped"] == ["nano-ocr-agent.timer", "nano-ocr.service"]


def test_after_a_kill_restart_starts_what_was_stopped(tmp_path, systemctl):
    (tmp_path / "out").mkdir()
    (tmp_path / "locks").mkdir()
    (tmp_path / "locks" / "benchmark").write_text("a benchmark runs\n")
    (tmp_path / "out" / "stopped-services.json").write_text('["nano-ocr.service"]')
    board.restart(str(tmp_path / "out"), str(tmp_path / "locks"), print)
    assert systemctl()[-1] == "start nano-ocr.service"
    assert os.listdir(str(tmp_path / "out")) == os.listdir(str(tmp_path / "locks")) == []


def test_restart_has_nothing_to_do_where_nothing_began(tmp_path):
    board.restart(str(tmp_path / "out"), str(tmp_path / "locks"), print)
    assert not (tmp_path / "out").exists()
