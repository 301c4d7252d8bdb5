"""The README's tables of real photographs and of passes.

They come from docs/results/photographs.json and docs/models/passes.json.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from fleet.core.errors import BlockError
from fleet.core.pages import format_machine, markdown_table
from fleet.reports.passes import counts
from fleet.reports.photographs import pooled
from ocr_app.benchmark.side_by_side.totals import TurnsTotal, total
from ocr_app.core.tables import milliseconds, percent

DATES, LINES = "real-dates", "real-lines"


def photographs(folder: Path, page: Path) -> str:
    """One row per reader: the crops, the photographs pooled, and times beside the reference's. Raises BlockError."""
    record = _record(folder.parent / "photographs.json", "./inv photographs --publish")
    against = total(pooled(record, record["reference"], record["photographs"]))
    head = ["reader", "dates", "lines", "lines found", "lines read", "photos whole", "ms", "times"]
    rows = [_row(record, reader, against) for reader in record["results"]]
    lines, images = against.lines, against.images
    return markdown_table(head, rows) + (
        f"\n\nMade by `./inv photographs --publish` on {record['created'][:10]}: all readers read the same pictures "
        f"in one run, in turns, with {record['threads']} thread each, on {format_machine(record['environment'])}. "
        f"Dates and lines: real crops read exactly, on A-Z and 0-9. Photographs: {images} with {lines} lines, of "
        "products, labels, dot matrix, marked metal and medicine boxes. Whole: every line was read. Times: medians as "
        f"multiples of those of {record['reference']}. [By set and by kind of print](docs/results/photographs.md)."
    )


def _row(record: dict[str, Any], reader: str, against: TurnsTotal) -> list[str]:
    own = total(pooled(record, reader, record["photographs"]))
    crops = [total(pooled(record, reader, [name])) for name in (DATES, LINES)]
    exact = [f"{each.exact} of {each.lines}" for each in crops]
    ratio = f"{own.median_ms / against.median_ms:.2f}" if own.median_ms and against.median_ms else "-"
    shares = [percent(part / own.lines if own.lines else None) for part in (own.found, own.read)]
    return [reader, *exact, *shares, str(own.whole), milliseconds(own.median_ms), ratio]


def passes(folder: Path, page: Path) -> str:
    """One row per set: good codes, and what passes. Raises BlockError."""
    record = _record(folder.parent.parent / "models" / "passes.json", "./inv passes --publish")
    rows = []
    for part in record["parts"]:
        found = counts(part["cases"])
        share = percent(found["kept"] / found["good"] if found["good"] else None)
        rows.append([part["name"], str(found["good"]), share, *(str(found[key]) for key in ("wrong", "part"))])
    return markdown_table(["set", "good codes", "of these passed", "wrong", "in part"], rows) + (
        f"\n\nMade by `./inv passes --publish` on {record['created'][:10]} with the reader `{record['reader']}` and "
        "the recipes of this repository. Wrong: passes that say something else than the label. In part: right as far "
        "as it goes. [What a lead and a second witness buy](docs/models/passes.md)."
    )


def _record(path: Path, command: str) -> dict[str, Any]:
    if not path.exists():
        raise BlockError(f"no {path.name}", str(path.name), command)
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found
