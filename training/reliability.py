"""Reliability of confidences: how often what was said with a confidence is right, as a diagram and as one number.

The expected calibration error is the mean distance between confidence and share right, weighted by the cases of a bin
(Naeini, Cooper and Hauskrecht, AAAI 2015). Bins hold equally many cases (Nguyen and O'Connor, EMNLP 2015), because
nearly all confidences of a good reader are close to 1.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

BINS = 10

ConfidenceCase = tuple[float, bool]
"""A confidence from 0 to 1, and whether what was said with it is right."""


class ReliabilityBin(NamedTuple):
    """Cases of neighbouring confidences: their number, mean confidence, and the share that is right."""

    cases: int
    confidence: float
    right: float


def reliability_bins(cases: Sequence[ConfidenceCase], bins: int = BINS) -> list[ReliabilityBin]:
    """At most ``bins`` bins by rising confidence. Cases of equal confidence are in one bin, so a bin may be larger.

    Raises:
        ValueError: a confidence outside of 0..1, or NaN.
    """
    confidence = np.array([case[0] for case in cases], np.float64)
    right = np.array([case[1] for case in cases], np.float64)
    if not np.all((confidence >= 0) & (confidence <= 1)):
        raise ValueError("confidences are from 0 to 1")
    order = np.argsort(confidence, kind="stable")
    confidence, right = confidence[order], right[order]
    ranks = np.arange(len(cases)) * bins // max(1, len(cases))
    first = np.searchsorted(confidence, confidence, side="left")  # equal confidences go where the first of them goes
    return [_bin(confidence[own], right[own]) for own in (ranks[first] == k for k in range(bins)) if own.any()]


def _bin(confidence: np.ndarray, right: np.ndarray) -> ReliabilityBin:
    return ReliabilityBin(len(right), round(float(confidence.mean()), 6), round(float(right.mean()), 6))


def calibration_error(cases: Sequence[ConfidenceCase], bins: int = BINS) -> float:
    """The expected calibration error, 0..1; 0 without cases. Raises ValueError as :func:`reliability_bins`."""
    found = reliability_bins(cases, bins)
    total = sum(each.cases for each in found)
    return sum(each.cases * abs(each.confidence - each.right) for each in found) / total if total else 0.0


def to_json(cases: Sequence[ConfidenceCase], bins: int = BINS) -> dict[str, object]:
    """What a calibration record keeps: cases, expected calibration error, and the bins."""
    found = [list(each) for each in reliability_bins(cases, bins)]
    return {"cases": len(cases), "calibration_error": round(calibration_error(cases, bins), 5), "bins": found}


def diagram(curves: dict[str, Sequence[ConfidenceCase]], bins: int = BINS) -> str:
    """A reliability diagram as SVG: share right against confidence, one line per entry, sizes by the number of cases.

    Both axes are by the distance from 1 on a logarithmic scale, where the confidences of a good reader are.
    """
    from matplotlib import rc_context
    from matplotlib.figure import Figure
    from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

    with rc_context({"svg.hashsalt": "nano-ocr", "svg.fonttype": "none", "font.family": "DejaVu Sans"}):
        canvas = Figure(figsize=(5.6, 5.2))
        axes = canvas.add_subplot()
        axes.plot([0, 4], [0, 4], color="#999999", linewidth=1, label="as sure as it should be")
        for name, cases in curves.items():
            _draw(axes, f"{name}: error {100 * calibration_error(cases, bins):.1f} points", cases, bins)
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_locator(FixedLocator([0.301, 1, 2, 3, 4]))
            axis.set_minor_locator(NullLocator())
            axis.set_major_formatter(FuncFormatter(lambda nines, _: f"{100 * (1 - 10**-nines):.4g} %"))
        axes.set_xlabel("confidence")
        axes.set_ylabel("right")
        axes.legend(frameon=False, loc="upper left")
        stream = io.StringIO()
        canvas.savefig(stream, format="svg", bbox_inches="tight", metadata={"Date": None})
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines()) + "\n"


def nines(share: float) -> float:
    """0 for 0, 1 for 0.9, 2 for 0.99; at most 4."""
    return min(4.0, float(-np.log10(max(1.0 - share, 1e-4))))


def _draw(axes: Any, label: str, cases: Sequence[ConfidenceCase], bins: int) -> None:
    found = reliability_bins(cases, bins)
    across, up = [nines(each.confidence) for each in found], [nines(each.right) for each in found]
    (line,) = axes.plot(across, up, linewidth=1.2, label=label)
    sizes = [20 + 180 * each.cases / len(cases) for each in found]
    axes.scatter(across, up, s=sizes, color=line.get_color(), alpha=0.6, linewidths=0)
