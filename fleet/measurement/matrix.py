"""The benchmark matrix: runs every cell in its own process, one after the other, and writes the report."""

from __future__ import annotations

import datetime
import hashlib
import logging
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fleet.core.errors import MatrixError
from fleet.core.files import ROOT
from fleet.core.toml import load_toml
from fleet.measurement.cells import Cell, cells
from fleet.measurement.reasons import cell_reason, no_record, reason_of, recorded_reasons
from fleet.reports.benchmark import write_report
from fleet.reports.identity import run_identity
from ocr_app.benchmark.record import load_run
from ocr_app.board import environment
from ocr_app.core.errors import OcrError
from ocr_app.datasets.loading import open_dataset

log = logging.getLogger(__name__)

MATRIX = Path(__file__).with_name("matrix.toml")
CELL_TIMEOUT_S = 3600
SETTINGS = ("preprocess", "crop", "warm_up", "repeat")
"""The settings of a run record that must be equal for a cell to be kept."""


@dataclass
class CellOutcome:
    """The outcome of a cell: a record, or the reason why there is none."""

    cell: Cell
    record: dict[str, Any] | None = None
    reason: str = ""
    kept: bool = field(default=False)


def main(
    quick: bool = False, only: list[str] | None = None, out: Path | None = None, matrix: Path = MATRIX
) -> list[CellOutcome]:
    """Run the matrix and write the report. Finished cells with the same inputs and code are kept.

    ``only`` selects readers by the beginning of their identities. Raises MatrixError if nothing is left, or if no cell
    could be run.
    """
    config = load_toml(matrix)
    chosen = cells(config, quick, only or [])
    make_missing(config, {cell.dataset for cell in chosen})
    folder = out or default_folder(quick)
    session = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    outcomes = list(run_all(chosen, folder, session))
    if not any(outcome.record for outcome in outcomes):
        reasons = "\n  ".join(f"{outcome.cell.identity}: {outcome.reason}" for outcome in outcomes)
        raise MatrixError(f"no cell could be run\n  {reasons}", "at least one reader", "./inv envs")
    if not quick and any(cell.identity == "codes" for cell in chosen):
        measure_networks(config["networks"], folder / "networks")
    write_report(folder, config, [(outcome.cell, outcome.record, outcome.reason) for outcome in outcomes])
    log.info("written: %s/report.html, report.md, summary.json", folder)
    return outcomes


def measure_networks(settings: dict[str, Any], folder: Path) -> None:
    """Measure our own networks: their speed in turns with others, their operations, and the effect of half precision.

    Missing data sets are left out; the files do not name them. Raises MatrixError if a command fails.
    """
    folder.mkdir(parents=True, exist_ok=True)
    there = [source for source in settings["datasets"] if (ROOT / source.partition(":")[0]).exists()]
    for name, words in settings["commands"].items():
        log.info("[networks] %s ...", " ".join(words))
        sets = there if name in settings["on_datasets"] else []
        command = [sys.executable, "-m", "ocr_app", *words, *sets, "--out", str(folder / f"{name}.json")]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode and name not in settings["findings_allowed"]:
            raise MatrixError(f"`{' '.join(words)}` failed: {reason_of(done.stderr, done.returncode)}")


def report(folder: Path, matrix: Path = MATRIX) -> list[CellOutcome]:
    """Write the report of a results folder again from its records. Nothing is measured.

    Raises MatrixError if the folder has no records.
    """
    config = load_toml(matrix)
    reasons = recorded_reasons(config, folder)
    outcomes = [_as_it_stands(cell, folder, reasons) for cell in cells(config, False, [])]
    if not any(outcome.record for outcome in outcomes):
        raise MatrixError(
            f"no records in {folder.name}/runs", "<data set>__<reader>__<variant>.json", "./inv benchmark"
        )
    write_report(folder, config, [(outcome.cell, outcome.record, outcome.reason) for outcome in outcomes])
    return outcomes


