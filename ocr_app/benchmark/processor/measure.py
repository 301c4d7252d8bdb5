"""Measures the processor's part of a frame: everything but the networks, by stage, on one thread.

Each frame is read once with the networks running, and their answers are recorded. Then it is read again and again with
the answers played back. What counts is processor time, not time on the clock, and of several rounds the shortest time,
because whatever else a machine does can only add to it.
"""

import json
import sys
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

import cv2
import numpy as np

from ocr_app import recipes
from ocr_app.benchmark.latency import summarise
from ocr_app.benchmark.processor.frames import ComposedFrame
from ocr_app.benchmark.processor.recorded import TapedReader
from ocr_app.benchmark.processor.stages import NOT_COUNTED, REST, STAGES, Stopwatch, instrumented
from ocr_app.board import environment
from ocr_app.core.paths import load_data
from ocr_app.core.types import Reading, reading_to_json
from ocr_app.readers.contract import Reader
from ocr_app.reading.frame import ReadOptions, VerdictRequest, read_image

SCHEMA = "nano-ocr/processor/1"
NO_RECIPE = "no recipe"

Report = Callable[[str], None]


def measure(
    reader: Reader,
    frames: Sequence[ComposedFrame],
    named: Sequence[recipes.Recipe],
    rounds: int,
    report: Report,
    seven_zip_mips: Optional[float] = None,
) -> Dict[str, Any]:
    """The record: without a recipe and under each recipe, the milliseconds per frame of all stages and of each.

    ``seven_zip_mips``: 7-Zip's rating of one thread of this machine, for the estimate of a Nano. Raises UsageError for
    a reader whose networks cannot be replaced, ReaderFailed when it fails on a frame.
    """
    cv2.setNumThreads(1)
    taped = TapedReader(reader)
    requests: List[Tuple[str, Optional[recipes.Recipe]]] = [(NO_RECIPE, None)] + [(each.name, each) for each in named]
    measured = {name: _measure_under(taped, frames, recipe, rounds, name, report) for name, recipe in requests}
    return {
        "schema": SCHEMA,
        "reader": reader.info.reader,
        "engine": reader.info.engine,
        "frames": len(frames),
        "lines": {str(count): int(n) for count, n in enumerate(np.bincount([f.lines for f in frames])) if n},
        "rounds": rounds,
        "recipes": measured,
        "nano": None if seven_zip_mips is None else _nano(measured, seven_zip_mips),
        "environment": dict(environment.describe(), libraries=environment.libraries()),
    }


def _measure_under(
    taped: TapedReader,
    frames: Sequence[ComposedFrame],
    recipe: Optional[recipes.Recipe],
    rounds: int,
    name: str,
    report: Report,
) -> Dict[str, Any]:
    options = ReadOptions(verdict_request=None if recipe is None else VerdictRequest(recipe))
    tapes = []
    for frame in frames:
        tapes.append(taped.record())
        read_image(taped.reader, frame.image, frame.name, options)
    passes: List[List[Dict[str, float]]] = []
    found: List[int] = []
    stopwatch = Stopwatch()
    with instrumented(stopwatch):
        for number in range(rounds + 1):
            report("{}: round {} of {}".format(name, number, rounds))
            passes.append([])
            for frame, tape in zip(frames, tapes):
                taped.play(tape)
                with stopwatch.frame() as stages:
                    reading = read_image(taped.reader, frame.image, frame.name, options)
                    to_text(reading)
                passes[-1].append(dict(stages))
                found += [len(reading.lines)] if not number else []
    return _summary(passes[1:], found)


def _nano(measured: Dict[str, Any], seven_zip_mips: float) -> Dict[str, Any]:
    """The estimate for a Nano: slower by the ratio of 7-Zip's ratings of one thread, and by its older Python."""
    board = load_data("nano.json")["processor"]
    python = float(board["python_3_11_faster"]) if sys.version_info >= (3, 11) else 1.0
    slower = python * seven_zip_mips / float(board["seven_zip_mips"])
    totals = {name: round(each["total"]["median"] * slower, 1) for name, each in measured.items()}
    return {
        "seven_zip_mips": seven_zip_mips,
        "python": python,
        "slower": round(slower, 2),
        "estimate_ms": totals,
        "board": board,
    }


def to_text(reading: Reading) -> str:
    """The result as a program gets it."""
    return json.dumps(reading_to_json(reading), ensure_ascii=False)


def _summary(passes: Sequence[Sequence[Dict[str, float]]], found: Sequence[int]) -> Dict[str, Any]:
    """Over the frames; the time of a stage of one frame is the shortest of the rounds."""
    names = [stage for stage, _ in STAGES if stage != NOT_COUNTED] + [REST]
    table = np.array([[[frame.get(name, 0.0) for name in names] for frame in frames] for frames in passes])
    stages = table.min(axis=0)
    totals = table.sum(axis=2).min(axis=0)
    by_stage = {name: summarise(stages[:, k].tolist()) for k, name in enumerate(names) if stages[:, k].any()}
    return {"total": summarise(totals.tolist()), "stages": by_stage, "texts": int(sum(found))}
