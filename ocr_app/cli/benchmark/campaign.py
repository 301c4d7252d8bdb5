"""``ocr-app benchmark campaign``: arguments, and what is printed."""

import argparse
import json
import sys
from typing import Any, Dict

from ocr_app.benchmark.campaign import board
from ocr_app.benchmark.campaign.plan import load_plan
from ocr_app.core.tables import table

HELP = "this board's part of a benchmark of a fleet (./inv benchmark --limit HOSTS runs it)"
INCOMPLETE = 3
"""Exit code when a part failed; a part that cannot be measured on this board is no failure."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``benchmark campaign``."""
    parser.add_argument("plan", metavar="PLAN.json", help="what is measured, and what is stopped meanwhile")
    parser.add_argument("--out", required=True, metavar="FOLDER", help="for the records; finished parts are kept")
    parser.add_argument(
        "--restart", action="store_true", help="only start what a killed benchmark has left stopped (systemd runs it)"
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")


def run(arguments: argparse.Namespace) -> int:
    """Returns 0, or 3 when a part failed. Raises UsageError for the plan, ServiceError for a board in use."""
    plan = load_plan(arguments.plan)
    if arguments.restart:
        board.restart(arguments.out, plan.locks, _report)
        return 0
    record = board.measure(plan, arguments.out, _report)
    print(json.dumps(record, ensure_ascii=False, indent=1) if arguments.json else format_record(record))
    return INCOMPLETE if any(part["status"] == board.FAILED for part in record["parts"]) else 0


def _report(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # systemd keeps it


def format_record(record: Dict[str, Any]) -> str:
    """One row for each part."""
    rows = [
        [part["name"], "kept" if part["kept"] else part["status"], str(round(part["seconds"])), part["found"] or ""]
        for part in record["parts"]
    ]
    return table(("part", "", "seconds", "why not"), rows)
