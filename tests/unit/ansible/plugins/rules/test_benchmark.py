"""The plan that the role benchmark gives a board."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from rules import benchmark

from ocr_app.benchmark.campaign.plan import SCHEMA, load_plan
from tests.unit.ansible.answers import settings

CAMPAIGN = {
    "name": "2026-11-30",
    "folder": "2026-11-30-20261130060000",
    "parts": [{"name": "cnn", "kind": "cnn", "command": ["benchmark", "cnn"]}],
    "records": "/out/boards",
    "again": False,
}


def plan(**changed: Any) -> dict[str, Any]:
    given = settings("benchmark", benchmark_campaign=CAMPAIGN, inventory_hostname="nano-1", **changed)
    return benchmark.plan(given)


def test_folders_are_of_the_campaign_and_the_board() -> None:
    found = plan(benchmark_folder="/data")
    assert found["folder"] == "/data/2026-11-30-20261130060000"
    assert found["file"] == found["folder"] + "/plan.json"
    assert found["records"] == "/out/boards/nano-1"


def test_the_application_takes_the_plan(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(plan(benchmark_app="/opt/ocr-app")["plan"]))
    found = load_plan(str(path))
    assert benchmark.SCHEMA == SCHEMA
    assert (found.campaign, found.host, found.again) == ("2026-11-30", "nano-1", False)
    assert found.parts[0].command == ("/opt/ocr-app", "benchmark", "cnn")
    assert found.services[0] == "nano-ocr-agent.timer"  # first, or it would start the reading service again
    assert found.units == ("nano-ocr-switch.service",) and found.timeout_s == 7200.0


LOG = """Starting nano-ocr-benchmark.service - nano-ocr: benchmark of this board...
ocr-app benchmark campaign: line: batch 17 runs
  expected: a board that nothing else needs
  next: run the benchmark again later
nano-ocr-benchmark.service: Main process exited, code=exited, status=14/n/a
Failed to start nano-ocr-benchmark.service - nano-ocr: benchmark of this board.
"""


def said(log: str, code: int) -> str:
    return benchmark.said(settings("benchmark", {"log": log, "code": code}))


def test_the_applications_own_message_is_taken_from_the_log() -> None:
    expected = "line: batch 17 runs; expected: a board that nothing else needs; next: run the benchmark again later"
    assert said(LOG, 1) == f"ocr-app benchmark campaign: {expected}"


def test_a_benchmark_that_went_well_said_nothing_and_one_that_was_killed_has_its_last_line() -> None:
    assert said(LOG, 0) == ""
    assert said("run__codes ...\nnano-ocr-benchmark.service: Main process exited\n", 1) == "run__codes ..."
    assert said("first\nlast\n", 1) == "last"
    assert said("", 1) == "no message"
