"""Lines per second of recognisers alone: readers read the same crops in turns.

In every round each reader reads every crop once. The order rotates from round to round, so that disturbances of the
machine affect all readers. Ratios are those of the medians over the rounds. Cropping and loading are not timed,
preparing a crop is. The phase "recognise" is reported separately: some readers decode within it, `codes` after it.
"""

import time
from typing import Any, Callable, Dict, List, NamedTuple, Sequence

import numpy as np

from ocr_app.board import environment, validity
from ocr_app.board.usage import snapshot, spent
from ocr_app.core.errors import UsageError
from ocr_app.core.types import Image
from ocr_app.datasets.crops import LineCrop, line_crops
from ocr_app.datasets.sample import Dataset
from ocr_app.readers.contract import Reader, Timer

SCHEMA = "nano-ocr/speed/1"
BATCHES = (1, 3)
"""Crops per call: one line, and the three lines of one frame."""

Report = Callable[[str], None]


class SpeedPass(NamedTuple):
    """Seconds of one round of one reader: the whole calls, and their phase "recognise"."""

    whole: float
    recognise: float


def measure(
    readers: Dict[str, Reader], datasets: Sequence[Dataset], threads: int, rounds: int, report: Report
) -> Dict[str, Any]:
    """The record (schema ``nano-ocr/speed/1``); the other readers are compared with the first.

    Raises UsageError for no rounds, ReaderFailed when a reader fails on a crop.
    """
    if rounds < 1:
        raise UsageError("{} rounds".format(rounds), "at least one")
    crops = [crop for dataset in datasets for crop in line_crops(dataset)]
    described, before = environment.describe(), snapshot()
    seconds = {batch: _rounds(readers, _groups(crops, batch), rounds, report) for batch in BATCHES}
    load: Dict[str, Any] = dict(spent(before, snapshot()))
    later = {
        "clocks": environment.clocks("/"),
        "temperatures_c": environment.temperatures("/"),
        "throttle_count": environment.throttle_count("/"),
    }
    counts = {"images": len(crops), "errors": 0, "inferences": rounds * len(crops)}
    invalid_reasons = validity.reasons(described, later, load, counts)
    return {
        "schema": SCHEMA,
        "datasets": [{"name": dataset.name, "sha256": dataset.sha256} for dataset in datasets],
        "crops": len(crops),
        "rounds": rounds,
        "threads": threads,
        "readers": [{"reader": name, "engine": reader.info.engine} for name, reader in readers.items()],
        "batches": {str(batch): _summary(passes, len(crops)) for batch, passes in seconds.items()},
        "valid": not invalid_reasons,
        "invalid_reasons": invalid_reasons,
        "load": load,
        "environment": dict(described, libraries=environment.libraries(), after=later),
    }


def _groups(crops: Sequence[LineCrop], batch: int) -> List[List[Image]]:
    images = [crop.image for crop in crops]
    return [images[k : k + batch] for k in range(0, len(images), batch)]


def _rounds(
    readers: Dict[str, Reader], groups: List[List[Image]], rounds: int, report: Report
) -> Dict[str, List[SpeedPass]]:
    """The passes of each reader; a first round warms up and does not count."""
    names = list(readers)
    passes: Dict[str, List[SpeedPass]] = {name: [] for name in names}
    for number in range(rounds + 1):
        first = number % len(names)
        for name in names[first:] + names[:first]:
            report("round {} of {}, up to {} lines at once: {}".format(number, rounds, len(groups[0]), name))
            measured = _pass(readers[name], groups)
            if number:
                passes[name].append(measured)
    return passes


def _pass(reader: Reader, groups: List[List[Image]]) -> SpeedPass:
    timer, start = Timer(), time.perf_counter()
    for group in groups:
        reader.read_lines(group, timer)
    return SpeedPass(time.perf_counter() - start, timer.ms.get("recognise", 0.0) / 1e3)


def _summary(passes: Dict[str, List[SpeedPass]], crops: int) -> Dict[str, Any]:
    """By reader: lines per second (median, minimum, maximum over the rounds), and how many times faster the first is.

    Of the whole call, and of its recognition alone: preparing crops, the network, and the best path.
    """
    return {
        "whole": _rates({name: [each.whole for each in rounds] for name, rounds in passes.items()}, crops),
        "recognise": _rates({name: [each.recognise for each in rounds] for name, rounds in passes.items()}, crops),
    }


def _rates(seconds: Dict[str, List[float]], crops: int) -> Dict[str, Any]:
    """None for a reader that does not measure this part of its time."""
    medians = {name: float(np.median(times)) for name, times in seconds.items()}
    first = next(iter(medians.values()))
    return {
        name: None
        if not medians[name]
        else {
            "lines_per_s": round(crops / medians[name], 2),
            "least": round(crops / max(times), 2),
            "most": round(crops / min(times), 2),
            "first_is_faster_by": round(medians[name] / first, 3) if first else None,
        }
        for name, times in seconds.items()
    }
