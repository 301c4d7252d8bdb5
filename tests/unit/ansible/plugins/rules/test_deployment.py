"""How the end of a deployment is recorded."""

from __future__ import annotations

import pytest
from rules import deployment

from fleet.rollout.hosts import OUTCOMES


@pytest.mark.parametrize(
    "verdict, group, outcome",
    [
        ("committed", "", "committed"),
        ("committed", "line_a", "committed"),
        ("proven", "", "committed"),
        ("proven", "line_a", "proven"),
        ("rolled back", "", "rolled back"),
        ("refused", "", "refused"),
        ("absent", "", "failed"),
        ("not switched", "", "failed"),
        ("other", "", "failed"),
    ],
)
def test_what_a_verdict_means(verdict: str, group: str, outcome: str) -> None:
    assert deployment.ended(verdict, group) == outcome and outcome in OUTCOMES


@pytest.mark.parametrize(
    "result, outcome",
    [({"rc": 41}, "refused"), ({"rc": 42}, "locked"), ({"rc": 47}, "failed"), ({}, "failed"), ({"rc": None}, "failed")],
)
def test_what_an_exit_code_of_the_agent_means(result: dict[str, int], outcome: str) -> None:
    record = deployment.failed(result)
    assert record == {"outcome": outcome, "why": "failed without a message", "failure": {}, "status": {}}


def test_a_task_that_knows_its_outcome_has_the_last_word() -> None:
    record = deployment.failed({"outcome": "lost", "rc": 41, "msg": "gone", "status": {"phase": "idle"}})
    assert record == {"outcome": "lost", "why": "gone", "failure": {}, "status": {"phase": "idle"}}


def test_a_group_commits_only_when_all_have_proved_it() -> None:
    votes = {"a": {"verdict": "proven"}, "b": {"verdict": "committed"}, "c": {"verdict": "staged"}, "d": {}}
    assert deployment.unproven(votes) == ["c", "d"]


def test_empty_options_are_left_out() -> None:
    options = {"deployment": "d1", "group": "", "downgrade": None, "limit": 3}
    assert deployment.words(options) == ["--deployment", "d1", "--limit", "3"]
