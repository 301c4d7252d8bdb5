"""Renders docs/results/modules.md from modules.json of `ocr-app benchmark modules`, which holds every number.

.venv/bin/ocr-app benchmark modules --out docs/results/modules.json
.venv/bin/python -m fleet.reports.modules docs/results/modules.json
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from fleet.core.pages import format_machine, markdown_table
from ocr_app.benchmark.modules import thesis_ms


def page(record: dict[str, Any]) -> str:
    """The whole page."""
    width, height = record["frame"]
    parts = [
        "# Detection and recognition apart",
        f"Made by `ocr-app benchmark modules` ({format_machine(record['environment'])}, {record['threads']} thread(s), "
        f"{record['device']}); do not edit. [What is measured](../how-to/export.md#detection-and-recognition-apart).",
        f"Every network alone: detectors on a frame of {width} x {height}, recognisers on their usual lines. Median "
        "and 95th percentile of single runs, ms. *Ratio*: to ONNX Runtime, below 1 is faster. The thesis's times are "
        "of its Nano's GPU and its own frames, in a precision that is not known: they stand beside, and compare with "
        "nothing here but their own ratio.",
        _validity(record),
        *(_table(record, part) for part in ("detector", "recogniser")),
        _not_run(record["rows"]),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _validity(record: dict[str, Any]) -> str:
    reasons = [f"{own['code']} ({own['found']}, limit {own['limit']})" for own in record["invalid_reasons"]]
    return "**Not a valid measurement of speed**: " + "; ".join(reasons) + "." if reasons else ""


def _table(record: dict[str, Any], part: str) -> str:
    base = {row["network"]: row["ms"] for row in record["rows"] if row["engine"] == "onnxruntime" and "ms" in row}
    rows = []
    for row in record["rows"]:
        if row["part"] == part and "ms" in row:
            thesis = thesis_ms(row["reader"], part, row["engine"], record["published"])
            cells = [f"`{row['network']}`", row["with"], "x".join(map(str, row["shape"]))]
            cells += [f"{row['ms']:.1f}", f"{row['p95_ms']:.1f}", f"{row['ms_each']:.1f}"]
            cells.append(f"{row['ms'] / base[row['network']]:.2f}" if row["network"] in base else "-")
            rows.append([*cells, "-" if thesis is None else f"{thesis:.1f}"])
    head = (part, "with", "input", "ms", "p95", "ms each", "ratio", "thesis ms")
    return markdown_table(head, rows) if rows else ""


def _not_run(rows: list[dict[str, Any]]) -> str:
    """Each reason once, with its networks and engines."""
    reasons: dict[str, dict[str, list[str]]] = {}
    for row in rows:
        if "error" in row:
            reasons.setdefault(row["error"], {}).setdefault(row["engine"], []).append(f"`{row['network']}`")
    lines = [
        f"- {why}: " + "; ".join(f"{engine} of {', '.join(own)}" for engine, own in engines.items())
        for why, engines in reasons.items()
    ]
    return "Not run:\n\n" + "\n".join(lines) if lines else ""


def main(path: str) -> None:
    """Write the page next to the record."""
    source = Path(path)
    source.with_suffix(".md").write_text(page(json.loads(source.read_text(encoding="utf-8"))), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
