"""What the status of a node means for a deployment."""

import pytest

from fleet.core.files import ROOT
from fleet.rollout.hosts import FAILED, GOOD, OUTCOMES, ended_by, format_failure, verdict
from tests.unit.fleet.rollout.statuses import FAILURE, NEW, OLD, READY, status


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
        (status(failure={**FAILURE, "phase": "idle"}), "rolled back"),  # told to go back after the commit
        (status(failure={**FAILURE, "release": NEW["id"]}), "rolled back"),
        (status(failure={**FAILURE, "release": "another"}), "absent"),
    ],
)
def test_what_a_status_means_for_a_deployment(given, stands):
    assert verdict(given, NEW["id"]) == stands


def test_a_failure_of_another_release_says_nothing():
    assert ended_by({"phase": "gating", "release": "a"}, "b") == "absent"
    assert format_failure(FAILURE) == "ready in gating: not ready after 13 s" and format_failure({}) == ""


def test_every_outcome_is_explained():
    page = (ROOT / "docs" / "how-to" / "deploy.md").read_text()
    assert [name for name in OUTCOMES if f"`{name}`" not in page] == []
    assert not set(GOOD) & set(FAILED) and {*GOOD, *FAILED} < set(OUTCOMES)
