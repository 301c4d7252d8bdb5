"""One image through one reader: preprocess, read, and the result with its timing."""

import datetime
import time
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

import numpy as np

from ocr_app import recipes
from ocr_app.core.errors import ImageError, OcrError, ReaderFailed, UsageError
from ocr_app.core.types import PHASES, Image, LinePosterior, Quad, Reading, TextLine
from ocr_app.imaging import preprocess as preprocessing
from ocr_app.imaging.load import DEFAULT_LIMITS, Limits, load_image
from ocr_app.readers.contract import Reader, Timer
from ocr_app.reading import code_json

LAYOUTS = ("page", "line")

Region = Tuple[int, int, int, int]
"""x, y, width, height in pixels of the image."""


NOT_BEFORE = datetime.datetime(2026, 1, 1)
"""A clock that shows an earlier time is not set: this program was written later."""


class VerdictRequest(NamedTuple):
    """A recipe, and what else a code has to fit: texts of named fields, the time that a reading may take.

    ``trust_clock``: the computer's clock is right; without it a recipe that asks for today's date holds.
    """

    recipe: recipes.Recipe
    expected: Dict[str, str] = {}
    trust_clock: bool = False
    deadline_ms: Optional[float] = None


class ReadOptions(NamedTuple):
    """What is done with an image.

    ``layout="line"`` takes the image as one text line, without detection. ``regions`` are places of one line each:
    nothing is detected then either, whatever the layout (a camera that stands still over a line). ``wanted``: the
    lines are decoded and judged under a recipe; only a reader with posteriors can.
    """

    layout: str = "page"
    preprocess: str = "raw"
    regions: Tuple[Region, ...] = ()
    wanted: Optional[VerdictRequest] = None


PLAIN = ReadOptions()


def read_image(
    reader: Reader, image: Image, name: str, how: ReadOptions = PLAIN, notes: Tuple[str, ...] = ()
) -> Reading:
    """Read one image that is in memory.

    An image or reader failure becomes a result with verdict "error"; other errors (a wrong option, a missing device)
    are raised.
    """
    timer, start = Timer(), time.perf_counter()
    try:
        found = _found(reader, image, how, timer, start)
    except (ImageError, ReaderFailed) as error:
        return failed(reader, name, error, _milliseconds(start))
    timing = _complete(timer, _milliseconds(start))
    reasons = found.reasons + tuple(timer.notes) + notes
    return Reading(name, found.lines, found.verdict, reasons, timing, reader.info, code=found.code)


def read_file(
    reader: Reader, path: str, how: ReadOptions = PLAIN, limits: Limits = DEFAULT_LIMITS
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


def _found(reader: Reader, image: Image, how: ReadOptions, timer: Timer, start: float) -> _Found:
    if how.layout not in LAYOUTS:
        raise UsageError("unknown layout: {!r}".format(how.layout), ", ".join(LAYOUTS))
    with timer.phase("preprocess"):
        prepared = preprocessing.apply(how.preprocess, image)
    if how.wanted is not None:
        return _judged(_posteriors(reader, prepared, how, timer), how.wanted, timer, start)
    lines = _lines(reader, prepared, how, timer)
    return _Found(tuple(lines), "read", ()) if lines else _Found((), "no-read", ("no-text-found",))


def _lines(reader: Reader, image: Image, how: ReadOptions, timer: Timer) -> List[TextLine]:
    if how.regions:
        answers = reader.read_lines([cut(image, region) for region in how.regions], timer)
        pairs = [(line, region) for region, lines in zip(how.regions, answers) for line in lines]
        return [line._replace(quad=_placed(line.quad, region)) for line, region in pairs]
    return reader.read(image, timer) if how.layout == "page" else reader.read_line(image, timer)


def _posteriors(reader: Reader, image: Image, how: ReadOptions, timer: Timer) -> List[LinePosterior]:
    if how.regions:
        answers = reader.line_posteriors([cut(image, region) for region in how.regions], timer)
        return [each._replace(quad=_placed(each.quad, region)) for each, region in zip(answers, how.regions)]
    return reader.posteriors(image, timer) if how.layout == "page" else reader.line_posteriors([image], timer)


def _placed(quad: Quad, region: Region) -> Quad:
    """A quad of a region in pixels of the whole image."""
    return np.asarray(quad + np.array(region[:2], np.float32), np.float32)


def _judged(posteriors: List[LinePosterior], wanted: VerdictRequest, timer: Timer, start: float) -> _Found:
    """``start``: when work on the image began, on the clock of time.perf_counter."""
    with timer.phase("decode"):
        decoding = recipes.decode(posteriors, wanted.recipe)
        verdict = recipes.verify(
            decoding, wanted.recipe, wanted.expected, _clock(wanted), _milliseconds(start), wanted.deadline_ms
        )
        code = code_json.to_json(decoding, verdict, posteriors)
    return _Found(tuple(code_json.lines_of(decoding)), verdict.verdict, code_json.words_of(verdict), code)


def _clock(wanted: VerdictRequest) -> Optional[recipes.Clock]:
    return recipes.judge_clock(datetime.datetime.now(), True, NOT_BEFORE) if wanted.trust_clock else None


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
