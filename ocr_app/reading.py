"""One image through one reader: preprocess, read, and the result with its timing."""

import time
from typing import Dict, List, NamedTuple, Optional, Sequence, Tuple

import numpy as np

from ocr_app.errors import ImageError, OcrError, ReaderFailed, UsageError
from ocr_app.imaging import preprocess as preprocessing
from ocr_app.imaging.load import DEFAULT_LIMITS, Limits, load_image
from ocr_app.readers.base import Reader, Timer
from ocr_app.types import PHASES, Image, Reading, TextLine

LAYOUTS = ("page", "line")

Region = Tuple[int, int, int, int]
"""x, y, width, height in pixels of the image."""


class How(NamedTuple):
    """What is done with an image.

    ``layout="line"`` takes the image as one text line, without detection. ``regions`` are places of one line each:
    nothing is detected then either, whatever the layout (a camera that stands still over a line).
    """

    layout: str = "page"
    preprocess: str = "raw"
    regions: Tuple[Region, ...] = ()


PLAIN = How()


def read_image(reader: Reader, image: Image, name: str, how: How = PLAIN, notes: Tuple[str, ...] = ()) -> Reading:
    """Read one image that is in memory.

    An image or reader failure becomes a result with verdict "error"; other errors (a wrong option, a missing device)
    are raised.
    """
    timer, start = Timer(), time.perf_counter()
    try:
        lines = _lines(reader, image, how, timer)
    except (ImageError, ReaderFailed) as error:
        return failed(reader, name, error, _milliseconds(start))
    timing = _complete(timer, _milliseconds(start))
    verdict, reasons = ("read", ()) if lines else ("no-read", ("no-text-found",))
    return Reading(name, tuple(lines), verdict, reasons + tuple(timer.notes) + notes, timing, reader.info)


def read_file(
    reader: Reader, path: str, how: How = PLAIN, limits: Limits = DEFAULT_LIMITS
) -> Tuple[Reading, Optional[Image]]:
    """Read one file; the decoded image comes along for drawing, None when it could not be decoded."""
    start = time.perf_counter()
    try:
        loaded = load_image(path, limits)
    except ImageError as error:
        return failed(reader, path, error, _milliseconds(start)), None
    reading = read_image(reader, loaded.pixels, path, how, loaded.notes)
    return reading, loaded.pixels


def failed(reader: Reader, name: str, error: OcrError, total_ms: float) -> Reading:
    """The result of an image that could not be read."""
    timing = _complete(Timer(), total_ms)
    return Reading(name, (), "error", (error.code,), timing, reader.info, error.to_json())


def _lines(reader: Reader, image: Image, how: How, timer: Timer) -> List[TextLine]:
    if how.layout not in LAYOUTS:
        raise UsageError("unknown layout: {!r}".format(how.layout), ", ".join(LAYOUTS))
    with timer.phase("preprocess"):
        prepared = preprocessing.apply(how.preprocess, image)
    if how.regions:
        return _lines_in(reader, prepared, how.regions, timer)
    return reader.read(prepared, timer) if how.layout == "page" else reader.read_line(prepared, timer)


def _lines_in(reader: Reader, image: Image, regions: Sequence[Region], timer: Timer) -> List[TextLine]:
    """The line in each region, in the order of the regions."""
    answers = reader.read_lines([cut(image, region) for region in regions], timer)
    return [
        line._replace(quad=line.quad + np.array(region[:2], np.float32))
        for region, lines in zip(regions, answers)
        for line in lines
    ]


def cut(image: Image, region: Region) -> Image:
    """The part of the image inside ``region``. Raises ImageError (bad-region) when that does not lie inside it."""
    x, y, width, height = region
    tall, wide = image.shape[:2]
    if min(x, y) < 0 or min(width, height) < 1 or x + width > wide or y + height > tall:
        found = "region {},{},{},{} does not lie inside {} x {} pixels".format(x, y, width, height, wide, tall)
        raise ImageError(found, "x,y,width,height", "correct --region", code="bad-region")
    return image[y : y + height, x : x + width]


def _complete(timer: Timer, total_ms: float) -> Dict[str, float]:
    timing = {phase: timer.ms.get(phase, 0.0) for phase in PHASES}
    return dict(timing, total=total_ms)


def _milliseconds(start: float) -> float:
    return (time.perf_counter() - start) * 1000.0
