"""One image through one reader: preprocess, read, and the result with its timing."""

import time
from typing import Dict, List, Optional, Tuple

from ocr_app.errors import ImageError, OcrError, ReaderFailed, UsageError
from ocr_app.imaging import preprocess as preprocessing
from ocr_app.imaging.load import DEFAULT_LIMITS, Limits, load_image
from ocr_app.readers.base import Reader, Timer
from ocr_app.types import PHASES, Image, Reading, TextLine

LAYOUTS = ("page", "line")


def read_image(
    reader: Reader, image: Image, name: str, layout: str = "page", preprocess: str = "raw", notes: Tuple[str, ...] = ()
) -> Reading:
    """Read one image that is in memory.

    ``layout="line"`` takes the image as one text line, without detection. An image or reader failure becomes a
    result with verdict "error"; other errors (a wrong option, a missing device) are raised.
    """
    timer, start = Timer(), time.perf_counter()
    try:
        lines = _lines(reader, image, layout, preprocess, timer)
    except (ImageError, ReaderFailed) as error:
        return failed(reader, name, error, _milliseconds(start))
    timing = _complete(timer, _milliseconds(start))
    verdict, reasons = ("read", ()) if lines else ("no-read", ("no-text-found",))
    return Reading(name, tuple(lines), verdict, reasons + notes, timing, reader.info)


def read_file(
    reader: Reader, path: str, layout: str = "page", preprocess: str = "raw", limits: Limits = DEFAULT_LIMITS
) -> Tuple[Reading, Optional[Image]]:
    """Read one file; the decoded image comes along for drawing, None when it could not be decoded."""
    start = time.perf_counter()
    try:
        loaded = load_image(path, limits)
    except ImageError as error:
        return failed(reader, path, error, _milliseconds(start)), None
    reading = read_image(reader, loaded.pixels, path, layout, preprocess, loaded.notes)
    return reading, loaded.pixels


def failed(reader: Reader, name: str, error: OcrError, total_ms: float) -> Reading:
    """The result of an image that could not be read."""
    timing = _complete(Timer(), total_ms)
    return Reading(name, (), "error", (error.code,), timing, reader.info, error.to_json())


def _lines(reader: Reader, image: Image, layout: str, preprocess: str, timer: Timer) -> List[TextLine]:
    if layout not in LAYOUTS:
        raise UsageError("unknown layout: {!r}".format(layout), ", ".join(LAYOUTS))
    with timer.phase("preprocess"):
        prepared = preprocessing.apply(preprocess, image)
    return reader.read(prepared, timer) if layout == "page" else reader.read_line(prepared, timer)


def _complete(timer: Timer, total_ms: float) -> Dict[str, float]:
    timing = {phase: timer.ms.get(phase, 0.0) for phase in PHASES}
    return dict(timing, total=total_ms)


def _milliseconds(start: float) -> float:
    return (time.perf_counter() - start) * 1000.0