def make_missing(config: dict[str, Any], wanted: set[str]) -> None:
    """Make missing data sets among those named that are drawn from a seed.

    Raises MatrixError if a maker fails, or if an earlier failure left a part of the set.
    """
    for entry in config["datasets"]:
        folder = ROOT / entry["source"]
        if "made_by" not in entry or entry["name"] not in wanted or (folder / "manifest.json").is_file():
            continue
        if folder.exists():
            found = f"{entry['source']} is incomplete: it has no manifest.json"
            raise MatrixError(found, "", f"rm -r {entry['source']}")
        log.info("making %s ...", entry["name"])
        command = [sys.executable, "-m", *entry["made_by"], "--out", entry["source"]]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode:
            raise MatrixError(f"{entry['name']} cannot be made: {done.stderr.strip()}", "", "./inv fonts")


def _as_it_stands(cell: Cell, folder: Path, reasons: dict[tuple[str, str], str]) -> CellOutcome:
    """The cell's record or, without one, the reason in the folder's summary."""
    path = folder / "runs" / f"{cell.slug}.json"
    if path.is_file():
        return CellOutcome(cell, load_run(str(path)), kept=True)
    return CellOutcome(cell, reason=reasons.get((cell.identity, cell.dataset)) or no_record(cell))


def default_folder(quick: bool) -> Path:
    """docs/results/<date>-<machine>, or a folder in build/ for a quick run."""
    if quick:
        return ROOT / "build" / "benchmark-quick"
    return ROOT / "docs" / "results" / f"{datetime.date.today().isoformat()}-{machine_slug()}"


def machine_slug() -> str:
    """The machine's or processor's name, as the name of a folder."""
    name = environment.machine("/") or environment.cpu_name("/") or "unknown"
    plain = re.sub(r"\((r|tm)\)|processor|cpu", " ", name.lower())
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") + f"-{environment.usable_threads()}-threads"


def run_all(chosen: list[Cell], folder: Path, session: str) -> Iterator[CellOutcome]:
    """Run one cell after the other, and report each."""
    for number, cell in enumerate(chosen, 1):
        where = f"[{number}/{len(chosen)}] {cell.identity} on {cell.dataset}, {cell.variant}"
        log.info("%s ...", where)
        start = time.monotonic()
        outcome = run_cell(cell, folder / "runs" / f"{cell.slug}.json", session)
        seconds = time.monotonic() - start
        ended = "kept" if outcome.kept else f"{seconds:.0f} s" if outcome.record else f"not run: {outcome.reason}"
        log.info("%s: %s", where, ended)
        yield outcome


def run_cell(cell: Cell, out: Path, session: str) -> CellOutcome:
    """Keep a finished cell, or run it."""
    record = finished(cell, out)
    if record is not None:
        return CellOutcome(cell, record, kept=True)
    try:
        done = subprocess.run(
            cell.command(out, session), cwd=ROOT, capture_output=True, text=True, timeout=CELL_TIMEOUT_S, check=False
        )
    except subprocess.TimeoutExpired:
        return CellOutcome(cell, reason=f"took longer than {CELL_TIMEOUT_S} s")
    if done.returncode != 0:
        return CellOutcome(cell, reason=cell_reason(cell, done.stderr, done.returncode))
    return CellOutcome(cell, load_run(str(out)))


def finished(cell: Cell, out: Path) -> dict[str, Any] | None:
    """The cell's record if it was made from the same images, settings and code; otherwise None."""
    try:
        record = load_run(str(out))
        dataset = open_dataset(str(ROOT / cell.source), limit=cell.limit)
    except OcrError:
        return None
    settings, own = record["settings"], [getattr(cell, key) for key in SETTINGS]
    made_from = [record["dataset"]["sha256"], run_identity(record), record["reader"]["threads"]]
    made_from += [record["environment"]["app"]["sha256"], *[settings[key] for key in SETTINGS]]
    wanted = [dataset.sha256, cell.identity, cell.threads, environment.source_fingerprint(), *own]
    same = made_from == wanted and (record["settings"].get("recipe") or {}).get("sha256") == _sha256_of(cell.recipe)
    return record if same else None


def _sha256_of(recipe: str) -> str | None:
    path = ROOT / recipe
    return hashlib.sha256(path.read_bytes()).hexdigest() if recipe and path.is_file() else None
