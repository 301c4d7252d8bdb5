"""Reads a data set pass by pass: keeps the times of each image, and never drops a failure."""

import time
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Sequence, Tuple

import cv2
import numpy as np

from ocr_app.core.errors import OcrError, from_json
from ocr_app.core.types import Image, Reading, TextLine
from ocr_app.datasets.sample import Dataset, Sample, view
from ocr_app.imaging.load import load_image

WARM_UP_PAGE_SIZE = (240, 640)
WARM_UP_LINE_SIZE = (48, 320)

Read = Callable[[Image, str, str], Reading]
"""(pixels, name, layout) -> Reading; may raise."""

Progress = Callable[[int, int, str], None]
"""Called before each inference with the number done, the total number, and the name of the image."""


class Observation(NamedTuple):
    """Everything that happened with one image.

    ``timings`` has one entry per inference that succeeded; ``lines`` are those of the first; ``stable``: whether every
    repeat read the same; ``error``: the first error; ``verdict``: that of the first reading, "error" after an error.
    """

    sample: Sample
    lines: Tuple[TextLine, ...]
    timings: Tuple[Dict[str, float], ...]
    stable: bool
    error: Optional[Dict[str, Any]]
    verdict: str = "error"


class _Pass(NamedTuple):
    lines: Tuple[TextLine, ...]
    timing: Dict[str, float]
    error: Optional[Dict[str, Any]]
    verdict: str = "error"


def observe(dataset: Dataset, read: Read, crop: str, repeat: int, progress: Progress) -> List[Observation]:
    """Reads the whole set ``repeat`` times, pass by pass. Loading and cropping are not timed."""
    passes: List[List[_Pass]] = [[] for _ in dataset.samples]
    total = repeat * len(dataset.samples)
    for done in range(total):
        sample = dataset.samples[done % len(dataset.samples)]
        progress(done, total, sample.id)
        passes[done % len(dataset.samples)].append(_read_once(sample, read, crop))
    progress(total, total, "")
    return [_combine(sample, repeats) for sample, repeats in zip(dataset.samples, passes)]


def warm_up_image(layout: str) -> Image:
    """The picture that readers are warmed up on: drawn, so that it is not part of any data set.

    A code of two lines (page, 240 x 640) or one line (line, 48 x 320), grey on a shaded background; uint8 BGR.
    """
    if layout == "line":
        return _draw(WARM_UP_LINE_SIZE, ("EXP 24.07.31",), 1.0)
    return _draw(WARM_UP_PAGE_SIZE, ("PRO:24.01.31 L07", "EXP:25.07.31 09:41"), 1.3)


def _draw(size: Tuple[int, int], lines: Tuple[str, ...], scale: float) -> Image:
    height, width = size
    background = np.tile(np.linspace(150, 220, width), (height, 1))
    image = np.repeat(background[:, :, None], 3, axis=2).astype(np.uint8)
    step = height // (len(lines) + 1)
    for row, text in enumerate(lines, 1):
        corner = (width // 16, row * step + step // 4)
        cv2.putText(image, text, corner, cv2.FONT_HERSHEY_SIMPLEX, scale, (60, 60, 60), 2, cv2.LINE_AA)
    return image


def warm_up(read: Read, image: Image, layout: str, times: int) -> None:
    """``times`` inferences whose results are discarded. Raises OcrError: an error here is the reader's."""
    for _ in range(times):
        error = read(image, "warm-up", layout).error
        if error is not None:
            raise from_json(error)


def _read_once(sample: Sample, read: Read, crop: str) -> _Pass:
    try:
        pixels = view(load_image(sample.path).pixels, sample, crop)
        start = time.perf_counter()
        reading = read(pixels, sample.id, sample.layout)
        wall = (time.perf_counter() - start) * 1000.0
    except OcrError as error:
        return _Pass((), {}, error.to_json())
    except Exception as error:  # a reader's library may raise anything; the other images are still measured
        return _Pass((), {}, {"type": type(error).__name__, "code": "exception", "found": str(error)})
    if reading.error is not None:
        return _Pass((), {}, reading.error)
    timing = dict(reading.timing_ms)
    timing.setdefault("total", wall)
    return _Pass(tuple(reading.lines), timing, None, reading.verdict)


def _combine(sample: Sample, repeats: Sequence[_Pass]) -> Observation:
    """One failed repeat makes the image an error: a reader that only sometimes answers is not reliable."""
    errors = [entry.error for entry in repeats if entry.error is not None]
    timings = tuple(entry.timing for entry in repeats if entry.error is None)
    texts = {tuple(line.text for line in entry.lines) for entry in repeats if entry.error is None}
    lines, verdict = ((), "error") if errors else (repeats[0].lines, repeats[0].verdict)
    return Observation(sample, lines, timings, len(texts) <= 1, errors[0] if errors else None, verdict)
