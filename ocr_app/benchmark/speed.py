"""Lines a second of recognisers alone: the same crops, one after another, in turns.

Every round lets each reader read every crop once, in an order that turns from round to round, so that what disturbs
the machine disturbs all of them; ratios are those of medians over the rounds. Cropping and loading are not timed,
preparing a crop is. The phase "recognise" is given apart: some readers decode inside it, `codes` behind it.
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
"""Crops handed over at once: a line alone, and the three lines of one frame."""

Say = Callable[[str], None]


class SpeedPass(NamedTuple):
    """Seconds of one round of one reader: of the calls, and of their phase "recognise"."""

    whole: float
    recognise: float


def measure(
    readers: Dict[str, Reader], datasets: Sequence[Dataset], threads: int, rounds: int, say: Say
) -> Dict[str, Any]:
    """The record (schema ``nano-ocr/speed/1``); the first reader is the one the others are compared with.

    Raises UsageError for no rounds, ReaderFailed when a reader fails on a crop.
    """
    if rounds < 1:
        raise UsageError("{} rounds".format(rounds), "one or more")
    crops = [crop for dataset in datasets for crop in line_crops(dataset)]
    described, before = environment.describe(), snapshot()
    seconds = {batch: _rounds(readers, _groups(crops, batch), rounds, say) for batch in BATCHES}
    load: Dict[str, Any] = dict(spent(before, snapshot()))
    later = {
        "clocks": environment.clocks("/"),
        "temperatures_c": environment.temperatures("/"),
        "throttle_count": environment.throttle_count("/"),
    }
    counts = {"images": len(crops), "errors": 0, "inferences": rounds * len(crops)}
    against = validity.reasons(described, later, load, counts)
    return {
        "schema": SCHEMA,
        "datasets": [{"name": dataset.name, "sha256": dataset.sha256} for dataset in datasets],
        "crops": len(crops),
        "rounds": rounds,
        "threads": threads,
        "readers": [{"reader": name, "engine": reader.info.engine} for name, reader in readers.items()],
        "batches": {str(batch): _summary(its, len(crops)) for batch, its in seconds.items()},
        "valid": not against,
        "invalid_reasons": against,
        "load": load,
        "environment": dict(described, libraries=environment.libraries(), after=later),
    }


def _groups(crops: Sequence[LineCrop], batch: int) -> List[List[Image]]:
    images = [crop.image for crop in crops]
    return [images[k : k + batch] for k in range(0, len(images), batch)]


def _rounds(readers: Dict[str, Reader], groups: List[List[Image]], rounds: int, say: Say) -> Dict[str, List[SpeedPass]]:
    """What each round took, by reader; a first round warms up and does not count."""
    names = list(readers)
    taken: Dict[str, List[SpeedPass]] = {name: [] for name in names}
    for number in range(rounds + 1):
        turn = number % len(names)
        for name in names[turn:] + names[:turn]:
            say("round {} of {}, up to {} lines at once: {}".format(number, rounds, len(groups[0]), name))
            its = _pass(readers[name], groups)
            if number:
                taken[name].append(its)
    return taken


def _pass(reader: Reader, groups: List[List[Image]]) -> SpeedPass:
    timer, start = Timer(), time.perf_counter()
    for group in groups:
        reader.read_lines(group, timer)
    return SpeedPass(time.perf_counter() - start, timer.ms.get("recognise", 0.0) / 1e3)


def _summary(passes: Dict[str, List[SpeedPass]], crops: int) -> Dict[str, Any]:
    """By reader: lines a second (median, least and most over the rounds), and how many times slower than the first.

    Of the whole call, and of its recognition alone: preparing crops, the network, and the best path.
    """
    return {
        "whole": _rates({name: [each.whole for each in its] for name, its in passes.items()}, crops),
        "recognise": _rates({name: [each.recognise for each in its] for name, its in passes.items()}, crops),
    }


def _rates(seconds: Dict[str, List[float]], crops: int) -> Dict[str, Any]:
    """None for a reader that does not tell this part of its time."""
    medians = {name: float(np.median(its)) for name, its in seconds.items()}
    first = next(iter(medians.values()))
    return {
        name: None
        if not medians[name]
        else {
            "lines_per_s": round(crops / medians[name], 2),
            "least": round(crops / max(its), 2),
            "most": round(crops / min(its), 2),
            "first_is_faster_by": round(medians[name] / first, 3) if first else None,
        }
        for name, its in seconds.items()
    }
