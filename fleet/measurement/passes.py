"""What passes under a recipe, right or wrong, on every set; `./inv passes`.

Writes docs/models/passes.json, the tables of passes.md, and the rejection curves of passes.svg; or, for a part of it, a
record of the same form somewhere else.
"""

from __future__ import annotations

import datetime
import json
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fleet.core.errors import MatrixError
from fleet.core.files import ROOT, write_whole
from fleet.core.toml import load_toml
from fleet.measurement.matrix import MATRIX, make_missing
from fleet.reports import passes as report
from ocr_app import recipes
from ocr_app.benchmark.side_by_side.passes import Asked, case_of
from ocr_app.benchmark.side_by_side.seat import ReaderSeat
from ocr_app.benchmark.side_by_side.totals import prefix_of
from ocr_app.board import environment
from ocr_app.datasets.loading import open_dataset
from ocr_app.datasets.sample import Dataset
from ocr_app.recipes.language.recipe import Tolerances

log = logging.getLogger(__name__)

SCHEMA = "nano-ocr/passes/1"
OUT = ROOT / "build" / "passes.json"
CARD = ROOT / "docs" / "models"


@dataclass(frozen=True)
class PassesRequest:
    """What is measured; None stands for what matrix.toml says. ``sets``: beginnings of the names of parts."""

    reader: str | None = None
    sets: list[str] | None = None
    limit: int | None = None
    threads: int | None = None


@dataclass(frozen=True)
class PassesPart:
    """A set under its recipe, or under the recipe of each kind of print, upright or turned."""

    dataset: str
    recipe: str
    crop: str = "none"
    degrees: float = 0.0

    @property
    def name(self) -> str:
        """The set, the part of the frame, and how far it is turned."""
        inside = " in the box" if self.crop == "box" else ""
        return self.dataset + inside + (f" turned by {self.degrees:g}" if self.degrees else "")


def main(
    request: PassesRequest,
    out: Path | None = None,
    keep: Sequence[Path] = (),
    publish: bool = False,
    matrix: Path = MATRIX,
) -> None:
    """Measure, write the record, and print the table.

    ``keep``: earlier records of the same reader and code, whose other parts belong to this one, so that a long
    measurement can be made part by part. ``publish`` writes the card.
    """
    config = load_toml(matrix)
    record = measure(config, request)
    for path in keep:
        record = with_kept(record, json.loads(path.read_text()), [part.name for part in parts(config, None)])
    write_whole(out or OUT, _as_text(record))
    print(report.text(record))
    if publish:
        write_whole(CARD / "passes.json", _as_text(record))
        report.publish(record, CARD)


def _as_text(record: dict[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")).replace('{"id"', '\n{"id"') + "\n"


def measure(config: dict[str, Any], request: PassesRequest) -> dict[str, Any]:
    """The record (schema ``nano-ocr/passes/1``). Raises MatrixError if nothing is left, and the reader's errors."""
    settings, reader = config["passes"], request.reader or config["passes"]["reader"]
    chosen = list(parts(config, request.sets))
    make_missing(config, {part.dataset for part in chosen})
    found, missing = [], []
    with ReaderSeat(reader, request.threads or settings["threads"]) as seat:
        for part in chosen:
            source = _source(config, part.dataset)
            if not Path(source.rpartition(":")[0] or source).exists():
                missing.append(part.name)
                continue
            log.info("%s ...", part.name)
            found.append(_measured(seat, part, source, settings["kinds"], request.limit))
        engine, peak = seat.info.engine, seat.peak_mb
    return {
        "schema": SCHEMA,
        "created": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "reader": reader,
        "engine": engine,
        "peak_mb": peak,
        "default_gap": Tolerances().gap,
        "missing": missing,
        "environment": environment.describe(),
        "parts": found,
    }


def with_kept(record: dict[str, Any], earlier: dict[str, Any], order: Sequence[str]) -> dict[str, Any]:
    """The record with the parts of an earlier one that were not measured now, in their order.

    Raises MatrixError if the earlier record is of another reader or other code.
    """
    for now, before in zip(_origin(record), _origin(earlier), strict=True):
        if now != before:
            raise MatrixError(f"the earlier record is of {before}", now, "leave out --keep")
    found = {part["name"]: part for part in [*earlier["parts"], *record["parts"]]}
    return {**record, "parts": sorted(found.values(), key=lambda part: order.index(part["name"]))}


def _origin(record: dict[str, Any]) -> tuple[str, str, str]:
    """Reader, engine and code of a record."""
    return record["reader"], record["engine"], record["environment"]["app"]["sha256"]


def parts(config: dict[str, Any], names: Sequence[str] | None) -> Iterator[PassesPart]:
    """Every part whose name begins with one of ``names``. Raises MatrixError if there is none."""
    settings = config["passes"]
    every = [PassesPart(e["dataset"], e.get("recipe", ""), e.get("crop", "none")) for e in settings["sets"]]
    turned = [e for e in settings["sets"] if e.get("turned")]
    every += [PassesPart(e["dataset"], e["recipe"], "none", angle) for e in turned for angle in settings["degrees"]]
    chosen = [part for part in every if names is None or part.name.startswith(tuple(names))]
    if not chosen:
        raise MatrixError(f"no part begins with {', '.join(names or [])}", "; ".join(part.name for part in every))
    yield from chosen


def _source(config: dict[str, Any], name: str) -> str:
    return next(str(ROOT / entry["source"]) for entry in config["datasets"] if entry["name"] == name)


def _measured(
    seat: ReaderSeat, part: PassesPart, source: str, kinds: dict[str, str], limit: int | None
) -> dict[str, Any]:
    dataset = open_dataset(source, limit=limit)
    paths = {prefix_of(sample.id): part.recipe or kinds[prefix_of(sample.id)] for sample in dataset.samples}
    cases = pass_cases(seat, dataset, paths, part)
    return {"name": part.name, "recipes": sorted(set(paths.values())), "sha256": dataset.sha256, "cases": cases}


def pass_cases(seat: ReaderSeat, dataset: Dataset, paths: dict[str, str], part: PassesPart) -> list[dict[str, Any]]:
    """The record of every frame. ``paths``: the recipe's file by the beginning of a sample's name.

    Raises UsageError for a reader that gives texts only.
    """
    loaded = {path: recipes.load(str(ROOT / path)) for path in set(paths.values())}
    cases = []
    for sample in dataset.samples:
        path = paths[prefix_of(sample.id)]
        box = sample.box if part.crop == "box" else None
        cases.append(case_of(seat, Asked(sample, box, part.degrees), str(ROOT / path), loaded[path]))
    return cases
