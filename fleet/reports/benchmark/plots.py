"""The report's plots, as SVG text. The colours are those of Okabe and Ito, which colour-blind eyes distinguish."""

from __future__ import annotations

import io
import math
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from fleet.reports.benchmark.document import Figure
from fleet.reports.benchmark.summary import Measured

COLOURS = (
    "#0072B2",
    "#D55E00",
    "#009E73",
    "#CC79A7",
    "#E69F00",
    "#56B4E9",
    "#000000",
    "#8C6D31",
    "#7F7F7F",
    "#5D3A9B",
    "#882255",
)
MARKERS = "osD^vP*Xhp<"
STYLE = {
    "svg.hashsalt": "nano-ocr",
    "svg.fonttype": "none",  # text as text: a tenth of the size; DejaVu is wider than its usual stand-ins
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#dddddd",
    "grid.linewidth": 0.6,
}
TOP_CONFUSIONS = 14
HEAD_WIDTH = 20


def accuracy_latency(rows: Sequence[Measured], dataset: str) -> Figure | None:
    """Accuracy against median time, one point per reader. Names are in the legend, so that no label covers another."""
    shown = [cell for cell in rows if cell.median() and cell.accuracy() is not None]
    if not shown:
        return None
    canvas, axes = _canvas(8.6, 4.4)
    for cell in shown:
        look: dict[str, Any] = {
            "color": _colour(cell),
            "marker": _marker(cell),
            "markersize": 10,
            "markeredgewidth": 1.8,
        }
        filled = "none" if cell.doubts else _colour(cell)
        point = ([cell.median() or 0], [100 * (cell.accuracy() or 0)])
        axes.plot(*point, label=cell.label, linestyle="", markerfacecolor=filled, **look)
    _milliseconds_axis(axes, [cell.median() or 0 for cell in shown])
    axes.set_ylim(-3, 103)
    axes.set_ylabel("codes read exactly, %" if shown[0].run["scores"] else "labelled lines read, %")
    _legend_right(axes)
    caption = f"{dataset}: accuracy (white space ignored) against time. Up and left is better; hollow: time in doubt."
    return Figure(f"accuracy-latency-{dataset}", caption, _svg(canvas))


def latency_boxes(rows: Sequence[Measured], dataset: str) -> Figure | None:
    """Spread of the time per image, one box per reader: quartiles, whiskers at the 5th and 95th percentile."""
    shown = [cell for cell in rows if _totals(cell)][::-1]
    if not shown:
        return None
    canvas, axes = _canvas(8.6, 0.9 + 0.45 * len(shown))
    drawn = axes.boxplot(
        [_totals(cell) for cell in shown], orientation="horizontal", widths=0.6, whis=(5, 95), patch_artist=True
    )
    for cell, box in zip(shown, drawn["boxes"], strict=True):
        box.set(facecolor=_colour(cell), alpha=0.55, edgecolor="#333333")
    for line in drawn["medians"]:
        line.set(color="black", linewidth=1.6)
    for flier in drawn["fliers"]:
        flier.set(marker=".", markersize=3, markeredgecolor="#555555")
    axes.set_yticks(range(1, len(shown) + 1), [cell.label + (" ~" if cell.doubts else "") for cell in shown])
    _milliseconds_axis(axes, [value for cell in shown for value in _totals(cell)])
    return Figure("latency", f"{dataset}: time per image; whiskers from 5 to 95 %, ~ time in doubt.", _svg(canvas))


def by_tag(rows: Sequence[Measured], tag: str, dataset: str) -> Figure | None:
    """Exact codes by the value of a tag: one row per reader, one column per value."""
    shown = [cell for cell in rows if tag in cell.run["by_tag"]]
    values = list(dict.fromkeys(value for cell in shown for value in cell.run["by_tag"][tag]))
    if not shown or not values:
        return None
    shown.sort(key=lambda cell: -(cell.accuracy() or 0))
    cells = [[cell.run["by_tag"][tag].get(value) for value in values] for cell in shown]
    shares = [[100 * entry["exact"] if entry else float("nan") for entry in row] for row in cells]
    counts = {value: entry["images"] for row in cells for value, entry in zip(values, row, strict=True) if entry}
    heads = [f"{value}\n({counts[value]})" for value in values]
    svg = _heat([cell.label for cell in shown], heads, shares, 100.0)
    return Figure(f"by-{tag}", f"{dataset}: codes read exactly by {tag}, % (number of images).", svg)


