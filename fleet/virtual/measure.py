"""`./inv fleet measure`: how long the first and the second run of provision.yml take on virtual Nanos."""

from __future__ import annotations

import datetime
import json
import logging
import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fleet.core import pages
from fleet.core.errors import VirtualFleetError
from fleet.core.files import ROOT
from fleet.core.pages import markdown_table, write_record
from fleet.plays import playbooks
from fleet.virtual import lifecycle
from fleet.virtual.settings import Fleet
from ocr_app.board import environment

log = logging.getLogger(__name__)

Say = Callable[[str], None]
RESULTS = ROOT / "docs" / "results"
NODES = (1, 4)
RUNS = ("first", "second")
SLOWEST = 5


def main(say: Say = log.info, folder: Path = RESULTS) -> None:
    """Measure two runs on a blank fleet of each size, and write provision.json and .md. Raises VirtualFleetError."""
    runs = []
    for count in NODES:
        fleet = Fleet("measure")
        lifecycle.up(fleet, count, recreate=True, say=say)
        runs += [timed(fleet, count, name, say) for name in RUNS]
        lifecycle.down(fleet, say)
    machine = environment.describe()
    record = {
        "date": datetime.date.today().isoformat(),
        "machine": {key: machine[key] for key in ("machine", "cpu", "threads", "system", "arch")},
        "runs": runs,
    }
    write_record(folder, "provision", record, page(record))
    say(f"written: {folder.name}/provision.md")


def timed(fleet: Fleet, nodes: int, name: str, say: Say) -> dict[str, Any]:
    """One run of provision.yml: seconds, the machine's load before it, the number of changes, the slowest roles."""
    load = os.getloadavg()[0]
    start = time.monotonic()
    code = play(fleet)
    seconds = time.monotonic() - start
    if code:
        raise VirtualFleetError(f"provision.yml ended with exit code {code}", "0", f"read {fleet.folder}/provision.log")
    report = json.loads((fleet.folder / "provision.json").read_text())
    changed = sum(row["changed"] for row in report["roles"])
    say(f"{nodes} nodes, {name} run: {seconds:.1f} s, {changed} changed")
    return {
        "nodes": nodes,
        "run": name,
        "seconds": round(seconds, 1),
        "load_before": round(load, 2),
        "changed": changed,
        "slowest": slowest(report["roles"], nodes),
    }


def play(fleet: Fleet) -> int:
    """Run provision.yml on all nodes with its log and report in the fleet's folder; returns the exit code."""
    tools = playbooks.tools(say=lambda _: None)
    command = playbooks.command("provision", str(fleet.inventory))
    environ = {**os.environ, "PATH": f"{tools}{os.pathsep}{os.environ.get('PATH', '')}"}
    environ["NANO_OCR_REPORTS"] = str(fleet.folder)
    with (fleet.folder / "provision.log").open("w") as log:
        done = subprocess.run(command, cwd=playbooks.FOLDER, env=environ, stdout=log, stderr=log, check=False)
    return done.returncode


def slowest(roles: list[dict[str, Any]], nodes: int) -> dict[str, float]:
    """Role -> mean seconds per node, for the slowest roles."""
    total: dict[str, float] = {}
    for row in roles:
        total[row["role"]] = total.get(row["role"], 0.0) + row["seconds"]
    first = sorted(total, key=lambda role: -total[role])[:SLOWEST]
    return {role: round(total[role] / nodes, 1) for role in first}


def page(record: dict[str, Any]) -> str:
    """The text of provision.md. Every number in it is from ``record``."""
    rows = [
        (
            str(run["nodes"]),
            run["run"],
            f"{run['seconds']:.1f}",
            str(run["changed"]),
            ", ".join(f"{role} {seconds:.1f}" for role, seconds in run["slowest"].items()),
            f"{run['load_before']:.2f}",
        )
        for run in record["runs"]
    ]
    head = ("nodes", "run", "seconds", "changed", "slowest roles, seconds per node", "load before")
    threads = record["machine"]["threads"]
    return "\n\n".join(
        (
            "# Duration of provisioning",
            f"Measured by `./inv fleet measure` on {record['date']} ({pages.format_machine(record['machine'])}, "
            f"{threads} threads); do not edit.",
            "The wall-clock time of the whole `provision.yml` on blank [virtual Nanos](../how-to/virtual-fleet.md), "
            "and then on the same nodes again, in batches of one node (the default for so few). Packages come from a "
            "repository on the same machine, and wheels are for its processor, so these numbers do not include the "
            "time that a board, its SD card and its network need.",
            markdown_table(head, rows),
            "Load before is the machine's load average over the minute before the run. It includes other work on the "
            "machine, such as the start of the nodes and the previous run.",
        )
    ) + "\n"  # fmt: skip
