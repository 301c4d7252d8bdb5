"""The command line: exit codes, JSON, levels of logging, and messages instead of tracebacks."""

import argparse
import json
import logging
import subprocess
import sys

import pytest
from simulation import enumeration as story

from node_agent import cli, logs
from node_agent.errors import HostError
from node_agent.host import exclusive
from node_agent.release import staging


def options(verb, **values):
    given = {"verb": verb, "json": True, "reason": "because", "token_file": None, "wait_for_line": 0.0}
    return argparse.Namespace(**dict(given, **values))


def run(made, verb, capsys, **values):
    code = cli.run(made.node(), options(verb, **values))
    return code, json.loads(capsys.readouterr().out)


def test_status_says_what_runs(capsys):
    code, found = run(story.fresh_node(), "status", capsys)
    assert code == 0 and found["phase"] == "idle"
    assert (found["current"]["version"], found["previous"]["version"]) == ("A", "0")
    assert found["running"] == found["must_run"] == found["current"]["id"]


def test_a_release_that_came_back_is_exit_code_47_and_the_report_says_why(capsys):
    made = story.fresh_node()
    made.host.behaviour = {"B": {"silent"}}
    story.command(made, lambda node: staging.stage(node, story.B, "deployment 7"))
    code, found = run(made, "switch", capsys)
    assert code == 47 and set(found["error"]) == {"code", "exit_code", "found", "expected", "next"}
    assert found["error"]["code"] == "rolled-back" and found["error"]["expected"] == "one within 60 s"
    code, found = run(made, "report", capsys)
    assert code == 0
    assert found["failure"]["probe"] == "live" and found["failure"]["log"] == ["line 1 of B", "line 2 of B"]
    assert found["archives"] == {"current": "sound", "previous": "sound", "candidate": "none"}
    assert [record["event"] for record in found["journal"][-2:]] == ["returning", "returned"]
    assert "log" not in found["journal"][-2]["failure"]


def test_a_status_for_people(capsys):
    assert cli.run(story.fresh_node().node(), options("status", json=False)) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "phase     idle" and lines[1] == "current   ocr-app A (serial 11)  running"


def test_a_node_without_docker_gives_a_report_too(capsys):
    made = story.fresh_node()

    def broken():
        raise HostError("docker: not there")

    made.host.running = made.host.health = made.host.l4t = broken
    code, found = run(made, "report", capsys)
    assert code == 0 and found["status"]["running"] == {"error": "docker: not there"}


def test_ctrl_c_is_exit_code_130(capsys):
    made = story.fresh_node()
    story.command(made, lambda node: staging.stage(node, story.B, "deployment 7"))
    made.steps.arm(3, KeyboardInterrupt)
    logs.configure(logging.WARNING)
    assert cli.run(made.node(), options("switch")) == 130
    line = 'level=warning event=interrupted verb=switch reason="interrupted; what was begun is undone"\n'
    assert capsys.readouterr().err == line


def agent(tmp_path, *arguments):
    places = ["--root", str(tmp_path / "root"), "--runtime", str(tmp_path / "run"), "--keys", str(tmp_path / "keys")]
    command = [sys.executable, "-m", "node_agent"] + places + list(arguments)
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)


def test_a_file_that_is_not_a_bundle_is_refused_with_a_message(tmp_path):
    (tmp_path / "bundle").write_text("not a bundle")
    done = agent(tmp_path, "stage", str(tmp_path / "bundle"))
    assert done.returncode == 41
    head = 'level=error event=failed verb=stage exit_code=41 code=refused found="{} is not a complete bundle'
    assert done.stderr.decode().startswith(head.format(tmp_path / "bundle"))
    assert "Traceback" not in done.stderr.decode()


def test_an_empty_node_has_a_status(tmp_path):
    done = agent(tmp_path, "status", "--json")
    assert done.returncode == 0 and json.loads(done.stdout.decode())["current"] is None


def test_a_command_without_a_verb_is_wrong_usage(tmp_path):
    assert agent(tmp_path).returncode == 2


def test_a_second_command_is_exit_code_42(tmp_path):
    with exclusive(str(tmp_path / "run")):
        done = agent(tmp_path, "resume")
    assert done.returncode == 42 and b"code=locked" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "level"),
    [
        (["status"], logging.INFO),
        (["status", "--json"], logging.WARNING),
        (["--verbose", "status", "--json"], logging.DEBUG),
        (["--quiet", "status"], logging.ERROR),
    ],
)
def test_how_much_is_logged(arguments, level):
    assert cli.log_level(cli.parser().parse_args(arguments)) == level


def test_verbose_shows_the_commands_of_the_host(tmp_path):
    done = agent(tmp_path, "--verbose", "status", "--json")
    assert b"level=debug event=command command=" in done.stderr and json.loads(done.stdout.decode())
