"""One image through one reader: preprocess, read, and the result with its timing."""

import time
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

import numpy as np

from ocr_app import decoded, recipes
from ocr_app.errors import ImageError, OcrError, ReaderFailed, UsageError
from ocr_app.imaging import preprocess as preprocessing
from ocr_app.imaging.load import DEFAULT_LIMITS, Limits, load_image
from ocr_app.readers.base import Reader, Timer
from ocr_app.recipes.recipe import Recipe
from ocr_app.recipes.result import CONFUSED, READ
from ocr_app.types import PHASES, Image, LinePosterior, Quad, Reading, TextLine

LAYOUTS = ("page", "line")

Region = Tuple[int, int, int, int]
"""x, y, width, height in pixels of the image."""


class How(NamedTuple):
    """What is done with an image.

    ``layout="line"`` takes the image as one text line, without detection. ``regions`` are places of one line each:
    nothing is detected then either, whatever the layout (a camera that stands still over a line). ``recipe``: the lines
    are decoded under it; only a reader with posteriors can.
    """

    layout: str = "page"
    preprocess: str = "raw"
    regions: Tuple[Region, ...] = ()
    recipe: Optional[Recipe] = None


PLAIN = How()


def read_image(reader: Reader, image: Image, name: str, how: How = PLAIN, notes: Tuple[str, ...] = ()) -> Reading:
    """Read one image that is in memory.

    An image or reader failure becomes a result with verdict "error"; other errors (a wrong option, a missing device)
    are raised.
    """
    timer, start = Timer(), time.perf_counter()
    try:
        found = _found(reader, image, how, timer)
    except (ImageError, ReaderFailed) as error:
        return failed(reader, name, error, _milliseconds(start))
    timing = _complete(timer, _milliseconds(start))
    reasons = found.reasons + tuple(timer.notes) + notes
    return Reading(name, found.lines, found.verdict, reasons, timing, reader.info, code=found.code)


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


class _Found(NamedTuple):
    """The parts of a reading that the reader and the recipe decide."""

    lines: Tuple[TextLine, ...]
    verdict: str
    reasons: Tuple[str, ...]
    code: Optional[Dict[str, Any]] = None


def _found(reader: Reader, image: Image, how: How, timer: Timer) -> _Found:
    if how.layout not in LAYOUTS:
        raise UsageError("unknown layout: {!r}".format(how.layout), ", ".join(LAYOUTS))
    with timer.phase("preprocess"):
        prepared = preprocessing.apply(how.preprocess, image)
    if how.recipe is not None:
        return _decoded(_posteriors(reader, prepared, how, timer), how.recipe, timer)
    lines = _lines(reader, prepared, how, timer)
    return _Found(tuple(lines), "read", ()) if lines else _Found((), "no-read", ("no-text-found",))


def _lines(reader: Reader, image: Image, how: How, timer: Timer) -> List[TextLine]:
    if how.regions:
        answers = reader.read_lines([cut(image, region) for region in how.regions], timer)
        pairs = [(line, region) for region, lines in zip(how.regions, answers) for line in lines]
        return [line._replace(quad=_placed(line.quad, region)) for line, region in pairs]
    return reader.read(image, timer) if how.layout == "page" else reader.read_line(image, timer)


def _posteriors(reader: Reader, image: Image, how: How, timer: Timer) -> List[LinePosterior]:
    if how.regions:
        answers = reader.line_posteriors([cut(image, region) for region in how.regions], timer)
        return [each._replace(quad=_placed(each.quad, region)) for each, region in zip(answers, how.regions)]
    return reader.posteriors(image, timer) if how.layout == "page" else reader.line_posteriors([image], timer)


def _placed(quad: Quad, region: Region) -> Quad:
    """A quad of a region in pixels of the whole image."""
    return np.asarray(quad + np.array(region[:2], np.float32), np.float32)


def _decoded(posteriors: List[LinePosterior], recipe: Recipe, timer: Timer) -> _Found:
    with timer.phase("decode"):
        decoding = recipes.decode(posteriors, recipe)
        code = decoded.to_json(decoding, posteriors)
    reasons = decoding.reasons if decoding.status == READ else (decoding.status,) + decoding.reasons
    verdict = "read" if decoding.status in (READ, CONFUSED) else "no-read"
    return _Found(tuple(decoded.lines_of(decoding)), verdict, reasons, code)


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
