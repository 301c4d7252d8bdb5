"""The tables of the thesis for one kind of board: Tables 3 to 6, 9 and 10 and Figure 7 by content, and its overview."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Any

from fleet.campaigns.records import Record
from fleet.campaigns.sections import DOUBT, Page
from fleet.reports.benchmark import plots
from fleet.reports.benchmark.document import Figure, Section, Table
from fleet.reports.benchmark.summary import Measured
from fleet.reports.benchmark.thesis import published
from ocr_app.core.tables import milliseconds, percent
from ocr_app.opening import NO_ENGINE

FORM = "notebook"  # how the thesis's notebook compares texts
METRICS = ("exact", "cer", "precision", "recall")
_WITH = {"onnxruntime": "ONNX Runtime", "tensorrt": "TensorRT"}


def name_of(run: Record) -> str:
    """Reader and processing, as the thesis names them: "codes, TensorRT FP32", "easyocr, GPU"."""
    reader = run["reader"]
    engine = reader.get("engines", NO_ENGINE)
    if engine == NO_ENGINE:
        return f"{reader['asked']}, {'GPU' if reader['device'] == 'cuda' else 'CPU'}"
    return f"{reader['asked']}, {_WITH[engine]} {reader['precision'].upper()}"


def readers(page: Page) -> Section:
    """Tables 3 to 6 by content, each board's own figures, and the figures."""
    runs = {name: _records(page, name) for name in page.parts("run")}
    if not runs:
        return Section("Readers and processing (Tables 3 to 6)", ["No run was measured."])
    figures = published()
    head = ["reader and processing", "times faster than CPU", "ms", "least to most over the boards", "FPS (1000 / ms)",
            "strict", "CER", "precision", "recall"]  # fmt: skip
    rows = [_published(row, figures["engines"]) for row in figures["engines"] if row["group"] == "nano"]
    rows += [_over_boards(page, name, list(runs.values())) for name in runs]
    dataset = next(iter(runs.values()))[0]["dataset"]
    note = (
        f"Published: {figures['sources']['thesis-nano']}. Measured: medians over the boards of each board's median, on "
        f"{dataset['images']} images of {dataset['name']}, compared like the thesis's notebook. The pictures differ, "
        "so accuracies are not expected to agree."
    )
    tables: list[Table | Figure] = [Table("Published for the Nano, and measured on these boards", head, rows, note)]
    return Section(
        "Readers and processing (Tables 3 to 6)", [figures["about"]], [*tables, _each(page, runs), *_plots(page, runs)]
    )


def _records(page: Page, part: str) -> list[Record]:
    return [board.records[part] for board in page.kind.boards if part in board.records]


def _published(row: dict[str, Any], every: Sequence[dict[str, Any]]) -> list[str]:
    first = next(own for own in every if own["group"] == "nano" and own["engine"] == row["engine"])
    shares = ["-" if row.get(key) is None else f"{row[key]:.2f} %" for key in METRICS]
    name = f"{row['engine']}, {row['mode']}, published"
    return [name, f"{first['ms'] / row['ms']:.2f}", milliseconds(row["ms"]), "-", f"{1000 / row['ms']:.1f}", *shares]


def _median_ms(run: Record) -> float | None:
    found: float | None = (run["latency_ms"].get("total") or {}).get("median")
    return found


def _over_boards(page: Page, part: str, every: Sequence[Sequence[Record]]) -> list[str]:
    runs = _records(page, part)
    times = [ms for ms in map(_median_ms, runs) if ms]
    if not times:
        return [name_of(runs[0]), *["-"] * 8]
    asked = runs[0]["reader"]["asked"]
    plain = [own for own in every if name_of(own[0]) == f"{asked}, CPU"]
    base = [ms for ms in map(_median_ms, plain[0]) if ms] if plain else []
    mark = f" {DOUBT}" if any(page.part(host, part).get("doubts") for host in page.hosts) else ""
    return [
        name_of(runs[0]),
        f"{median(base) / median(times):.2f}" if base else "-",
        milliseconds(median(times)) + mark,
        f"{milliseconds(min(times))} to {milliseconds(max(times))}",
        f"{1000 / median(times):.1f}",
        *[percent(_share(runs, metric)) for metric in METRICS],
    ]


def _share(runs: Sequence[Record], metric: str) -> float | None:
    found = [run["scores"][FORM][metric] for run in runs if FORM in run["scores"]]
    return median(found) if found else None


def _each(page: Page, runs: dict[str, list[Record]]) -> Table:
    """Each board's own figures."""
    rows = []
    for board in page.kind.boards:
        for name in (name for name in runs if name in board.records):
            run = board.records[name]
            times = run["latency_ms"].get("total") or {}
            mark = f" {DOUBT}" if page.part(board.host, name)["doubts"] else ""
            accuracy = [percent((run["scores"].get("nospace") or {}).get(metric)) for metric in ("exact", "cer")]
            rows.append([
                board.host, name_of(run), milliseconds(times.get("median")) + mark,
                *[milliseconds(times.get(key)) for key in ("p95", "std")], *accuracy, str(run["counts"]["errors"]),
            ])  # fmt: skip
    head = ["board", "reader and processing", "ms median", "p95", "spread (std)", "exact", "CER", "errors"]
    return Table("Board by board", head, rows, "Exact and CER: white space ignored.", prose=True)


