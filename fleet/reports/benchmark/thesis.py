"""The thesis's tables in their own form: the published figures next to the ones measured here."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import ocr_app
from fleet.reports.benchmark import plots
from fleet.reports.benchmark.document import Section, Table
from fleet.reports.benchmark.summary import Measured, Results
from fleet.reports.identity import reader_identity
from ocr_app.core.tables import milliseconds, percent
from ocr_app.opening import NO_ENGINE

ENGINES = {"EasyOCR": "easyocr", "PaddleOCR": "paddleocr", "TrOCR": "trocr"}
"""The thesis's engines and our readers of the same engines."""

MODES = {"CPU": (NO_ENGINE, "fp32"), "TensorRT FP32": ("tensorrt", "fp32"), "TensorRT FP16": ("tensorrt", "fp16")}
"""The thesis's kinds of processing and our engines and precisions."""

NOT_HERE = "needs a Nano"
Published = dict[str, Any]


def published() -> Published:
    """The published figures, each with its source. They are maintained by hand."""
    path = Path(ocr_app.__file__).parent / "data" / "published.json"
    record: Published = json.loads(path.read_text(encoding="utf-8"))
    return record


def thesis_sections(results: Results, main: str) -> list[Section]:
    """The tables by content; the note of the published figures says why."""
    figures = published()
    text = [
        figures["about"],
        f"'Here' is {main} on the machine named at the top, scored like the thesis's notebook (form notebook), next to "
        "the published figures. The pictures differ, so accuracies are not expected to agree.",
    ]
    tables = [_server(results, main, figures), _nano(results, main, figures), _accuracy(results, main, figures)]
    tables += [_modules(results, main, figures), _contradictions(figures)]
    overview = plots.thesis_overview(_points(figures), _same_engines(results, main), main)
    return [Section("The tables of the thesis, re-measured", text, [*tables, overview])]


def _same_engines(results: Results, main: str) -> list[Measured]:
    return [cell for cell in results.on(main) if re.split("[ :@]", cell.reader)[0] in ENGINES.values()]


def _here(results: Results, main: str, engine: str, mode: str = "CPU") -> Measured | None:
    """The reader of the same engine, read with what the mode of the thesis names; preferably the baseline."""
    if mode not in MODES:
        return None
    cells = [m for m in _same_engines(results, main) if m.reader.startswith(ENGINES[engine])]
    cells = [m for m in cells if m.reader == reader_identity(m.run["reader"]["asked"], *MODES[mode])]
    preferred = reader_identity(results.baseline, *MODES[mode])
    return next((m for m in cells if m.reader == preferred), cells[0] if cells else None)


def _tensorrt_modes(results: Results, main: str) -> list[str]:
    """The modes with TensorRT that were measured here."""
    with_engines = [mode for mode, (target, _) in MODES.items() if target == "tensorrt"]
    return [mode for mode in with_engines if any(_here(results, main, engine, mode) for engine in ENGINES)]


def _points(figures: Published) -> list[tuple[str, str, float, float]]:
    return [(row["engine"], row["mode"], row["ms"], row["cer"]) for row in figures["engines"] if row["group"] == "nano"]


def _server(results: Results, main: str, figures: Published) -> Table:
    """Comparison of engines on a server (by content: the earlier of Tables 3 to 6)."""
    rows = []
    for row in (row for row in figures["engines"] if row["group"] == "server"):
        name = f"{row['engine']}, {row['mode']}, published"
        rows.append([name, milliseconds(row["ms"]), f"{1000 / row['ms']:.1f}", *_four(row)])
    for engine in ENGINES:
        here = _here(results, main, engine)
        rows.append([f"{engine}, CPU, here", *(_measured(here) if here else ["not run", *["-"] * 5])])
    head = ["engine", "ms", "FPS", "strict", "CER", "precision", "recall"]
    return Table("Engines compared on a server", head, rows, _notes(figures, "server"))


def _four(row: Published) -> list[str]:
    return ["-" if row.get(key) is None else f"{row[key]:.2f} %" for key in ("exact", "cer", "precision", "recall")]


