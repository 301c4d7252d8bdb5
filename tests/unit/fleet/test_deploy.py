"""Deployments without a network: what a status means, the stop rule, the report, what nodes are sent."""

import json
import os

import pytest

from fleet import deploy, deploy_nodes, deploy_report, fleet_report
from fleet.deploy_nodes import gate, note, notes, verdict
from node_agent.release import manifest

NEW, OLD = {"id": "n" * 64, "version": "2"}, {"id": "o" * 64, "version": "1"}
READY = {"ready": True, "degraded": [], "state": "reading"}
FAILURE = {"probe": "ready", "phase": "gating", "found": "not ready after 13 s", "by": "me", "log": ["one", "two"]}


def status(phase="idle", current=OLD, candidate=None, running=None, failure=None, health=None):
    return {
        "phase": phase, "current": current, "candidate": candidate, "previous": None, "failure": failure or {},
        "running": running or (current or {}).get("id"), "health": health or READY, "locks": [], "group": None,
        "must_run": (current or {}).get("id"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("given", "stands"),
    [
        (status(), "absent"),
        (status(current=None), "absent"),
        (status("staged", candidate=NEW), "staged"),
        (status("gating", candidate=NEW), "under way"),
        (status("gating", candidate=OLD), "other"),
        (status("proven", candidate=NEW), "proven"),
        (status("parked", candidate=NEW), "proven"),
        (status(current=NEW), "committed"),
        (status(current=NEW, running="x"), "under way"),
        (status(current=NEW, health={**READY, "ready": False}), "under way"),
        (status(failure=FAILURE), "rolled back"),
        (status(failure={**FAILURE, "phase": "staging"}), "refused"),
    ],
)
def test_what_a_status_means_for_a_deployment(given, stands):
    assert verdict(given, NEW["id"]) == stands


def test_the_next_batch_waits_for_every_canary_and_for_fewer_failures(tmp_path):
    note(tmp_path, "c1", "lost")
    assert gate(notes(tmp_path), ["n1"], ["c1", "c2"], 5) == "canary c1 was begun, and no answer came since"
    assert gate(notes(tmp_path), ["c1"], ["c1"], 0) == ""
    note(tmp_path, "c1", "committed")
    assert "canary c2 never saw the release" in gate(notes(tmp_path), ["n1"], ["c1", "c2"], 5)
    for host, outcome in (("n1", "rolled back"), ("n2", "committed"), ("n3", "not begun"), ("n4", "locked")):
        note(tmp_path, host, outcome)
    assert gate(notes(tmp_path), ["n5"], ["c1"], 0) == "1 of at most 0 failures: n1"
    assert gate(notes(tmp_path), ["n5"], ["c1"], 1) == ""
    with pytest.raises(ValueError, match="no outcome called"):
        note(tmp_path, "n1", "perhaps")


def test_the_report_says_who_what_which_probe_and_the_last_lines(tmp_path):
    note(tmp_path, "n1", "rolled back", failure=FAILURE, why="")
    note(tmp_path, "n2", "stopped", why="canary n1 tried it")
    (tmp_path / "settings.json").write_text('{"deploy_by": "me@here"}')
    found = manifest.ReleaseManifest("n" * 64, "ocr-app", "2", 2, 0, "", "", "", "", 0, [], [], [], None, [])
    told = deploy_report.write(tmp_path, found, 2)
    assert not told.done and told.why == (
        "n1 tried it, and went back by itself (ready in gating: not ready after 13 s); 1 nodes not begun"
    )
    page = (tmp_path / "report.md").read_text()
    for words in (
        "by me@here",
        "- probe: ready",
        "- phase: gating",
        "one\ntwo",
        "| n2 | stopped | canary n1 tried it |",
    ):
        assert words in page, page
    assert json.loads((tmp_path / "report.json").read_text())["hosts"][0]["failure"]["by"] == "me"
    note(tmp_path, "n1", "committed")
    note(tmp_path, "n2", "committed")
    assert deploy_report.write(tmp_path, found, 0).done
    assert "interrupted" in deploy_report.write(tmp_path, found, 130).why


def test_every_outcome_is_explained():
    page = (deploy.ROOT / "docs" / "how-to" / "deploy.md").read_text()
    shown = [name for name in deploy_nodes.OUTCOMES if name != "proven"]
    assert [name for name in shown if f"`{name}`" not in page] == []


def test_a_rollback_wants_hosts_and_a_reason(tmp_path):
    with pytest.raises(deploy.DeployProblem, match="--reason is missing"):
        deploy.roll_back("", deploy.Wish(limit="n1"), tmp_path)
    with pytest.raises(deploy.DeployProblem, match="no hosts named"):
        deploy.roll_back("a reason", deploy.Wish(), tmp_path)


def test_the_token_is_kept_and_is_nobody_elses(tmp_path, monkeypatch):
    monkeypatch.setattr(deploy, "cut", lambda path, found, target: target.write_text("slim"))
    bounds = manifest.GateLimits(1, 2, 3, 4, 1, 5, 0)
    found = manifest.ReleaseManifest("n" * 64, "ocr-app", "2/x", 2, 0, "", "", "", "", 0, [], [], [], bounds, [])
    folder = deploy.prepare(tmp_path / "bundle", found, deploy.Wish(together="line_a"), tmp_path)
    assert folder.name == "2_x-" + "n" * 12 and os.stat(folder / "token").st_mode & 0o777 == 0o600
    first = json.loads((folder / "settings.json").read_text())
    deploy.prepare(tmp_path / "bundle", found, deploy.Wish(together="line_a"), tmp_path)
    again = json.loads((folder / "settings.json").read_text())
    assert first == again and first["deploy_batch"] == ["10%", "25%"] and first["deploy_patience_s"] == 613
    assert (folder / "token").read_text() not in json.dumps(first)


def node(**more):
    given = {"status": status(), "archives": {"current": "sound"}, "failure": {}}
    return {"host": "n1", "answer": {**given, **more}, "why": "", "engines": ["codes-fp16-abc.engine"]}


def test_the_fleet_report_names_what_is_wrong():
    assert fleet_report.row(node(), {"n1": []}) == (
        "n1", "1", "none", "yes", "ready", "none", "codes-fp16-abc.engine", "-",
    )  # fmt: skip
    broken = node(
        status={**status(health={**READY, "degraded": ["gpu_missing"]}), "running": None},
        archives={"previous": "image.tar has sha256 x"},
        failure=FAILURE,
    )
    assert fleet_report.row(broken, {"n1": ["swap.file"]})[3:6] == (
        "NOTHING runs", "degraded: gpu_missing", "archive of previous, swap.file",
    )  # fmt: skip
    assert fleet_report.row(broken, None)[-1] == "ready in gating: not ready after 13 s"
    silent = {"host": "n9", "answer": {}, "why": "no connection", "engines": []}
    assert fleet_report.row(silent, None)[1] == "no answer" and fleet_report.row(silent, None)[-1] == "no connection"
    assert fleet_report.summary([node(), silent]) == ["1 x 1", "1 x no answer"]
