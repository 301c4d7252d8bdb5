"""Summaries of times. A quantile is given only where there are enough samples for it to mean something."""

from typing import Dict, List, Optional, Sequence

import numpy as np

PHASES = ("preprocess", "detect", "recognise", "decode", "total")
"""``total`` is how long the caller waited for one image in memory. With a reader in another process it includes the
transport, which no other phase contains."""

STATISTICS = ("n", "median", "p95", "p99", "mean", "std", "min", "max")
ENOUGH_FOR_P95 = 20  # with fewer than 1 / (1 - q) samples a quantile is only the largest value
ENOUGH_FOR_P99 = 100


def summarise(values: Sequence[float]) -> Dict[str, Optional[float]]:
    """n, median, p95, p99, mean, std (of the sample), min, max; milliseconds in, milliseconds out.

    Quantiles interpolate linearly (method 7 of Hyndman and Fan, The American Statistician 50(4), 1996); p95 needs 20
    samples, p99 needs 100, else None.
    """
    data = np.asarray(values, np.float64)
    if not data.size:
        empty: Dict[str, Optional[float]] = dict.fromkeys(STATISTICS)
        return dict(empty, n=0)
    return {
        "n": int(data.size),
        "median": _round(np.median(data)),
        "p95": _round(np.percentile(data, 95)) if data.size >= ENOUGH_FOR_P95 else None,
        "p99": _round(np.percentile(data, 99)) if data.size >= ENOUGH_FOR_P99 else None,
        "mean": _round(data.mean()),
        "std": _round(data.std(ddof=1)) if data.size > 1 else None,
        "min": _round(data.min()),
        "max": _round(data.max()),
    }


def by_phase(timings: Sequence[Dict[str, float]]) -> Dict[str, Dict[str, Optional[float]]]:
    """A summary of each phase that took any time; ``timings`` are those of single inferences."""
    present = [phase for phase in PHASES if any(timing.get(phase) for timing in timings)]
    return {phase: summarise([timing[phase] for timing in timings if phase in timing]) for phase in present}


def least_and_median(timings: Sequence[Dict[str, float]]) -> Dict[str, List[float]]:
    """``{phase: [minimum, median]}`` over the repeats of one image."""
    present = [phase for phase in PHASES if any(timing.get(phase) for timing in timings)]
    columns = {phase: [timing[phase] for timing in timings if phase in timing] for phase in present}
    return {phase: [_round(min(column)), _round(np.median(column))] for phase, column in columns.items()}


def per_second(values: Sequence[float]) -> Optional[float]:
    """Images per second, read one after another: their number over the sum of their times in milliseconds."""
    total = sum(values)
    return round(1000.0 * len(values) / total, 3) if total > 0 else None


def _round(value: float) -> float:
    return round(float(value), 3)
