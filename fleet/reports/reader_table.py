"""The table of readers: accuracy and speed of each reader of the matrix."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fleet.core.files import ROOT
from fleet.core.toml import load_toml
from fleet.reports import why_zero
from fleet.reports.identity import labels, run_identity

MATRIX = ROOT / "fleet" / "measurement" / "matrix.toml"


def matrix_labels() -> dict[str, str]:
    """Identity -> label of every reader of the matrix, in its order."""
    return labels(load_toml(MATRIX))


def runs_of(folder: Path) -> list[dict[str, Any]]:
    """The run records of a results folder, in the order of the matrix's readers."""
    order = list(matrix_labels())
    runs = [json.loads(path.read_text()) for path in sorted((folder / "runs").glob("*.json"))]
    return sorted(runs, key=lambda run: order.index(run_identity(run)))


def plain_runs(folder: Path) -> list[dict[str, Any]]:
    """The runs without pre-processing and recipe, on the annotated box if there is one."""
    chosen = [run for run in runs_of(folder) if not run["settings"].get("recipe")]
    return [run for run in chosen if (run["settings"]["preprocess"], run["settings"]["crop"]) == ("raw", "box")]


def everyone(folder: Path, page: Path) -> str:
    """The accuracy on the four sets of every reader that was measured, and its speed on photos and codes."""
    names = list(matrix_labels())
    plain = plain_runs(folder)
    by_cell = {(run_identity(run), run["dataset"]["name"]): run for run in plain}
    measured = [name for name in names if any(reader == name for reader, _ in by_cell)]
    head = ["reader", "dates", "lines", "lines on photos", "drawn codes", "times faster", "ms per code", "ms per photo"]
    rows = [[matrix_labels()[name], *(column(by_cell, name) for column in COLUMNS)] for name in measured]
    return why_zero.markdown([head, *rows]) + "\n\n" + _notes(plain[0]["environment"], folder, page)


def _notes(environment: dict[str, Any], folder: Path, page: Path) -> str:
    link = folder.resolve().relative_to(page.resolve().parent).as_posix()
    machine = f"{environment['cpu'].replace('(R)', '')}, {environment['cores']} cores"
    return (
        f"Exact readings and median times, measured in one session by `./inv benchmark` on {machine} "
        f"([the full report]({link}/report.md)). Dates (106 crops), lines (22 crops) and the lines on photos (26 "
        "on 16 photos) are real and compared on A-Z and 0-9. The 100 drawn codes (`nano-codes-100`) are detected and "
        "read inside the annotated box and compared with spaces ignored. `ppocr` is our own pre- and post-processing "
        "around the published PP-OCR models. Times faster: medians on the drawn codes, against the thesis's "
        "EasyOCR on its Python."
    )


Cells = dict[tuple[str, str], dict[str, Any]]


def _exact(dataset: str, form: str) -> Callable[[Cells, str], str]:
    def column(cells: Cells, reader: str) -> str:
        run = cells.get((reader, dataset))
        return f"{100 * run['scores'][form]['exact']:.1f} %" if run else "-"

    return column


def _lines(cells: Cells, reader: str) -> str:
    run = cells.get((reader, "real-photos"))
    return f"{100 * run['line_scores']['lines_read'] / run['line_scores']['lines']:.1f} %" if run else "-"


def _ms(dataset: str) -> Callable[[Cells, str], str]:
    def column(cells: Cells, reader: str) -> str:
        run = cells.get((reader, dataset))
        return f"{run['latency_ms']['total']['median']:.0f}" if run else "-"

    return column


def _times_faster(cells: Cells, reader: str) -> str:
    """The ratio of median times on the drawn codes to the baseline of the matrix."""
    base, own = (cells.get((name, "nano-codes-100")) for name in (load_toml(MATRIX)["baseline"], reader))
    if base is None or own is None:
        return "-"
    return f"{base['latency_ms']['total']['median'] / own['latency_ms']['total']['median']:.1f}"


COLUMNS = (
    _exact("real-dates", "alnum"),
    _exact("real-lines", "alnum"),
    _lines,
    _exact("nano-codes-100", "nospace"),
    _times_faster,
    _ms("nano-codes-100"),
    _ms("real-photos"),
)
