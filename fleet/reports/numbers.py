"""The content of the blocks in README and docs, made from run records."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fleet.core.errors import BlockError
from fleet.reports import passes, photographs, reader_table, why_zero
from fleet.reports.identity import run_identity
from fleet.reports.reader_table import matrix_labels, plain_runs, runs_of


def _anatomy(table: Callable[[Any], str]) -> Callable[[Path, Path], str]:
    return lambda folder, page: table(why_zero.of_runs(runs_of(folder)))


def hardness(folder: Path, page: Path) -> str:
    """Exact codes of nano-codes-100 by tag, with spaces ignored: one column per reader of ours."""
    plain = plain_runs(folder)
    runs = [run for run in plain if run["dataset"]["name"] == "nano-codes-100" and "v6-small" in run_identity(run)]
    kinds = [(tag, value) for tag in ("print", "condition", "difficulty") for value in runs[0]["by_tag"][tag]]
    rows = [["tag", "images", *(matrix_labels()[run_identity(run)] for run in runs)]]
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


def all_recipes(folder: Path, page: Path) -> str:
    """The reader `codes` without and with a recipe, set by set."""
    return _recipe_table(folder, list(_SETS))


def _recipe_table(folder: Path, sets: list[tuple[str, str]]) -> str:
    runs = [r for r in runs_of(folder) if run_identity(r) == "codes" and r["settings"]["preprocess"] == "raw"]
    cells = {
        (r["dataset"]["name"], r["settings"]["crop"], bool(r["settings"].get("recipe"))): r for r in runs if r["scores"]
    }
    rows = [["set", "without recipe", "with recipe", "passed", "wrong passes"]]
    for name, crop in sets:
        form = "alnum" if name.startswith("real") else "nospace"
        strict = "alnum" if name.startswith("real") else "spaced"
        free, bound = cells.get((name, crop, False)), cells.get((name, crop, True))
        verdicts = (bound or {}).get("verdicts") or {}
        passes = [str(verdicts.get("pass", "-")), str(verdicts.get("wrong_passes", "-"))]
        rows.append([_SETS[name, crop], _share(free, form), _share(bound, strict), *passes])
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
    "all-readers": reader_table.everyone,
    "hardness": hardness,
    "passes-summary": passes.summary,
    "photographs": photographs.summary,
    "all-recipes": all_recipes,
    "networks": networks,
    "render-speed": render_speed,
    "why-zero-chain": _anatomy(why_zero.chain_table),
    "why-zero-colon": _anatomy(why_zero.colon_table),
    "why-zero-resize": _anatomy(why_zero.resize_table),
    "why-zero-split": _anatomy(why_zero.split_table),
}
