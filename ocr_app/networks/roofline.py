"""A roofline estimate of the time that a network takes on a board: from published peaks, never a measurement.

Williams, Waterman, Patterson 2009, "Roofline: an insightful visual performance model": a layer takes as long as its
operations at the peak rate, or as its bytes at the peak bandwidth, whichever is longer. Peaks of each board are data
with their sources (data/boards.json). The share of them that is reached and the cost of starting a kernel are those of
a Nano (data/nano.json); for other boards they are an assumption.
"""

from typing import Any, Dict, NamedTuple, Sequence

from ocr_app.core.errors import UsageError
from ocr_app.core.paths import load_data
from ocr_app.networks.count import Count, Layer

BYTES = {"int8": 1, "fp16": 2, "fp32": 4}
"""Bytes of one element."""


class Band(NamedTuple):
    """Seconds of one run at the low and the high end of the efficiency band."""

    slow: float
    fast: float

    def __add__(self, other: "Band") -> "Band":  # type: ignore[override]
        return Band(self.slow + other.slow, self.fast + other.fast)


def boards() -> Dict[str, Any]:
    """The known boards by name."""
    return load_data("boards.json")["boards"]  # type: ignore[no-any-return]


def known_board(name: str) -> Dict[str, Any]:
    """What is known about a board. Raises UsageError with the known ones."""
    known = boards()
    if name not in known:
        raise UsageError("unknown board: {}".format(name), ", ".join(known))
    return known[name]  # type: ignore[no-any-return]


def board(name: str = "nano") -> Dict[str, Any]:
    """Peaks, efficiency band and launch cost of a board, each with its source.

    Raises UsageError for an unknown board, and for one without published peaks.
    """
    found, shared = known_board(name), load_data("nano.json")
    if found["peaks"] is None:
        with_peaks = [each for each, entry in boards().items() if entry["peaks"] is not None]
        raise UsageError("no published peaks of {} are known".format(found["name"]), ", ".join(with_peaks))
    peaks = {key: found["peaks"][key] for key in ("flops_per_s", "bytes_per_s")}
    sources = dict(found["peaks"]["sources"], **shared["sources"])
    title = "{}, {}".format(found["name"], found["peaks"]["at"])
    return dict(peaks, board=title, efficiency=shared["efficiency"], launch_s=shared["launch_s"], sources=sources)


def estimate(count: Count, precision: str, peaks: Dict[str, Any]) -> Band:
    """Seconds of one run of a counted network. Raises UsageError for a precision without a published peak."""
    if precision not in peaks["flops_per_s"]:
        raise UsageError("no peak for {}".format(precision), ", ".join(sorted(peaks["flops_per_s"])))
    seconds = [
        _seconds(count.layers, precision, peaks, efficiency, launch)
        for efficiency, launch in zip(peaks["efficiency"], peaks["launch_s"])
    ]
    return Band(*seconds)


def _seconds(layers: Sequence[Layer], precision: str, peaks: Dict[str, Any], efficiency: float, launch: float) -> float:
    rate = peaks["flops_per_s"][precision] * efficiency
    bandwidth = peaks["bytes_per_s"] * efficiency
    total = 0.0
    for layer in layers:
        bytes_moved = BYTES[precision] * (layer.weights + layer.read + layer.written)
        total += max(layer.flops / rate, bytes_moved / bandwidth) + (0.0 if layer.fused else launch)
    return total
