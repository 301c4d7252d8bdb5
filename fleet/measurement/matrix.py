"""The benchmark matrix: runs every cell in its own process, one after the other, and writes the report."""

from __future__ import annotations

import datetime
import hashlib
import json
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
from fleet.reports.benchmark import write_report
from ocr_app.benchmark import environment
from ocr_app.benchmark.datasets import open_dataset
from ocr_app.benchmark.record import load_run
from ocr_app.errors import OcrError

log = logging.getLogger(__name__)

MATRIX = Path(__file__).with_name("matrix.toml")
CELL_TIMEOUT_S = 3600
SETTINGS = ("preprocess", "crop", "warm_up", "repeat")
"""The settings of a run record that must be equal for a cell to be kept."""
_CROP_WORDS = {"none": "whole frame"}


@dataclass(frozen=True)
class Cell:
    """One reader on one data set. ``source`` is the argument of ``ocr-app benchmark``."""

    reader: str
    dataset: str
    source: str
    preprocess: str = "raw"
    texts: bool = True
    limit: int | None = None
    threads: int = 2
    warm_up: int = 30
    repeat: int = 1
    crop: str = "box"
    recipe: str = ""

    @property
    def variant(self) -> str:
        """The pre-processing, the crop unless it is the usual one, and whether there is a recipe."""
        crop = "" if self.crop == "box" else f", {_CROP_WORDS.get(self.crop, self.crop)}"
        return self.preprocess + crop + (", recipe" if self.recipe else "")

    @property
    def slug(self) -> str:
        """Name of the cell's run file, without extension."""
        return "__".join(re.sub(r"[^a-z0-9.]+", "-", part) for part in (self.dataset, self.reader, self.variant))

    def command(self, out: Path, session: str) -> list[str]:
        """The command that runs this cell."""
        words = [sys.executable, "-m", "ocr_app", "benchmark", self.source, "--reader", self.reader]
        words += ["--preprocess", self.preprocess, "--threads", str(self.threads), "--warm-up", str(self.warm_up)]
        words += ["--crop", self.crop, "--repeat", str(self.repeat), "--session", session, "--out", str(out), "--json"]
        words += [] if self.limit is None else ["--limit", str(self.limit)]
        words += ["--recipe", self.recipe] if self.recipe else []
        return words if self.texts else [*words, "--no-texts"]


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

    ``only`` selects readers by the beginning of their names. Raises MatrixError if nothing is left, or if no cell could
    be run.
    """
    config = load_toml(matrix)
    chosen = cells(config, quick, only or [])
    make_missing(config, chosen)
    folder = out or default_folder(quick)
    session = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    outcomes = list(run_all(chosen, folder, session))
    if not any(outcome.record for outcome in outcomes):
        reasons = "\n  ".join(f"{outcome.cell.reader}: {outcome.reason}" for outcome in outcomes)
        raise MatrixError(f"no cell could be run\n  {reasons}", "at least one reader", "./inv envs")
    if not quick and any(cell.reader == "codes" for cell in chosen):
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
    reasons = _reasons(config, folder)
    outcomes = [_as_it_stands(cell, folder, reasons) for cell in cells(config, False, [])]
    if not any(outcome.record for outcome in outcomes):
        raise MatrixError(
            f"no records in {folder.name}/runs", "<data set>__<reader>__<variant>.json", "./inv benchmark"
        )
    write_report(folder, config, [(outcome.cell, outcome.record, outcome.reason) for outcome in outcomes])
    return outcomes


def make_missing(config: dict[str, Any], chosen: list[Cell]) -> None:
    """Make missing data sets that are drawn from a seed.

    Raises MatrixError if a maker fails, or if an earlier failure left a part of the set.
    """
    wanted = {cell.dataset for cell in chosen}
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
    return CellOutcome(cell, reason=reasons.get((cell.reader, cell.dataset), "there is no record of it"))


def _reasons(config: dict[str, Any], folder: Path) -> dict[tuple[str, str], str]:
    names = {entry["label"]: entry["name"] for entry in config["readers"]}
    path = folder / "summary.json"
    rows = json.loads(path.read_text())["not_run"] if path.is_file() else []
    return {(names.get(row["reader"], row["reader"]), row["dataset"]): row["reason"] for row in rows}


def cells(config: dict[str, Any], quick: bool, only: list[str]) -> list[Cell]:
    """All cells of the matrix, data set by data set, so that readers are measured close together in time."""
    amounts = {key: config[key] for key in ("threads", "warm_up", "repeat")}
    small = config["quick"] if quick else {}
    amounts.update({key: small[key] for key in ("limit", "warm_up") if key in small})
    readers = _readers(config, small, only)
    everywhere = [entry for entry in config["datasets"] if not entry.get("extra_only")]
    datasets = [entry for entry in everywhere if entry["name"] in small.get("datasets", [entry["name"]])]
    found = [_cell(reader, entry, "raw", amounts) for entry in datasets for reader in readers]
    return found if quick else found + list(_extras(config, readers, amounts))


def _readers(config: dict[str, Any], small: dict[str, Any], only: list[str]) -> list[str]:
    names = [entry["name"] for entry in config["readers"]]
    chosen = [name for name in names if not only or name.startswith(tuple(only))]
    if not chosen:
        raise MatrixError(f"no reader starts with {', '.join(only)}", ", ".join(names), "./inv benchmark --only NAME")
    return [name for name in chosen if only or name in small.get("readers", [name])]


def _extras(config: dict[str, Any], readers: list[str], amounts: dict[str, Any]) -> Iterator[Cell]:
    datasets = {entry["name"]: entry for entry in config["datasets"]}
    for extra in config.get("extra", []):
        for reader in (name for name in extra["readers"] if name in readers):
            for preprocess in extra["preprocess"]:
                asked = {"crop": extra.get("crop", "box"), "recipe": extra.get("recipe", "")}
                yield _cell(reader, datasets[extra["dataset"]], preprocess, {**amounts, **asked})


def _cell(reader: str, dataset: dict[str, Any], preprocess: str, amounts: dict[str, Any]) -> Cell:
    texts = dataset.get("texts", True)
    return Cell(reader, dataset["name"], dataset["source"], preprocess, texts, **amounts)


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
        where = f"[{number}/{len(chosen)}] {cell.reader} on {cell.dataset}, {cell.variant}"
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
        return CellOutcome(cell, reason=reason_of(done.stderr, done.returncode))
    return CellOutcome(cell, load_run(str(out)))


def reason_of(stderr: str, code: int) -> str:
    """The error message on one line."""
    lines = [line.strip() for line in stderr.strip().splitlines() if line.strip()]
    starts = [number for number, line in enumerate(lines) if line.startswith("ocr-app benchmark:")]
    words = "; ".join(lines[starts[-1] :] if starts else lines[-1:])
    return words.removeprefix("ocr-app benchmark: ") or f"exit code {code}"


def finished(cell: Cell, out: Path) -> dict[str, Any] | None:
    """The cell's record if it was made from the same images, settings and code; otherwise None."""
    try:
        record = load_run(str(out))
        dataset = open_dataset(str(ROOT / cell.source), limit=cell.limit)
    except OcrError:
        return None
    settings, own = record["settings"], [getattr(cell, key) for key in SETTINGS]
    made_from = [record["dataset"]["sha256"], record["reader"]["asked"], record["reader"]["threads"]]
    made_from += [record["environment"]["app"]["sha256"], *[settings[key] for key in SETTINGS]]
    wanted = [dataset.sha256, cell.reader, cell.threads, environment.source_fingerprint(), *own]
    same = made_from == wanted and (record["settings"].get("recipe") or {}).get("sha256") == _sha256_of(cell.recipe)
    return record if same else None


def _sha256_of(recipe: str) -> str | None:
    path = ROOT / recipe
    return hashlib.sha256(path.read_bytes()).hexdigest() if recipe and path.is_file() else None
