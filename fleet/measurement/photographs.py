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
from fleet.measurement.passes import PassesPart, pass_cases
from fleet.reports.photographs import page, text
from ocr_app.benchmark.side_by_side.seat import ReaderSeat
from ocr_app.benchmark.side_by_side.turns import TurnsSet, compare
from ocr_app.board import environment
from ocr_app.board.usage import snapshot, spent
from ocr_app.core.errors import OcrError, UsageError
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
    passes: bool = False


def main(
    request: TurnsRequest,
    out: Path | None = None,
    keep: Path | None = None,
    publish: bool = False,
    matrix: Path = MATRIX,
) -> None:
    """Compare, write the record, and print the tables.

    ``keep``: an earlier record, whose other readers are shown beside those that were measured now. ``publish`` writes
    docs/results/photographs.json and its page. Raises MatrixError if no reader can run, if no set is there, or if
    readers of two runs were to be published as one.
    """
    if publish and keep:
        raise MatrixError("readers of an earlier run beside those of this one", "one run", "leave out --keep")
    record = measure(load_toml(matrix), request)
    shown = with_kept(record, json.loads(keep.read_text())) if keep else record
    write_whole(out or OUT, as_text(shown))
    print(text(shown))
    if publish:
        write_whole(RESULTS / "photographs.json", as_text(record))
        write_whole(RESULTS / "photographs.md", page(record))


def as_text(record: dict[str, Any]) -> str:
    """The record as JSON, one image per line."""
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")).replace('{"id"', '\n{"id"') + "\n"


def with_kept(record: dict[str, Any], earlier: dict[str, Any]) -> dict[str, Any]:
    """The record with the readers of an earlier one that read the same sets and were not asked now."""
    same = [each for each in record["sets"] if each in earlier["sets"]]
    if len(same) < len(record["sets"]):
        raise MatrixError("the earlier record is of other sets", ", ".join(each["name"] for each in record["sets"]))
    names = [name for name in earlier["results"] if name not in record["results"]]
    readers = [entry for entry in earlier["readers"] if entry["reader"] in names]
    results = {name: earlier["results"][name] for name in names}
    passes = {name: earlier["passes"][name] for name in names if name in earlier["passes"]}
    return {
        **record,
        "kept": names,
        "readers": readers + record["readers"],
        "results": {**results, **record["results"]},
        "passes": {**passes, **record["passes"]},
    }


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
        passes = _passes(seats, sets, config) if request.passes else {}
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
        "passes": passes,
        "kept": [],
    }


def _passes(seats: Sequence[ReaderSeat], sets: Sequence[TurnsSet], config: dict[str, Any]) -> dict[str, Any]:
    """``{reader: {set: [frame]}}`` of photographs under the recipes of their kinds, for readers that decode."""
    kinds = config["passes"]["kinds"]
    found: dict[str, Any] = {}
    for seat in seats:
        for each in sets:
            if each.name not in config["side_by_side"]["photographs"]:
                continue
            try:
                cases = pass_cases(seat, each.dataset, kinds, PassesPart(each.name, ""))
            except UsageError:
                break  # it gives texts only
            found.setdefault(seat.name, {})[each.name] = cases
    return found


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
    log.info("%s", words)
