"""Passes under recipes: tables of right and wrong passes, and rejection curves by lead, by witnesses, and by both."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from fleet.core.errors import BlockError
from fleet.core.files import write_whole
from fleet.core.pages import markdown_table
from ocr_app.core.tables import percent, table
from training import cards

GAPS = (0.0, 1.0, 2.0, 3.0, 3.5, 4.0, 4.5, 5.0, 6.0, 8.0)
RIGHT, WRONG = ("right", "marks"), ("wrong", "part")
HEAD = ["set", "frames", "good codes", "right", "marks only", "wrong", "in part", "elsewhere", "of the good"]
Case = dict[str, Any]


class RejectionPoint(NamedTuple):
    """Passes at a lead of at least ``gap`` nats. ``good``: right ones; ``wrong``: wrong ones and parts."""

    gap: float
    good: int
    wrong: int


RULES: dict[str, Callable[[Case], bool]] = {
    "lead alone": lambda case: True,
    "lead, and two witnesses agree": lambda case: case["agreed"] is True,
}


def counts(cases: Sequence[Case]) -> dict[str, int]:
    """Frames, good codes, and the passes by grade. ``kept``: right passes of good codes."""
    grades = [case["grade"] for case in cases]
    found = {grade: grades.count(grade) for grade in ("right", "marks", "wrong", "part", "elsewhere")}
    kept = sum(case["good"] and case["grade"] in RIGHT for case in cases)
    return {"frames": len(cases), "good": sum(case["good"] for case in cases), **found, "kept": kept}


def rejection(cases: Sequence[Case], rule: str, gaps: Sequence[float] = GAPS) -> list[RejectionPoint]:
    """The passes of a rule for each lead. What is passed where no label says what is printed counts in neither."""
    asked = [case for case in cases if case["lax_grade"] in RIGHT + WRONG and RULES[rule](case)]
    points = []
    for gap in gaps:
        kept = [case["lax_grade"] for case in asked if _lead(case) >= gap]
        good = sum(grade in RIGHT for grade in kept)
        points.append(RejectionPoint(gap, good, len(kept) - good))
    return points


def witnessed(cases: Sequence[Case]) -> bool:
    """Whether a second witness was asked about any of the cases."""
    return any(case["agreed"] is not None for case in cases)


def _lead(case: Case) -> float:
    return math.inf if case["lead"] is None else float(case["lead"])


def rows(record: dict[str, Any]) -> list[list[str]]:
    """One row per part of the record."""
    return [[part["name"], *_cells(counts(part["cases"]))] for part in record["parts"]]


def _cells(found: dict[str, int]) -> list[str]:
    numbers = [found[key] for key in ("frames", "good", "right", "marks", "wrong", "part", "elsewhere")]
    share = f"{100 * found['kept'] / found['good']:.1f} %" if found["good"] else "-"
    return [*(str(number) for number in numbers), share]


def rejection_rows(record: dict[str, Any]) -> list[list[str]]:
    """Good and wrong passes by lead, all upright parts together: one row per lead, two columns per rule."""
    cases = upright(record)
    rules = [rule for rule in RULES if rule == "lead alone" or witnessed(cases)]
    curves = {rule: rejection(cases, rule) for rule in rules}
    head = ["lead, nats", *(f"{kind}: {rule}" for rule in rules for kind in ("good", "wrong"))]
    found = [head]
    for k, gap in enumerate(GAPS):
        mark = " (default)" if gap == record["default_gap"] else ""
        figures = [str(figure) for rule in rules for figure in curves[rule][k][1:]]
        found.append([f"{gap:g}{mark}", *figures])
    return found


def upright(record: dict[str, Any]) -> list[Case]:
    """The cases of all parts that are not turned."""
    return [case for part in record["parts"] if " turned by" not in part["name"] for case in part["cases"]]


def text(record: dict[str, Any]) -> str:
    """The tables for a terminal."""
    head, *body = rejection_rows(record)
    missing = f"\n\nNot here: {', '.join(record['missing'])}" if record["missing"] else ""
    return f"{record['reader']}\n{table(HEAD, rows(record))}\n\n{table(head, body)}{missing}"


def publish(record: dict[str, Any], folder: Path) -> None:
    """Fill the tables of the card and draw its curves. Raises CardError for a card without the blocks."""
    page = folder / "passes.md"
    blocks = {
        "passes": cards.markdown([HEAD, *rows(record)]) + f"\n\n{_origin(record)}",
        "rejection": cards.markdown(rejection_rows(record)),
    }
    write_whole(page, cards.filled(page.read_text(encoding="utf-8"), blocks))
    write_whole(folder / "passes.svg", curves(record))


def _origin(record: dict[str, Any]) -> str:
    """What the figures are of."""
    left_out = f" Not measured here: {', '.join(record['missing'])}." if record["missing"] else ""
    return f"Reader `{record['reader']}` ({record['engine']}), {record['created'][:10]}.{left_out}"


def curves(record: dict[str, Any]) -> str:
    """Rejection curves as SVG: wrong passes against the share of good codes that pass, one line per rule."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    from fleet.reports.benchmark.plots import COLOURS, STYLE

    cases = upright(record)
    good = sum(case["good"] for case in cases)
    with rc_context(STYLE):
        canvas = Figure(figsize=(7.2, 4.2))
        axes = canvas.add_subplot()
        for rule, colour in zip(_drawn(cases), COLOURS, strict=False):
            points = rejection(cases, rule, [k / 4 for k in range(81)])
            axes.plot([100 * p.good / good for p in points], [p.wrong for p in points], label=rule, color=colour)
            _mark_default(axes, points, good, record["default_gap"], colour)
        axes.set_xlabel("good codes that pass, %")
        axes.set_ylabel("wrong passes")
        axes.set_ylim(-0.3, max(5.0, axes.get_ylim()[1]))
        axes.legend(frameon=False, loc="upper left")
        return _svg(canvas)


def _drawn(cases: Sequence[Case]) -> list[str]:
    return [rule for rule in RULES if rule == "lead alone" or witnessed(cases)]


def _mark_default(axes: Any, points: Sequence[RejectionPoint], good: int, gap: float, colour: str) -> None:
    """A filled point at the default lead, and a hollow one where no lead is asked for."""
    for point, filled in [(points[0], "white"), *((p, colour) for p in points if p.gap == gap)]:
        place = ([100 * point.good / good], [point.wrong])
        axes.plot(*place, marker="o", color=colour, markerfacecolor=filled, linestyle="")


def _svg(canvas: Any) -> str:
    stream = io.StringIO()
    canvas.savefig(stream, format="svg", bbox_inches="tight", metadata={"Date": None, "Creator": None})
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines()) + "\n"


def summary(folder: Path, page: Path) -> str:
    """One row per set: good codes, and what passes. Raises BlockError."""
    record = read_record(folder.parent.parent / "models" / "passes.json", "./inv passes --publish")
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


def read_record(path: Path, command: str) -> dict[str, Any]:
    """A committed record. Raises BlockError where it is missing. ``command``: what makes it."""
    if not path.exists():
        raise BlockError(f"no {path.name}", str(path.name), command)
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found
