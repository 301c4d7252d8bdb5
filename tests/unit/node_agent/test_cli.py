"""The command line: exit codes, JSON, one command at a time, and words instead of traces."""

import argparse
import json
import subprocess
import sys

import pytest
from simulation import enumeration as story

from node_agent import cli
from node_agent.errors import Locked


def options(verb, **values):
    given = {"verb": verb, "json": True, "reason": "because", "token_file": None, "wait_for_line": 0.0}
    return argparse.Namespace(**dict(given, **values))


def run(made, verb, capsys, **values):
    code = cli.run(made.node(), options(verb, **values))
    return code, json.loads(capsys.readouterr().out)


def test_status_says_what_runs(capsys):
    code, found = run(story.place(), "status", capsys)
    assert code == 0 and found["phase"] == "idle"
    assert (found["current"]["version"], found["previous"]["version"]) == ("A", "0")
    assert found["running"] == found["must_run"] == found["current"]["id"]


def test_a_release_that_came_back_is_exit_code_47_and_the_report_says_why(capsys):
    made = story.place()
    made.machine.behaviour = {"B": {"silent"}}
    story.command(made, lambda node: cli.staging.stage(node, story.B, "deployment 7"))
    code, found = run(made, "switch", capsys)
    assert code == 47 and found["error"]["code"] == "rolled-back"
    code, found = run(made, "report", capsys)
    assert code == 0
    assert found["failure"]["probe"] == "live" and found["failure"]["log"] == ["line 1 of B", "line 2 of B"]
    assert found["archives"] == {"current": "sound", "previous": "sound", "candidate": "none"}
    assert [record["event"] for record in found["journal"][-2:]] == ["returning", "returned"]
    assert "log" not in found["journal"][-2]["failure"]


def test_words_for_people(capsys):
    assert cli.run(story.place().node(), options("status", json=False)) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "phase     idle" and lines[1] == "current   ocr-app A (serial 11)  runs"


def test_a_report_comes_from_a_node_without_docker(capsys):
    made = story.place()

    def broken():
        raise cli.OutsideError("docker: not there")

    made.machine.running = made.machine.health = made.machine.l4t = broken
    code, found = run(made, "report", capsys)
    assert code == 0 and found["status"]["running"] == {"error": "docker: not there"}


def test_ctrl_c_is_exit_code_130(capsys):
    made = story.place()
    story.command(made, lambda node: cli.staging.stage(node, story.B, "deployment 7"))
    made.steps.arm(3, KeyboardInterrupt)
    assert cli.run(made.node(), options("switch")) == 130
    assert "undone" in capsys.readouterr().err


def test_one_command_at_a_time(tmp_path):
    with cli.alone(str(tmp_path)), pytest.raises(Locked, match="another command"), cli.alone(str(tmp_path)):
        pass
    with cli.alone(str(tmp_path)):
        pass


def agent(tmp_path, *arguments):
    places = ["--root", str(tmp_path / "root"), "--runtime", str(tmp_path / "run"), "--keys", str(tmp_path / "keys")]
    command = [sys.executable, "-m", "node_agent"] + places + list(arguments)
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)


def test_a_bundle_that_is_none_is_refused_in_words(tmp_path):
    (tmp_path / "bundle").write_text("not a bundle")
    done = agent(tmp_path, "stage", str(tmp_path / "bundle"))
    assert done.returncode == 41
    assert done.stderr.decode().startswith("node_agent stage: {} is not a whole bundle".format(tmp_path / "bundle"))


def test_an_empty_node_has_a_status(tmp_path):
    done = agent(tmp_path, "status", "--json")
    assert done.returncode == 0 and json.loads(done.stdout.decode())["current"] is None


def test_no_verb_is_wrong_usage(tmp_path):
    assert agent(tmp_path).returncode == 2
