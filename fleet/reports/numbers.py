"""The content of the blocks in README and docs, made from run records."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fleet.core.errors import BlockError
from fleet.core.files import ROOT
from fleet.core.toml import load_toml
from fleet.reports import why_zero

MATRIX = ROOT / "fleet" / "measurement" / "matrix.toml"


def _runs(folder: Path) -> list[dict[str, Any]]:
    """The run records of a results folder, in the order of the matrix's readers."""
    order = list(_labels())
    runs = [json.loads(path.read_text()) for path in sorted((folder / "runs").glob("*.json"))]
    return sorted(runs, key=lambda run: order.index(run["reader"]["asked"]))


def _plain(folder: Path) -> list[dict[str, Any]]:
    """The runs without pre-processing and recipe, on the annotated box if there is one."""
    chosen = [run for run in _runs(folder) if not run["settings"].get("recipe")]
    return [run for run in chosen if (run["settings"]["preprocess"], run["settings"]["crop"]) == ("raw", "box")]


def _labels() -> dict[str, str]:
    return {entry["name"]: entry["label"] for entry in load_toml(MATRIX)["readers"]}


def _anatomy(table: Callable[[Any], str]) -> Callable[[Path, Path], str]:
    return lambda folder, page: table(why_zero.of_runs(_runs(folder)))


def readers(folder: Path, page: Path) -> str:
    """The table of the README: each reader's accuracy on the four sets, and its speed on photos and codes."""
    plain = _plain(folder)
    by_cell = {(run["reader"]["asked"], run["dataset"]["name"]): run for run in plain}
    measured = [name for name in _labels() if any(reader == name for reader, _ in by_cell)]
    head = ["reader", "dates", "lines", "lines on photos", "drawn codes", "times faster", "ms per code", "ms per photo"]
    rows = [[_labels()[name], *(column(by_cell, name) for column in COLUMNS)] for name in measured]
    return why_zero.markdown([head, *rows]) + "\n\n" + _notes(plain[0]["environment"], folder, page)


