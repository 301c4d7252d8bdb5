"""The report of a deployment."""

import json

from fleet.release import report
from fleet.rollout.answers import Answer
from fleet.rollout.batches import Rollout
from fleet.rollout.history import note
from fleet.rollout.request import DeployRequest
from node_agent.release import manifest
from tests.unit.fleet.rollout.statuses import FAILURE

FOUND = manifest.ReleaseManifest("n" * 64, "ocr-app", "2", 2, 0, "", "", "", "", 0, [], [], [], None, [])
ONE = {"current": {"version": "1"}}


def ended(folder, **verdicts):
    """A run that has ended; a board whose name begins with x was not asked for."""
    run = Rollout(folder, {"deploy_by": "me@here", "deploy_release": {"id": "n" * 64}}, DeployRequest(), None, "now")
    for host, verdict in verdicts.items():
        roles = () if host.startswith("x") else ("chosen",)
        run.answers[host] = Answer(host, verdict, ONE if verdict != "silent" else {}, roles=roles)
    return run


def test_the_report_says_who_what_which_probe_and_the_last_lines(tmp_path):
    note(tmp_path, "n1", "rolled back", "now", failure=FAILURE, why="")
    note(tmp_path, "n2", "stopped", "now", why="canary n1 tried it")
    told = report.write(ended(tmp_path, n1="rolled back", n2="absent"), FOUND)
    assert not told.done and told.why == (
        "n1 tried it and went back (runs 1; ready in gating: not ready after 13 s); 1 node not begun: n2"
    )
    page = (tmp_path / "report.md").read_text()
    for words in (
        "by me@here",
        "- probe: ready",
        "- phase: gating",
        "one\ntwo",
        "| n2 | stopped | 1 | canary n1 tried it",
    ):
        assert words in page, page
    assert json.loads((tmp_path / "report.json").read_text())["hosts"][0]["failure"]["by"] == "me"


def test_a_record_never_makes_a_board_run_the_release(tmp_path):
    for host in ("n1", "x2", "x3", "x4"):
        note(tmp_path, host, "committed", "before")
    run = ended(tmp_path, n1="committed", x2="absent", x3="no agent", x4="committed", x5="absent")
    told = report.write(run, FOUND)
    assert not told.done and [host["host"] for host in told.bad] == ["x2", "x3"]
    assert "x2 received it, and runs another release" in told.why and "x3 has no agent" in told.why
    assert [host["host"] for host in told.others] == ["x5"]


def test_healthy_nodes_are_one_line(tmp_path):
    run = ended(tmp_path, **{f"n{number}": "committed" for number in range(500)}, x1="absent")
    told = report.write(run, FOUND)
    assert told.done and told.lines() == [
        "",
        "500 of 500 nodes run ocr-app 2 (serial 2); not asked for: 1 node, which run 1 (1)",
        f"report: build/deployments/{tmp_path.name}/report.md",
    ]
    assert len(told.lines(verbose=True)) == 504


def test_an_interrupted_run_is_not_done(tmp_path):
    run = ended(tmp_path, n1="committed")
    run.interrupted = True
    told = report.write(run, FOUND)
    assert not told.done and told.why == "interrupted"
    assert "no node was selected" in report.write(ended(tmp_path, x1="absent"), FOUND).why
