"""Reads one image with one reader: preprocessing, reading, decoding, and the result with its timing."""

import datetime
import time
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Tuple

import numpy as np

from ocr_app import recipes
from ocr_app.core.errors import ImageError, OcrError, ReaderFailed, UsageError
from ocr_app.core.types import PHASES, Image, LinePosterior, Quad, Reading, TextLine
from ocr_app.imaging import preprocess as preprocessing
from ocr_app.imaging.load import DEFAULT_LIMITS, Limits, load_image
from ocr_app.readers.contract import Reader, Timer
from ocr_app.reading import code_json
from ocr_app.reading.judging import Judge
from ocr_app.recipes.verdict import WitnessReport, explain_missing

LAYOUTS = ("page", "line")

Region = Tuple[int, int, int, int]
"""x, y, width, height in pixels of the image."""


NOT_BEFORE = datetime.datetime(2026, 1, 1)
"""A clock that shows an earlier time has not been set: this program was written later."""


class VerdictRequest(NamedTuple):
    """What a code is judged by.

    ``expected``: the texts that named fields of the recipe must have. ``trust_clock``: whether this computer's clock
    is right; if not, a recipe that asks for today's date holds. ``deadline_ms``: a reading that takes longer fails.
    ``moment``: seconds since 1970 of the picture, which take the place of now where an old one is read again.
    """

    recipe: recipes.Recipe
    expected: Dict[str, str] = {}
    trust_clock: bool = False
    deadline_ms: Optional[float] = None
    moment: Optional[float] = None


class ReadOptions(NamedTuple):
    """How an image is read.

    ``layout``: "page", or "line" to take the image as one line of text, without detection. ``regions``: one line of
    text each, for a camera that is fixed above a production line; nothing is detected then, whatever the layout.
    ``verdict_request``: decode and judge the lines under a recipe, which needs a reader with posteriors.
    """

    layout: str = "page"
    preprocess: str = "raw"
    regions: Tuple[Region, ...] = ()
    verdict_request: Optional[VerdictRequest] = None


DEFAULT_OPTIONS = ReadOptions()


def read_image(
    reader: Reader, image: Image, name: str, options: ReadOptions = DEFAULT_OPTIONS, notes: Tuple[str, ...] = ()
) -> Reading:
    """Reads one image that is in memory. ``notes`` are added to the reasons of the result.

    Where the image or the reader fails, the result has the verdict "error". Other errors are raised: UsageError for an
    option that makes no sense, and what opens or decodes raises.
    """
    timer, start = Timer(), time.perf_counter()
    try:
        outcome = _outcome(reader, image, options, timer, start)
    except (ImageError, ReaderFailed) as error:
        return failed(reader, name, error, _milliseconds(start))
    timing = _complete(timer, _milliseconds(start))
    reasons = outcome.reasons + tuple(timer.notes) + notes
    return Reading(name, outcome.lines, outcome.verdict, reasons, timing, reader.info, code=outcome.code)


def read_file(
    reader: Reader, path: str, options: ReadOptions = DEFAULT_OPTIONS, limits: Limits = DEFAULT_LIMITS
) -> Tuple[Reading, Optional[Image]]:
    """Reads one file. Returns the result and the pixels; None in their place when the file could not be decoded."""
    start = time.perf_counter()
    try:
        loaded = load_image(path, limits)
    except ImageError as error:
        return failed(reader, path, error, _milliseconds(start)), None
    reading = read_image(reader, loaded.pixels, path, options, loaded.notes)
    return reading, loaded.pixels


def failed(reader: Reader, name: str, error: OcrError, total_ms: float) -> Reading:
    """The result of an image that could not be read."""
    timing = _complete(Timer(), total_ms)
    return Reading(name, (), "error", (error.code,), timing, reader.info, error.to_json())


class _Outcome(NamedTuple):
    """The parts of a result that the reader and the recipe decide."""

    lines: Tuple[TextLine, ...]
    verdict: str
    reasons: Tuple[str, ...]
    code: Optional[Dict[str, Any]] = None


