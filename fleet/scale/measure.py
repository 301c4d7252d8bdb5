"""`./inv fleet measure`: what plays cost the control machine on 1, 4, 16 virtual boards, and an estimate for 500."""

from __future__ import annotations

import datetime
import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from fleet.core.errors import FleetScaleError
from fleet.core.files import ROOT
from fleet.core.pages import write_record
from fleet.scale import page
from fleet.scale.runs import MeasuredFleet
from fleet.virtual import lifecycle
from fleet.virtual.settings import Fleet
from ocr_app.board import environment

log = logging.getLogger(__name__)

Say = Callable[[str], None]
RESULTS = ROOT / "docs" / "results"
SIZES = (1, 4, 16)
ALONE = ("-e", "fleet_survey=false")
"""Every role looks for itself, as before decision 81."""
STRATEGIES = ("linear", "free", "host_pinned")
FORKS = (5, 10, 20, 50)
ESTIMATED = 500


def main(
    sizes: Sequence[int] = SIZES,
    resume: bool = False,
    note: str = "",
    say: Say = log.info,
    folder: Path = RESULTS,
    name: str = "measure",
) -> None:
    """Measure blank fleets of growing size, and write provision.json and .md. Raises FleetScaleError.

    ``resume``: go on with the boards and the runs of a measurement that was cut off. ``note``: a sentence for the page,
    such as what else the machine did.
    """
    if len(set(sizes)) < 2 or list(sizes) != sorted(sizes):
        raise FleetScaleError(f"sizes {list(sizes)}", "two or more, in growing order", "./inv fleet measure")
    fleet = Fleet(name)
    if not resume:
        lifecycle.up(fleet, sizes[0], recreate=True, say=say)
    measured = MeasuredFleet(fleet, say, resume)
    runs: list[dict[str, Any]] = []
    for before, count in zip((0, *sizes), sizes, strict=False):
        lifecycle.up(fleet, count, say=say)
        runs += _of_size(measured, before, count)
    choices = _choices(measured, sizes[-1])
    lifecycle.down(fleet, say)
    machine = environment.describe()
    record = {
        "date": datetime.date.today().isoformat(),
        "machine": {key: machine[key] for key in ("machine", "cpu", "threads", "system", "arch")},
        "profile": "lean",
        "estimated": ESTIMATED,
        "note": note,
        "runs": runs,
        "choices": choices,
    }
    write_record(folder, "provision", record, page.text(record))
    say(f"written: {folder.name}/provision.md")


def _of_size(measured: MeasuredFleet, before: int, count: int) -> list[dict[str, Any]]:
    """All commands on ``count`` boards, of which those after ``before`` are blank."""
    fresh = ",".join(measured.fleet.host(number) for number in range(before + 1, count + 1))
    found = [
        measured.play(page.FIRST, "provision", count - before, "--limit", fresh),
        measured.play(page.AGAIN, "provision", count),
        measured.play(page.AGAIN_BY_ROLES, "provision", count, *ALONE),
        measured.play(page.VERIFY, "verify", count),
        measured.play(page.VERIFY_BY_ROLES, "verify", count, *ALONE),
        measured.deploy(page.DEPLOY, count),
        measured.report(page.REPORT, count),
    ]
    if changed := sum(run.get("changed", 0) for run in found[1:]):
        raise FleetScaleError(f"runs after the first changed {changed}", "0", f"read {measured.folder}/provision.json")
    return found


def _choices(measured: MeasuredFleet, count: int) -> list[dict[str, Any]]:
    """The second run under each strategy and number of forks, on all boards."""
    pairs = dict.fromkeys([*((name, FORKS[2]) for name in STRATEGIES), *((STRATEGIES[0], number) for number in FORKS)])
    found: list[dict[str, Any]] = []
    for strategy, forks in pairs:
        environ = {"ANSIBLE_STRATEGY": strategy, "ANSIBLE_FORKS": str(forks)}
        run = measured.play(f"{page.AGAIN}, {strategy}, {forks} forks", "provision", count, environ=environ)
        found.append({"strategy": strategy, "forks": forks, **run})
    return found
