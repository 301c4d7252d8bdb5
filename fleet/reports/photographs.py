"""The page and the terminal tables of a comparison over real photographs and crops."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from fleet.core.pages import format_machine, markdown_table
from fleet.reports.passes import counts, read_record
from ocr_app.benchmark.side_by_side.totals import TurnsTotal, by_kind, total
from ocr_app.core.tables import milliseconds, percent, table

Table = Callable[[list[str], list[list[str]]], str]
DATES, LINES = "real-dates", "real-lines"
HEAD = ["reader", "found", "read", "exact", "whole", "ms", "p95", "times", "CPU ms", "times", "MiB", "passed", "wrong"]
CROP_HEAD = ["reader", "exact", "read", "ms median", "p95", "times", "CPU ms"]


def text(record: dict[str, Any]) -> str:
    """All tables for a terminal."""
    return "\n\n".join(f"{title}\n{table(head, rows)}" for title, head, rows in tables(record)) + _not_run(record)


def page(record: dict[str, Any]) -> str:
    """The page in docs/results."""
    parts = [f"## {title}\n\n{markdown_table(head, rows)}" for title, head, rows in tables(record)]
    return "\n\n".join([_introduction(record), *parts]) + "\n" + _not_run(record)


def tables(record: dict[str, Any]) -> list[tuple[str, list[str], list[list[str]]]]:
    """(title, head, rows) of every table: each set of photographs, all pooled, by kind, and the crops."""
    photographs, crops = record["photographs"], [each["name"] for each in record["sets"]]
    crops = [name for name in crops if name not in photographs]
    found = [(_title(record, [name]), HEAD, photograph_rows(record, [name])) for name in photographs]
    if len(photographs) > 1:
        found.append((_title(record, photographs), HEAD, photograph_rows(record, photographs)))
    if photographs:
        found.append(("Lines read by kind of print", *kind_table(record)))
    return found + [(_title(record, [name]), CROP_HEAD, crop_rows(record, name)) for name in crops]


def _title(record: dict[str, Any], names: list[str]) -> str:
    first = record["readers"][0]["reader"]
    whole = total(pooled(record, first, names))
    kind = "photographs" if names[0] in record["photographs"] else "crops"
    lines = f", {whole.lines} lines" if kind == "photographs" else ""
    return f"{' and '.join(names)}: {whole.images} {kind}{lines}"


def pooled(record: dict[str, Any], reader: str, names: list[str]) -> list[dict[str, Any]]:
    """The image records of a reader over the named sets."""
    return [image for name in names for image in record["results"][reader][name]]


def photograph_rows(record: dict[str, Any], names: list[str]) -> list[list[str]]:
    """One row per reader, in the order of the record."""
    against = _reference(record, names)
    peaks = {entry["reader"]: milliseconds(entry["peak_mb"]) for entry in record["readers"]}
    rows = []
    for reader in record["results"]:
        own = total(pooled(record, reader, names))
        shares = [percent(part / own.lines if own.lines else None) for part in (own.found, own.read, own.exact)]
        times = [*_times(own, against), *_spent(own, against), peaks[reader]]
        rows.append([_name(record, reader), *shares, str(own.whole), *times, *_passes(record, reader, names)])
    return rows


def _name(record: dict[str, Any], reader: str) -> str:
    return f"{reader} (kept)" if reader in record["kept"] else reader


def _passes(record: dict[str, Any], reader: str, names: list[str]) -> list[str]:
    """Right passes of the good codes, and wrong passes, parts of codes included; "-" for a reader of texts only."""
    own = record["passes"].get(reader)
    if own is None:
        return ["-", "-"]
    found = counts([case for name in names for case in own[name]])
    return [f"{found['kept']} of {found['good']}", str(found["wrong"] + found["part"])]


def crop_rows(record: dict[str, Any], name: str) -> list[list[str]]:
    """One row per reader."""
    against = _reference(record, [name])
    rows = []
    for reader in record["results"]:
        own = total(pooled(record, reader, [name]))
        shares = [f"{part} of {own.lines}" for part in (own.exact, own.read)]
        rows.append([_name(record, reader), *shares, *_times(own, against), milliseconds(own.median_cpu_ms)])
    return rows


def kind_table(record: dict[str, Any]) -> tuple[list[str], list[list[str]]]:
    """Lines read of each kind of print over all photographs; one row per kind, one column per reader."""
    readers = list(record["results"])
    kinds = {name: by_kind(pooled(record, name, record["photographs"]), record["kinds"]) for name in readers}
    rows = []
    for kind, own in kinds[readers[0]].items():
        shares = [percent(kinds[name][kind].read / own.lines if own.lines else None) for name in readers]
        rows.append([kind, str(own.images), str(own.lines), *shares])
    return ["kind", "photos", "lines", *readers], rows


def _reference(record: dict[str, Any], names: list[str]) -> TurnsTotal | None:
    reference = record["reference"]
    return total(pooled(record, reference, names)) if reference in record["results"] else None


def _times(own: TurnsTotal, against: TurnsTotal | None) -> list[str]:
    ratio = _ratio(own.median_ms, against.median_ms if against else None)
    return [milliseconds(own.median_ms), milliseconds(own.p95_ms), ratio]


def _spent(own: TurnsTotal, against: TurnsTotal | None) -> list[str]:
    ratio = _ratio(own.median_cpu_ms, against.median_cpu_ms if against else None)
    return [milliseconds(own.median_cpu_ms), ratio]


def _ratio(own: float | None, other: float | None) -> str:
    return f"{own / other:.2f}" if own and other else "-"


def _introduction(record: dict[str, Any]) -> str:
    return (
        "# Real photographs, side by side\n\n"
        "Made by `./inv photographs --publish`; do not edit. All readers read the same images in one run, image by\n"
        f"image in turns, each in a process of its own with {record['threads']} thread(s), on\n"
        f"{format_machine(record['environment'])}. A line is found if a detected line overlaps it by more than 0.3 of\n"
        "the smaller quad, read if its label is contained in what was read there, and exact if nothing else was read\n"
        f"there. Whole: photographs of which every line was read. Times: multiples of those of {record['reference']}.\n"
        "CPU: processor time of all threads. Passed: of the codes that a recipe of their kind can express\n"
        "(`./inv passes`); wrong: passes that say something else than the labels, or only a part of them."
    )


def _not_run(record: dict[str, Any]) -> str:
    rows = [f"\nNot run: {row['reader']}: {row['reason']}" for row in record["not_run"]]
    return "\n" + "\n".join(rows) if rows else ""


def summary(folder: Path, page: Path) -> str:
    """One row per reader: the crops, the photographs pooled, and times beside the reference's. Raises BlockError."""
    record = read_record(folder.parent / "photographs.json", "./inv photographs --publish")
    against = total(pooled(record, record["reference"], record["photographs"]))
    head = ["reader", "dates", "lines", "lines found", "lines read", "photos whole", "ms", "times"]
    rows = [_summary_row(record, reader, against) for reader in record["results"]]
    lines, images = against.lines, against.images
    return markdown_table(head, rows) + (
        f"\n\nMade by `./inv photographs --publish` on {record['created'][:10]}: all readers read the same pictures "
        f"in one run, in turns, with {record['threads']} thread each, on {format_machine(record['environment'])}. "
        f"Dates and lines: real crops read exactly, on A-Z and 0-9. Photographs: {images} with {lines} lines, of "
        "products, labels, dot matrix, marked metal and medicine boxes. Whole: every line was read. Times: medians as "
        f"multiples of those of {record['reference']}. [By set and by kind of print](docs/results/photographs.md)."
    )


def _summary_row(record: dict[str, Any], reader: str, against: TurnsTotal) -> list[str]:
    own = total(pooled(record, reader, record["photographs"]))
    crops = [total(pooled(record, reader, [name])) for name in (DATES, LINES)]
    exact = [f"{each.exact} of {each.lines}" for each in crops]
    ratio = f"{own.median_ms / against.median_ms:.2f}" if own.median_ms and against.median_ms else "-"
    shares = [percent(part / own.lines if own.lines else None) for part in (own.found, own.read)]
    return [reader, *exact, *shares, str(own.whole), milliseconds(own.median_ms), ratio]