def _plots(page: Page, runs: dict[str, list[Record]]) -> list[Figure]:
    """Time against error of the boards in the middle, and the spread of each board's times."""
    middle = [_measured(name, _in_the_middle(own), number) for number, (name, own) in enumerate(runs.items())]
    points = [(row["engine"], row["mode"], row["ms"], row["cer"]) for row in published()["engines"]
              if row["group"] == "nano"]  # fmt: skip
    place = "virtual boards on a computer, not a Nano" if page.kind.virtual else f"measured here: {page.kind.model}"
    caption = (
        "The thesis's overview by content: time against error, as published for the Nano and as measured on these "
        "boards; of each reader, the board whose time is in the middle."
    )
    dataset = middle[0].dataset
    overview = plots.thesis_overview(points, middle, dataset, place, caption)
    boxes = [
        Measured(name, f"{board.host}: {name_of(board.records[name])}", dataset, "raw", board.records[name], number)
        for number, name in enumerate(runs)
        for board in page.kind.boards
        if name in board.records
    ]
    spread = plots.latency_boxes(boxes, dataset)
    return [overview, *([spread] if spread else [])]


def _measured(name: str, run: Record, number: int) -> Measured:
    return Measured(name, name_of(run), run["dataset"]["name"], "raw", run, number)


def _in_the_middle(runs: Sequence[Record]) -> Record:
    ordered = sorted(runs, key=lambda run: _median_ms(run) or float("inf"))
    return ordered[(len(ordered) - 1) // 2]


def modules(page: Page) -> Section:
    """Tables 9 and 10: detection and recognition apart."""
    rows: list[list[str]] = []
    for row in published()["modules"]:
        title = f"{row['engine']}, {row['module']}, published"
        ratio = f"{row['gpu_ms'] / row['tensorrt_ms']:.2f}"
        rows.append([title, "GPU to TensorRT", milliseconds(row["tensorrt_ms"]), "-", ratio])
    for part in page.parts("modules"):
        rows += _networks(page, part)
    note = (
        "Median over the boards of each board's median time of single runs; each, for recognisers, on its usual lines. "
        "Times faster: than the network's own framework, or ONNX Runtime where that was not measured."
    )
    head = ["module", "with", "ms", "least to most over the boards", "times faster"]
    table = Table("Detection and recognition apart", head, rows, note, prose=True)
    return Section("Separate modules (Tables 9 and 10)", [], [table] if page.parts("modules") else [])


def _networks(page: Page, part: str) -> list[list[str]]:
    found: dict[tuple[str, str], list[float]] = {}
    for record in _records(page, part):
        for row in (row for row in record["rows"] if "ms" in row):
            found.setdefault((row["network"], row["engine"]), []).append(row["ms"])
    rows = []
    for (network, engine), times in found.items():
        plain = found.get((network, "original")) or found.get((network, "onnxruntime")) or []
        ratio = f"{median(plain) / median(times):.2f}" if plain and engine not in ("original", "onnxruntime") else "-"
        spread = f"{milliseconds(min(times))} to {milliseconds(max(times))}"
        rows.append([network, engine, milliseconds(median(times)), spread, ratio])
    return rows


def speed(page: Page) -> Section:
    """Recognisers alone, in turns."""
    found: dict[tuple[str, str], list[float]] = {}
    for part in page.parts("speed"):
        for record in _records(page, part):
            for batch, kinds in record["batches"].items():
                for reader, rates in kinds["whole"].items():
                    if rates:
                        found.setdefault((reader, batch), []).append(rates["lines_per_s"])
    rows = [[reader, batch, f"{median(own):.1f}", f"{min(own):.1f} to {max(own):.1f}"]
            for (reader, batch), own in found.items()]  # fmt: skip
    head = ["reader", "lines at once", "lines per second", "least to most over the boards"]
    return Section("Recognisers alone", [], [Table("Lines per second", head, rows)] if rows else [])


def cnn(page: Page) -> Section:
    """Figure 7: known networks against published figures, which tell whether a board is as fast as a Nano should be."""
    title = "Known networks (Figure 7)"
    found = {board.host: board.records[part] for part in page.parts("cnn") for board in page.kind.boards
             if part in board.records}  # fmt: skip
    if not found:
        why = _why_no_cnn(page)
        return Section(title, [f"Not measured on any of these boards: {why}"] if why else [])
    published: dict[str, float] = {}
    measured: dict[str, dict[str, float]] = {host: {} for host in found}
    rows = []
    for host, record in found.items():
        for row in (row for row in record["rows"] if "fps" in row):
            name, known = f"{row['network']}, {row['engine']}", (row["published"] or {}).get("fps")
            measured[host][name] = row["fps"]
            if known:
                published[name] = known
            share = "-" if row["share"] is None else f"{row['share']:.0%}"
            rows.append([host, name, f"{row['fps']:.3g}", f"{known:.3g}" if known else "-", share])
    head = ["board", "network", "FPS", "published FPS", "share"]
    table = Table("Frames per second against published figures", head, rows, prose=True)
    figure = plots.known_networks(published, measured)
    words = [f"- {host}: {record['verdict']['words']}." for host, record in found.items()]
    return Section(title, ["\n".join(words)], [*([figure] if figure else []), table])


def _why_no_cnn(page: Page) -> str:
    names = [own["name"] for own in page.summary["parts"] if own["kind"] == "cnn"]
    whys = [board.entry(name).get("found") for board in page.kind.boards for name in names]
    return "; ".join(dict.fromkeys(why for why in whys if why))