def confusions(rows: Sequence[Measured], dataset: str) -> Figure | None:
    """The most common confusions over all readers: one row per pair, one column per reader."""
    shown = [cell for cell in rows if cell.run["confusions"]]
    if not shown:
        return None
    counts = [{(wanted, got): count for wanted, got, count in cell.run["confusions"]} for cell in shown]
    weight: dict[tuple[str, str], float] = {}
    for count in counts:
        for pair, number in count.items():
            weight[pair] = weight.get(pair, 0.0) + math.sqrt(number)  # so that one bad reader does not dominate
    pairs = sorted(weight, key=lambda pair: (-weight[pair], pair))[:TOP_CONFUSIONS]
    numbers = [[float(count.get(pair, 0)) for count in counts] for pair in pairs]
    names = [f"{_format_character(wanted)}  →  {_format_character(got)}" for wanted, got in pairs]
    svg = _heat(names, [_wrapped(cell.label) for cell in shown], numbers, max(map(max, numbers)))
    return Figure(
        "confusions", f"{dataset}: the most common confusions (in the code → as read), with their counts.", svg
    )


def thesis_overview(
    published: Sequence[tuple[str, str, float, float]],
    here: Sequence[Measured],
    dataset: str,
    place: str = "",
    caption: str = "",
) -> Figure:
    """Figure 4 of the thesis: time against error, as published for the Nano and as measured here.

    ``place`` and ``caption``: other words than those for the thesis's own engines on this computer.
    """
    with mpl.rc_context(STYLE):
        canvas = Canvas(figsize=(9.6, 4.6), layout="constrained")
        left, right = canvas.subplots(1, 2, sharey=True)
    modes = list(dict.fromkeys(mode for _, mode, _, _ in published))
    engines = list(dict.fromkeys(engine for engine, _, _, _ in published))
    for engine, mode, ms, error in published:
        style = {"color": COLOURS[engines.index(engine)], "marker": MARKERS[modes.index(mode)]}
        left.plot([ms], [error], linestyle="", markersize=9, label=f"{engine}, {mode}", **style)
    for cell in (cell for cell in here if cell.median()):
        error = 100 * (cell.score("cer", "notebook") or 0)
        look = {"color": _colour(cell), "marker": _marker(cell)}
        right.plot([cell.median() or 0], [error], linestyle="", markersize=9, label=cell.label, **look)
    left.set_title("published, Jetson Nano", loc="left", fontsize=10)
    place = place or (_place(here) if here else "no engine of the thesis could run here")
    right.set_title(place, loc="left", fontsize=10)
    left.set_ylabel("CER, % (lower is better)")
    for axes in (left, right):
        _milliseconds_axis(axes, [ms for _, _, ms, _ in published] + [cell.median() or 1 for cell in here])
        axes.set_ylim(-3, 103)
        if axes.lines:
            axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=2, frameon=False, fontsize=8.5)
    caption = caption or f"Figure 4 by content: time and error as published, and of the same engines here on {dataset}."
    return Figure("thesis-overview", caption, _svg(canvas))


