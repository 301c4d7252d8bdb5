import os
import signal
import pytest
from fleet.release import deployment
from tests.fleet.test_deploy import SWITCHES, _until, line, made, runs  # noqa

def test_a(line):
    code, told, report = line.deploy(made(line, "A"))
    assert code == 0, report

def test_f(line):
    line.maker.make("F", 7)
    pair = [line.boards[1], line.boards[3]]
    switches = [int(board.nano.root(SWITCHES)) for board in pair]
    process = line.begin(made(line, "F"), "--limit", "line_a", "--canary", "nobody")
    _until(lambda: all(board.status()["phase"] in ("gating", "soaking") for board in pair))
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    code, told, report = line.deploy(made(line, "F"), limit="line_a", canary="nobody")
    assert (code, told["nano-2"], told["nano-4"]) == (0, "committed", "committed"), report
    assert runs(line) == ["A", "F", "A", "F"]
    assert [int(board.nano.root(SWITCHES)) for board in pair] == [count + 1 for count in switches]
    assert deployment.roll_back("the story goes on", line.wish(limit="line_a"), line.out) == 0
    assert [board.versions() for board in (line.boards[1], line.boards[3])] == [("A", "A", "F")] * 2
