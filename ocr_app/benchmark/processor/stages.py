"""The stages of a frame, as the functions whose time they are, and a stopwatch that splits the time among them."""

import importlib
import time
from contextlib import contextmanager
from functools import wraps
from typing import Any, Callable, Dict, Iterator, List, Tuple

STAGES: Tuple[Tuple[str, Tuple[str, ...]], ...] = (
    ("turn grey", ("ocr_app.readers.team.reader:gray", "ocr_app.readers.codes.reader:gray")),
    ("scale the frame", ("ocr_app.readers.codes.detector:prepare", "ocr_app.readers.ppocr.detector:prepare")),
    (
        "maps to quads",
        ("ocr_app.readers.codes.detector:lines_from_maps", "ocr_app.readers.ppocr.detector:boxes_from_map"),
    ),
    (
        "cut the lines",
        (
            "ocr_app.readers.team.frame:rectify",
            "ocr_app.readers.team.reader:rectify",
            "ocr_app.readers.codes.reader:rectify",
        ),
    ),
    (
        "prepare crops",
        (
            "ocr_app.readers.codes.recogniser:prepare",
            "ocr_app.readers.codes.recogniser:pack",
            "ocr_app.readers.ppocr.recogniser:pack",
        ),
    ),
    (
        "logarithms",
        (
            "ocr_app.networks.ctc:log_softmax",
            "ocr_app.readers.ppocr.recogniser:PpocrRecogniser._log_probs",
        ),
    ),
    (
        "weigh the texts",
        (
            "ocr_app.readers.team.looks:weigh",
            "ocr_app.readers.team.turning:weigh",
            "ocr_app.readers.team.asking:weigh_once_more",
        ),
    ),
    ("reading order", ("ocr_app.readers.team.reader:reading_order", "ocr_app.readers.codes.reader:reading_order")),
    ("decode freely", ("ocr_app.recipes:decode_free",)),
    ("decode under the recipe", ("ocr_app.recipes:decode",)),
    ("verify", ("ocr_app.recipes:verify",)),
    ("hear witnesses", ("ocr_app.reading.judging:best_text",)),
    ("write the result", ("ocr_app.reading.code_json:to_json", "ocr_app.benchmark.processor.measure:to_text")),
    ("networks", ("ocr_app.benchmark.processor.recorded:TapedNetwork.infer",)),
)
"""Each stage and the names under which its functions are looked up, as ``module:attribute``."""

REST = "everything else"
NOT_COUNTED = "networks"  # what playing back the recorded answers takes


class Stopwatch:
    """Processor time by stage, in ms. The time of a stage within another one counts for the inner one alone."""

    def __init__(self, clock: Callable[[], float] = time.process_time) -> None:
        self._clock = clock
        self._running: List[str] = []
        self._since = 0.0
        self.ms: Dict[str, float] = {}

    def enter(self, stage: str) -> None:
        """Stops the stage that runs, and starts this one."""
        self._book()
        self._running.append(stage)

    def leave(self) -> None:
        """Stops the stage that runs, and goes on with the one around it."""
        self._book()
        self._running.pop()

    def _book(self) -> None:
        now = self._clock()
        if self._running:
            stage = self._running[-1]
            self.ms[stage] = self.ms.get(stage, 0.0) + (now - self._since) * 1000.0
        self._since = now

    @contextmanager
    def frame(self) -> Iterator[Dict[str, float]]:
        """The stages of one frame: the dictionary is complete when the block ends."""
        self.ms = {}
        self.enter(REST)
        yield self.ms
        self.leave()

    def timed(self, stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function with its time counted for the stage."""

        @wraps(function)
        def counted(*arguments: Any, **named: Any) -> Any:
            self.enter(stage)
            try:
                return function(*arguments, **named)
            finally:
                self.leave()

        return counted


@contextmanager
def instrumented(stopwatch: Stopwatch) -> Iterator[None]:
    """Counts the time of all stages within the block."""
    places = [(stage, holder_of(name)) for stage, names in STAGES for name in names]
    before = [(holder, attribute, getattr(holder, attribute)) for _, (holder, attribute) in places]
    try:
        for stage, (holder, attribute) in places:
            setattr(holder, attribute, stopwatch.timed(stage, getattr(holder, attribute)))
        yield
    finally:
        for holder, attribute, function in before:
            setattr(holder, attribute, function)


def holder_of(name: str) -> Tuple[Any, str]:
    """The module or class that has the function of a stage, and the attribute's name. Raises AttributeError."""
    module, path = name.split(":")
    holder = importlib.import_module(module)
    *outer, attribute = path.split(".")
    for part in outer:
        holder = getattr(holder, part)
    getattr(holder, attribute)
    return holder, attribute