def _outcome(reader: Reader, image: Image, options: ReadOptions, timer: Timer, start: float) -> _Outcome:
    if options.layout not in LAYOUTS:
        raise UsageError("unknown layout: {!r}".format(options.layout), ", ".join(LAYOUTS))
    with timer.phase("preprocess"):
        prepared = preprocessing.apply(options.preprocess, image)
    if options.verdict_request is not None:
        return _judged(reader, prepared, options, timer, start)
    lines = _lines(reader, prepared, options, timer)
    return _Outcome(tuple(lines), "read", ()) if lines else _Outcome((), "no-read", ("no-text-found",))


def _lines(reader: Reader, image: Image, options: ReadOptions, timer: Timer) -> List[TextLine]:
    if options.regions:
        answers = reader.read_lines([cut(image, region) for region in options.regions], timer)
        pairs = [(line, region) for region, lines in zip(options.regions, answers) for line in lines]
        return [line._replace(quad=_in_image(line.quad, region)) for line, region in pairs]
    return reader.read(image, timer) if options.layout == "page" else reader.read_line(image, timer)


def _looks(reader: Reader, image: Image, options: ReadOptions, timer: Timer) -> Iterator[List[LinePosterior]]:
    """The lines, look by look; regions and a whole image that is one line are looked at once."""
    if options.regions:
        answers = reader.line_posteriors([cut(image, region) for region in options.regions], timer)
        return iter([[each._replace(quad=_in_image(each.quad, at)) for each, at in zip(answers, options.regions)]])
    if options.layout == "line":
        return iter([reader.line_posteriors([image], timer)])
    return reader.looks(image, timer)


def _in_image(quad: Quad, region: Region) -> Quad:
    """The quad of a region, in pixels of the whole image."""
    return np.asarray(quad + np.array(region[:2], np.float32), np.float32)


def _judged(reader: Reader, image: Image, options: ReadOptions, timer: Timer, start: float) -> _Outcome:
    """``start``: when work on the image began, on the clock of time.perf_counter."""
    request = options.verdict_request
    assert request is not None
    frame = image if options.layout == "page" and not options.regions else None

    def verify(decoding: recipes.CodeDecoding, report: Optional[WitnessReport]) -> recipes.Verdict:
        """Ink that was not read is searched for once, before witnesses are heard."""
        passed_ms, clock = _milliseconds(start), _clock(request)
        seen = frame if report is None else None
        return recipes.verify(
            decoding, request.recipe, request.expected, clock, passed_ms, request.deadline_ms, report, seen
        )

    found = Judge(reader, request.recipe, verify).judge(image, _looks(reader, image, options, timer), timer)
    with timer.phase("decode"):
        clock = _clock(request)
        told = explain_missing(found.verdict, found.decoding, request.recipe)
        this_year = clock.now.year if clock is not None and clock.trusted else None
        code = code_json.to_json(found._replace(verdict=told), request.recipe, this_year)
    lines = tuple(code_json.lines_of(found.decoding))
    return _Outcome(lines, found.verdict.verdict, code_json.reasons_of(found.verdict), code)


def _clock(request: VerdictRequest) -> Optional[recipes.Clock]:
    if not request.trust_clock:
        return None
    now = datetime.datetime.now() if request.moment is None else datetime.datetime.fromtimestamp(request.moment)
    return recipes.judge_clock(now, True, NOT_BEFORE)


def cut(image: Image, region: Region) -> Image:
    """The part of the image inside ``region``. Raises ImageError "bad-region" for a region outside the image."""
    x, y, width, height = region
    image_height, image_width = image.shape[:2]
    if min(x, y) < 0 or min(width, height) < 1 or x + width > image_width or y + height > image_height:
        region_text = ",".join(str(number) for number in region)
        found = "region {} is not inside the image of {} x {} pixels".format(region_text, image_width, image_height)
        raise ImageError(found, "x,y,width,height", "correct --region", code="bad-region")
    return image[y : y + height, x : x + width]


def _complete(timer: Timer, total_ms: float) -> Dict[str, float]:
    timing = {phase: timer.ms.get(phase, 0.0) for phase in PHASES}
    return dict(timing, total=total_ms)


def _milliseconds(start: float) -> float:
    return (time.perf_counter() - start) * 1000.0