def _measured(cell: Measured) -> list[str]:
    median = cell.median()
    fps = f"{1000 / median:.1f}" if median else "-"
    shares = [percent(cell.score(metric, "notebook")) for metric in ("exact", "cer", "precision", "recall")]
    mark = " ~" if cell.doubts else ""
    return [milliseconds(median) + mark, fps + mark, *shares]


def _nano(results: Results, main: str, figures: Published) -> Table:
    """Times by processing on the Nano, with FPS computed from the time, and as printed if that differs."""
    rows = []
    for row in (row for row in figures["engines"] if row["group"] == "nano"):
        first = next(r for r in figures["engines"] if r["group"] == "nano" and r["engine"] == row["engine"])
        here = _here(results, main, row["engine"], row["mode"])
        printed = "-" if row["printed_fps"] is None else f"{row['printed_fps']:g}"
        own = _measured(here)[0] if here else "not run" if row["mode"] == "CPU" else NOT_HERE
        ratio = f"{first['ms'] / row['ms']:.2f}"
        name = f"{row['engine']}, {row['mode']}"
        rows.append(
            [name, ratio, milliseconds(row["ms"]), f"{1000 / row['ms']:.1f}", printed, f"{row['cer']:.2f} %", own]
        )
    head = [
        "engine and processing",
        "times faster than CPU",
        "ms",
        "FPS (1000 / ms)",
        "FPS printed",
        "CER",
        "ms, here" if _tensorrt_modes(results, main) else "ms, CPU here",
    ]
    return Table("The Nano: CPU, GPU and TensorRT", head, rows, _notes(figures, "nano"))


def _accuracy(results: Results, main: str, figures: Published) -> Table:
    """The published accuracies next to those measured here, scored like the notebook and with white space ignored."""
    rows = []
    for cell in _same_engines(results, main):
        for form in ("notebook", "nospace"):
            shares = [percent(cell.score(metric, form)) for metric in ("exact", "cer", "precision", "recall")]
            rows.append([f"{cell.label}: {form}", *shares])
    for row in (row for row in figures["engines"] if row["mode"] == "CPU"):
        rows.append([f"{row['engine']}, published, {row['group']}", *_four(row)])
    return Table("Accuracy", ["engine: text form", "strict", "CER", "precision", "recall"], rows)


def _modules(results: Results, main: str, figures: Published) -> Table:
    """Detection and recognition separately. The thesis's figures for PaddleOCR (Table 9) are not available here."""
    rows, modes = [], ["CPU", *_tensorrt_modes(results, main)]
    for row in figures["modules"]:
        ratio = f"{row['gpu_ms'] / row['tensorrt_ms']:.2f}"
        times = [milliseconds(row["gpu_ms"]), milliseconds(row["tensorrt_ms"]), ratio]
        here = [_module_here(results, main, "EasyOCR", row["module"], mode) for mode in modes]
        rows.append([f"EasyOCR, {row['module']}", *times, *here])
    for module in PHASES:
        here = [_module_here(results, main, "PaddleOCR", module, mode) for mode in modes]
        rows.append([f"PaddleOCR, {module}", "not known", "not known", "-", *here])
    head = ["module", "Nano GPU, ms", "Nano TensorRT, ms", "times faster", *(f"{mode} here, ms" for mode in modes)]
    return Table("Separate modules (Tables 9 and 10)", head, rows)


PHASES = {"detector": "detect", "recogniser": "recognise"}


def _module_here(results: Results, main: str, engine: str, module: str, mode: str) -> str:
    here = _here(results, main, engine, mode)
    return milliseconds(here.median(PHASES[module])) + (" ~" if here.doubts else "") if here else "not run"


def _contradictions(figures: Published) -> Table:
    rows = [[row["printed"], row["finding"]] for row in figures["contradictions"]]
    return Table("Contradictions in the published figures", ["published", "finding"], rows, prose=True)


def _notes(figures: Published, group: str) -> str:
    rows = [row for row in figures["engines"] if row["group"] == group]
    sources = dict.fromkeys(figures["sources"][row["source"]] for row in rows)
    notes = [f"{row['engine']}, {row['mode']}: {row['note']}" for row in rows if row["note"]]
    return "Sources: " + "; ".join(sources) + ". " + (". ".join(notes) + "." if notes else "")
