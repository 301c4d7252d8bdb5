"""One pass after another over a data set: reads each image, keeps its times, never drops a failure."""

import time
from typing import Any, Callable, Dict, Iterable, List, NamedTuple, Optional, Tuple

from ocr_app.core.errors import OcrError, from_json
from ocr_app.core.types import Image, Reading, TextLine
from ocr_app.datasets.sample import Dataset, Sample, view
from ocr_app.imaging.load import load_image

Read = Callable[[Image, str, str], Reading]
"""(pixels, name, layout) -> Reading; may raise."""

Progress = Callable[[int, int, str], None]
"""Called before each inference with how many are done, how many there are, and the image's name."""


class Observation(NamedTuple):
    """All that happened with one image. ``timings`` has one entry for each inference that succeeded; ``lines`` are
    those of the first; ``stable`` tells whether every repeat read the same; ``error`` is the first error met;
    ``verdict`` is that of the first reading, "error" after an error."""

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
    return [_together(sample, its) for sample, its in zip(dataset.samples, passes)]


def warm_up(read: Read, image: Image, layout: str, times: int) -> None:
    """``times`` inferences whose results are thrown away. Raises OcrError: an error here is the reader's."""
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
    except Exception as error:  # a reader's library may raise anything; the other images still count
        return _Pass((), {}, {"type": type(error).__name__, "code": "exception", "found": str(error)})
    if reading.error is not None:
        return _Pass((), {}, reading.error)
    timing = dict(reading.timing_ms)
    timing.setdefault("total", wall)
    return _Pass(tuple(reading.lines), timing, None, reading.verdict)


def _together(sample: Sample, passes: Iterable[_Pass]) -> Observation:
    """A single failed repeat makes the image an error: a reader that answers now and then cannot be relied on."""
    its = list(passes)
    errors = [entry.error for entry in its if entry.error is not None]
    timings = tuple(entry.timing for entry in its if entry.error is None)
    texts = {tuple(line.text for line in entry.lines) for entry in its if entry.error is None}
    lines, verdict = ((), "error") if errors else (its[0].lines, its[0].verdict)
    return Observation(sample, lines, timings, len(texts) <= 1, errors[0] if errors else None, verdict)
