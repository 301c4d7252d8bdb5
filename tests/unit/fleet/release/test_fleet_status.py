"""The table of `./inv fleet report`."""

from fleet.release import (
    fleet_status as fleet_report,
)
from tests.unit.fleet.rollout.statuses import FAILURE, READY, status


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


def test_only_what_needs_attention_is_listed():
    good = fleet_report.row(node(), {"n1": []})
    same = [(f"n{number}", *good[1:]) for number in range(500)]
    other = ("n501", "2", *good[2:])
    broken = ("n502", *good[1:3], "NOTHING runs", *good[4:])
    silent = fleet_report.row({"host": "n9", "answer": {}, "why": "no connection", "engines": []}, None)
    assert fleet_report.attention([*same, other, broken, silent]) == [other, broken, silent]
    assert fleet_report.attention([]) == []
