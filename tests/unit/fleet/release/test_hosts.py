"""What the status of a node means for a deployment, and the stop rule."""

import pytest

from fleet.release import (
    deployment as deploy,
)
from fleet.release import (
    hosts as deploy_nodes,
)
from fleet.release.hosts import gate, note, notes, verdict
from tests.unit.fleet.release.statuses import FAILURE, NEW, OLD, READY, status


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
    assert gate(notes(tmp_path), ["n1"], ["c1", "c2"], 5) == "canary c1 has not answered since its deployment began"
    assert gate(notes(tmp_path), ["c1"], ["c1"], 0) == ""
    note(tmp_path, "c1", "committed")
    assert "canary c2 never received the release" in gate(notes(tmp_path), ["n1"], ["c1", "c2"], 5)
    for host, outcome in (("n1", "rolled back"), ("n2", "committed"), ("n3", "not begun"), ("n4", "locked")):
        note(tmp_path, host, outcome)
    assert gate(notes(tmp_path), ["n5"], ["c1"], 0) == "1 of at most 0 failures: n1"
    assert gate(notes(tmp_path), ["n5"], ["c1"], 1) == ""
    with pytest.raises(ValueError, match="no outcome called"):
        note(tmp_path, "n1", "perhaps")


def test_every_outcome_is_explained():
    page = (deploy.ROOT / "docs" / "how-to" / "deploy.md").read_text()
    shown = [name for name in deploy_nodes.OUTCOMES if name != "proven"]
    assert [name for name in shown if f"`{name}`" not in page] == []