def known_networks(published: Mapping[str, float], boards: Mapping[str, Mapping[str, float]]) -> Figure | None:
    """Figure 7 of the thesis: frames per second of known networks, as published and on each board.

    ``published``: network and engine -> FPS. ``boards``: host -> the same as measured. None without a common row.
    """
    names = [name for name in published if any(name in own for own in boards.values())][::-1]
    if not names:
        return None
    canvas, axes = _canvas(8.6, 1.2 + 0.36 * len(names))
    places = range(len(names))
    axes.barh(places, [published[name] for name in names], height=0.62, color="#cccccc", label="published")
    for number, (host, own) in enumerate(boards.items()):
        rows = [(own[name], place) for place, name in enumerate(names) if name in own]
        style: dict[str, Any] = {"color": COLOURS[number % len(COLOURS)], "marker": MARKERS[number % len(MARKERS)]}
        point = ([fps for fps, _ in rows], [place for _, place in rows])
        axes.plot(*point, linestyle="", markersize=7, label=host, **style)
    axes.set_yticks(places, names)
    axes.set_xlabel("frames per second")
    _legend_right(axes)
    caption = "Figure 7 by content: known networks, as published (bars) and as measured on each board (marks)."
    return Figure("known-networks", caption, _svg(canvas))


def _place(here: Sequence[Measured]) -> str:
    devices = dict.fromkeys({"cpu": "CPU", "cuda": "GPU"}.get(cell.run["reader"]["device"], "?") for cell in here)
    return f"here, {' and '.join(devices)}, not a Nano"


def _colour(cell: Measured) -> str:
    """The colour of a reader, the same in every plot."""
    return COLOURS[cell.number % len(COLOURS)]


def _marker(cell: Measured) -> str:
    """A marker that no other reader with the same colour has."""
    return MARKERS[(cell.number + cell.number // len(COLOURS)) % len(MARKERS)]


def _totals(cell: Measured) -> list[float]:
    return [image["ms"]["total"][1] for image in cell.run["images"] if "total" in image["ms"]]


def _canvas(width: float, height: float) -> tuple[Canvas, Axes]:
    with mpl.rc_context(STYLE):
        canvas = Canvas(figsize=(width, height), layout="constrained")
        return canvas, canvas.subplots()


def _milliseconds_axis(axes: Axes, values: Sequence[float]) -> None:
    """Logarithmic, in plain numbers, with room at both ends."""
    axes.set_xscale("log")
    axes.set_xlim(min(values) / 1.4, max(values) * 1.4)
    axes.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0), numticks=12))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_xlabel("ms per image (logarithmic)")


def _legend_right(axes: Axes) -> None:
    axes.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), frameon=False, labelspacing=0.9)


def _heat(names: Sequence[str], heads: Sequence[str], numbers: Sequence[Sequence[float]], top: float) -> str:
    """A table of shaded cells with their numbers. The shades are of one hue, which everyone can order."""
    canvas, axes = _canvas(2.6 + 1.05 * len(heads), 1.2 + 0.42 * len(names))
    axes.imshow(numbers, cmap="Blues", vmin=0, vmax=max(top, 1.0) * 1.15, aspect="auto")
    axes.grid(visible=False)
    axes.set_xticks(range(len(heads)), heads, fontsize=8.5)
    axes.set_yticks(range(len(names)), names)
    axes.tick_params(length=0, top=True, labeltop=True, bottom=False, labelbottom=False)
    axes.spines[:].set_visible(False)
    for y, row in enumerate(numbers):
        for x, number in enumerate(row):
            if not math.isnan(number):  # no image of this kind
                dark = number > 0.6 * max(top, 1.0)
                axes.text(x, y, f"{number:.0f}", ha="center", va="center", color="white" if dark else "black")
    return _svg(canvas)


def _wrapped(label: str) -> str:
    """The head of a column: the first word, then lines that are as wide as a column."""
    first, _, rest = label.partition(" ")
    return "\n".join([first, *textwrap.wrap(rest, HEAD_WIDTH)])


def _format_character(character: str) -> str:
    """The name of a blank and of nothing, which are invisible."""
    return {"": "nothing", " ": "blank"}.get(character, character)


def _svg(canvas: Canvas) -> str:
    stream = io.StringIO()
    with mpl.rc_context(STYLE):
        canvas.savefig(stream, format="svg", metadata={"Date": None})
    text = stream.getvalue()
    return text[text.index("<svg") :]
