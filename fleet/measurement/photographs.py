"""Real photographs and crops, read by several readers in turns; `./inv photographs`.

Readers that cannot run here are listed with the reason, as in the benchmark matrix.
"""

from __future__ import annotations

import datetime
import json
import logging
import os
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fleet.core.errors import MatrixError
from fleet.core.files import ROOT, write_whole
from fleet.core.toml import load_toml
from fleet.measurement.matrix import MATRIX
from fleet.reports.photographs import page, text
from ocr_app.benchmark.side_by_side.seat import ReaderSeat
from ocr_app.benchmark.side_by_side.turns import TurnsSet, compare
from ocr_app.board import environment
from ocr_app.board.usage import snapshot, spent
from ocr_app.core.errors import OcrError
from ocr_app.datasets.loading import open_dataset

log = logging.getLogger(__name__)

SCHEMA = "nano-ocr/photographs/1"
OUT = ROOT / "build" / "photographs.json"
RESULTS = ROOT / "docs" / "results"


@dataclass(frozen=True)
class TurnsRequest:
    """What is compared; None stands for what matrix.toml says. ``sets`` are names without "real-"."""

    readers: list[str] | None = None
    sets: list[str] | None = None
    limit: int | None = None
    repeat: int = 1
    threads: int | None = None


def main(request: TurnsRequest, out: Path | None = None, publish: bool = False, matrix: Path = MATRIX) -> None:
    """Compare, write the record, and print the tables.

    ``publish`` writes docs/results/photographs.json and its page. Raises MatrixError if no reader can run, or if no
    set is there.
    """
    config = load_toml(matrix)
    record = measure(config, request)
    content = json.dumps(record, ensure_ascii=False, indent=None, separators=(",", ":"))
    write_whole(out or OUT, content.replace('{"id"', '\n{"id"') + "\n")
    print(text(record))
    if publish:
        write_whole(RESULTS / "photographs.json", content.replace('{"id"', '\n{"id"') + "\n")
        write_whole(RESULTS / "photographs.md", page(record))


def measure(config: dict[str, Any], request: TurnsRequest) -> dict[str, Any]:
    """The record (schema ``nano-ocr/photographs/1``)."""
    settings = config["side_by_side"]
    threads = request.threads or settings["threads"]
    sets = chosen_sets(config, request)
    before = snapshot()
    with ExitStack() as stack:
        seats, not_run = seated(stack, request.readers or settings["readers"], threads)
        results = compare(seats, sets, request.repeat, _report)
        readers = [{"reader": seat.name, "engine": seat.info.engine, "peak_mb": seat.peak_mb} for seat in seats]
        load = spent(before, snapshot())
    return {
        "schema": SCHEMA,
        "created": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "threads": threads,
        "repeat": request.repeat,
        "reference": settings["reference"],
        "kinds": settings["kinds"],
        "photographs": [each.name for each in sets if each.name in settings["photographs"]],
        "sets": [_set_record(each) for each in sets],
        "readers": readers,
        "not_run": not_run,
        "load": load,
        "environment": environment.describe(),
        "results": results,
    }


def chosen_sets(config: dict[str, Any], request: TurnsRequest) -> list[TurnsSet]:
    """The sets that are asked for and here. Raises MatrixError for an unknown name, or without any."""
    settings = config["side_by_side"]
    known = settings["photographs"] + settings["crops"]
    wanted = [f"real-{name.removeprefix('real-')}" for name in request.sets] if request.sets else known
    unknown = sorted(set(wanted) - set(known))
    if unknown:
        raise MatrixError(f"no set called {', '.join(unknown)}", ", ".join(known))
    sources = {entry["name"]: str(ROOT / entry["source"]) for entry in config["datasets"]}
    there = [name for name in wanted if Path(sources[name].rpartition(":")[0] or sources[name]).exists()]
    if not there:
        raise MatrixError(f"none of the sets is here: {', '.join(wanted)}", "../shared/real")
    return [TurnsSet(name, open_dataset(os.path.relpath(sources[name]), limit=request.limit)) for name in there]


def seated(stack: ExitStack, names: Sequence[str], threads: int) -> tuple[list[ReaderSeat], list[dict[str, str]]]:
    """The readers that can run, open, and the others with the reason. Raises MatrixError if none can."""
    seats, not_run = [], []
    for name in names:
        try:
            seats.append(stack.enter_context(ReaderSeat(name, threads)))
        except OcrError as error:
            not_run.append({"reader": name, "reason": error.found.splitlines()[0].replace(f"{ROOT}/", "")})
            log.warning("%s: not run: %s", name, error.found)
    if not seats:
        raise MatrixError("no reader can run", ", ".join(names), "./inv envs")
    return seats, not_run


def _set_record(each: TurnsSet) -> dict[str, Any]:
    return {"name": each.name, "images": len(each.dataset.samples), "sha256": each.dataset.sha256}


def _report(words: str) -> None:
    log.debug("%s", words)