def _notes(environment: dict[str, Any], folder: Path, page: Path) -> str:
    link = folder.resolve().relative_to(page.resolve().parent).as_posix()
    machine = f"{environment['cpu'].replace('(R)', '')}, {environment['cores']} cores"
    return (
        f"Exact readings and median times, measured in one session by `./inv benchmark` on {machine} "
        f"([the full report]({link}/report.md)). Dates (106 crops), lines (22 crops) and the lines on photos (26 "
        "on 16 photos) are real and compared on A-Z and 0-9. The 100 drawn codes (`nano-codes-100`) are detected and "
        "read inside the annotated box and compared with spaces ignored. 'Ours' is our own pre- and post-processing "
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


def hardness(folder: Path, page: Path) -> str:
    """Exact codes of nano-codes-100 by tag, with spaces ignored: one column per reader of ours."""
    plain = _plain(folder)
    runs = [run for run in plain if run["dataset"]["name"] == "nano-codes-100" and "v6-small" in run["reader"]["asked"]]
    kinds = [(tag, value) for tag in ("print", "condition", "difficulty") for value in runs[0]["by_tag"][tag]]
    rows = [["tag", "images", *(_labels()[run["reader"]["asked"]] for run in runs)]]
    for tag, value in kinds:
        shares = [f"{100 * run['by_tag'][tag][value]['exact']:.0f} %" for run in runs]
        rows.append([f"{tag}: {value}", str(runs[0]["by_tag"][tag][value]["images"]), *shares])
    return "Codes read exactly inside the box, spaces ignored.\n\n" + why_zero.markdown(rows)


def render_speed(folder: Path, page: Path) -> str:
    """The speed of the renderer, from the newest render-speed.json."""
    paths = sorted(folder.parent.glob("*/render-speed.json"))
    if not paths:
        raise BlockError("no render-speed.json in the results", next_step="python -m training.measure_speed --out ...")
    measured = json.loads(paths[-1].read_text())
    rows = [["per CPU second", "median", "lowest"]]
    rows += [[row["item"], str(row["median"]), str(row["lowest"])] for row in measured["per_cpu_second"]]
    return f"On one core of {measured['machine'].replace('(R)', '')}:\n\n" + why_zero.markdown(rows)


_SETS = {
    ("nano-codes-100", "box"): "100 drawn codes, inside the box",
    ("nano-codes-100", "none"): "100 drawn codes, whole frame",
    ("nano-codes-unseen-300", "box"): "300 drawn codes, unseen typefaces and surfaces, inside the box",
    ("nano-codes-unseen-300", "none"): "the same 300, whole frame",
    ("real-dates", "box"): "106 real dates",
    ("real-lines", "box"): "22 real lines",
}


def recipes(folder: Path, page: Path) -> str:
    """The reader `codes` without and with a recipe, set by set."""
    runs = [r for r in _runs(folder) if r["reader"]["asked"] == "codes" and r["settings"]["preprocess"] == "raw"]
    cells = {
        (r["dataset"]["name"], r["settings"]["crop"], bool(r["settings"].get("recipe"))): r for r in runs if r["scores"]
    }
    rows = [["set", "without recipe", "with recipe", "passed", "wrong passes"]]
    for (name, crop), words in _SETS.items():
        form = "alnum" if name.startswith("real") else "nospace"
        strict = "alnum" if name.startswith("real") else "spaced"
        free, bound = cells.get((name, crop, False)), cells.get((name, crop, True))
        verdicts = (bound or {}).get("verdicts") or {}
        passes = [str(verdicts.get("pass", "-")), str(verdicts.get("wrong_passes", "-"))]
        rows.append([words, _share(free, form), _share(bound, strict), *passes])
    return why_zero.markdown(rows) + (
        "\n\nWithout a recipe spaces are ignored on drawn codes; with one every character and space counts. Real crops "
        "are compared on A-Z and 0-9. Passed: verdicts of `pass` with the example recipe's own tolerances."
    )


def _share(run: dict[str, Any] | None, form: str) -> str:
    return f"{100 * run['scores'][form]['exact']:.1f} %" if run else "-"


def networks(folder: Path, page: Path) -> str:
    """Speed of recognisers in turns, operations with the estimate for the Nano, and the effect of half precision."""
    parts = {path.stem: json.loads(path.read_text()) for path in (folder / "networks").glob("*.json")}
    if not parts:
        raise BlockError("no networks/ in the newest results", "networks/speed.json and others", "./inv benchmark")
    speed, count, half = (parts[name] for name in ("speed", "count", "half"))
    rows = [["recogniser, one thread", "lines per second", "codes is faster", "three at once", "codes is faster"]]
    one, three = (speed["batches"][batch]["recognise"] for batch in ("1", "3"))
    for name in one:
        figures = [batch[name][key] for batch in (one, three) for key in ("lines_per_s", "first_is_faster_by")]
        rows.append([name, *(f"{figure:.1f}" for figure in figures)])
    low, high = count["frame"]["estimate_per_s"]
    changed = sum(len(entry["changes"]) for entry in half["datasets"])
    crops = sum(entry["crops"] for entry in half["datasets"])
    operations = ", ".join(
        f"{n['name']} {n['macs'] / 1e9:.2f} GMAC at {'x'.join(map(str, n['shape']))}" for n in count["networks"]
    )
    return why_zero.markdown(rows) + (
        f"\n\nOperations for a frame with three lines: {operations}. Estimate for a Jetson Nano in FP16 by the "
        f"roofline model, not a measurement: {low:.0f} to {high:.0f} frames per second for the networks alone "
        f"(`ocr-app network "
        f"count`). Rounding every tensor to half precision changes the text of {changed} of {crops} crops (`ocr-app "
        "network half`)."
    )


MAKERS: dict[str, Callable[[Path, Path], str]] = {
    "results": readers,
    "hardness": hardness,
    "recipes": recipes,
    "networks": networks,
    "render-speed": render_speed,
    "why-zero-chain": _anatomy(why_zero.chain_table),
    "why-zero-colon": _anatomy(why_zero.colon_table),
    "why-zero-resize": _anatomy(why_zero.resize_table),
    "why-zero-split": _anatomy(why_zero.split_table),
}
