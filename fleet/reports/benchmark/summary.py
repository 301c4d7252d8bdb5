"""The numbers of a matrix, cell by cell, and the ratios between its readers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from fleet.reports.identity import labels
from ocr_app.benchmark.compare import latency
from ocr_app.benchmark.summaries import peak_memory

FORM = "nospace"


@dataclass(frozen=True)
class Measured:
    """A cell that ran. ``reader`` is an identity.

    ``preprocess`` includes the crop unless it is the usual one ("raw, squeezed").
    ``number`` is the reader's position in the matrix, which determines its colour and marker in every plot.
    """

    reader: str
    label: str
    dataset: str
    preprocess: str
    run: dict[str, Any]
    number: int = 0

    def median(self, phase: str = "total") -> float | None:
        """Median milliseconds of a phase; None without one."""
        value: float | None = (self.run["latency_ms"].get(phase) or {}).get("median")
        return value

    def score(self, metric: str, form: str = FORM) -> float | None:
        """A share 0..1 of the run; None if no text is scored."""
        value: float | None = (self.run["scores"].get(form) or {}).get(metric)
        return value

    def accuracy(self) -> float | None:
        """Share of exact codes with spaces ignored; on photos, the share of labelled lines that were read."""
        lines = self.run["line_scores"]
        if self.run["scores"] or not lines or not lines["lines"]:
            return self.score("exact")
        return float(lines["lines_read"] / lines["lines"])

    @property
    def doubts(self) -> list[str]:
        """Codes of the reasons why the times or the whole run are in doubt."""
        return [reason["code"] for reason in self.run["invalid_reasons"]]


@dataclass(frozen=True)
class Results:
    """Everything a report needs. ``not_run`` has (reader's label, data set, pre-processing, reason).

    ``kinds``: the beginning of a photograph's file name -> its kind of print.
    """

    measured: list[Measured]
    not_run: list[tuple[str, str, str, str]]
    baseline: str
    datasets: list[str]
    kinds: dict[str, str] = field(default_factory=dict)

    @classmethod
    def collect(cls, config: dict[str, Any], results: list[Any]) -> Results:
        """From the matrix and its (cell, record, reason) results, in the matrix's order."""
        names = labels(config)
        order = list(names)
        measured, not_run = [], []
        for cell, run, reason in results:
            if run is None:
                not_run.append((names[cell.identity], cell.dataset, cell.variant, reason))
            else:
                name, position = names[cell.identity], order.index(cell.identity)
                measured.append(Measured(cell.identity, name, cell.dataset, cell.variant, run, position))
        datasets = [entry["name"] for entry in config["datasets"]]
        there = [name for name in datasets if any(m.dataset == name for m in measured)]
        kinds = config.get("side_by_side", {}).get("kinds", {})
        return cls(measured, not_run, config["baseline"], there, kinds)

    def on(self, dataset: str, preprocess: str = "raw") -> list[Measured]:
        """Cells of one data set with one pre-processing, fastest first."""
        found = [m for m in self.measured if (m.dataset, m.preprocess) == (dataset, preprocess)]
        return sorted(found, key=lambda m: m.median() or float("inf"))

    def base(self, dataset: str) -> Measured | None:
        """The reference of ratios on this data set: the baseline reader, or else the slowest one."""
        rows = self.on(dataset)
        named = [m for m in rows if m.reader == self.baseline]
        return named[0] if named else rows[-1] if rows else None

    def speed_up(self, cell: Measured) -> float | None:
        """How many times faster than the base, by medians; None without a time."""
        base = self.base(cell.dataset)
        own, other = cell.median(), base.median() if base else None
        return other / own if own and other else None


def summary(results: Results) -> dict[str, Any]:
    """The report's numbers for programs; shares 0..1, milliseconds, MiB."""
    first = results.measured[0].run
    return {
        "schema": "nano-ocr/benchmark-summary/1",
        "created": max(cell.run["created"] for cell in results.measured),
        "machine": {
            key: first["environment"][key] for key in ("machine", "cpu", "cores", "threads", "ram_mb", "power_mode")
        },
        "baseline": results.baseline,
        "cells": [_cell(results, cell) for cell in results.measured],
        "not_run": [
            dict(zip(("reader", "dataset", "preprocess", "reason"), row, strict=True)) for row in results.not_run
        ],
    }


def _cell(results: Results, cell: Measured) -> dict[str, Any]:
    base = results.base(cell.dataset)
    ratio = results.speed_up(cell)
    return {
        "reader": cell.reader,
        "label": cell.label,
        "engine": cell.run["reader"]["engine"],
        "dataset": cell.dataset,
        "preprocess": cell.preprocess,
        "valid": cell.run["valid"],
        "doubts": cell.doubts,
        "errors": cell.run["counts"]["errors"],
        "images": cell.run["counts"]["images"],
        "scores": cell.run["scores"],
        "line_scores": cell.run["line_scores"],
        "latency_ms": cell.run["latency_ms"].get("total"),
        "speed_up": None if ratio is None else round(ratio, 3),
        "speed_up_doubt": latency(base.run, cell.run)["why_not"] if base else None,
        "images_per_s": cell.run["images_per_s"],
        "peak_memory_mb": round(peak_memory(cell.run), 1),
    }
