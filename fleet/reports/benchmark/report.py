"""The benchmark's report: summary.json, report.md and a self-contained report.html from the cells' run records."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from fleet.core.pages import render
from fleet.reports.benchmark.document import Document, to_markdown
from fleet.reports.benchmark.sections import build
from fleet.reports.benchmark.summary import Results, summary

CellResult = tuple[Any, dict[str, Any] | None, str]
"""(cell, its run record or None, why there is none)."""


def write_report(folder: Path, config: dict[str, Any], results: list[CellResult]) -> None:
    """Write the report's files into ``folder``, which already has the runs in ``folder/runs``."""
    collected = Results.collect(config, results)
    document = build(collected)
    plots = folder / "plots"
    plots.mkdir(parents=True, exist_ok=True)
    for old in plots.glob("*.svg"):
        old.unlink()
    for figure in document.figures():
        (plots / f"{figure.name}.svg").write_text(figure.svg, encoding="utf-8")
    _write(folder / "summary.json", json.dumps(summary(collected), ensure_ascii=False, indent=1) + "\n")
    _write(folder / "report.md", to_markdown(document))
    _write(folder / "report.html", to_html(document))


def to_html(document: Document) -> str:
    """One self-contained page."""
    return render("report.html", document=document)


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
