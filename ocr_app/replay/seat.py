"""A place that reads pictures: one reading process for each target. It holds no state that a kill could lose."""

import os
import sys
import time
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

from ocr_app.core.errors import OcrError, ReaderFailed, ReplayError
from ocr_app.replay import program
from ocr_app.replay.comparing import JudgedPicture
from ocr_app.replay.pictures import ReplayPicture
from ocr_app.replay.state import Row
from ocr_app.replay.targets import ReplayTarget, environ_of
from ocr_app.workers.child import Child
from ocr_app.workers.environments import child_environ

HELLO_S = 60.0


class SeatOptions(NamedTuple):
    """``targets``: what each picture is read with, the one that is asked about last. ``opening``: fields of the verb
    ``open``, without the recipe. ``expected``: texts by field name, for pictures that bring none.
    ``reading_s``, ``opening_s``: how long a picture, and the opening of a reader, may take.
    """

    targets: Tuple[ReplayTarget, ...]
    opening: Dict[str, Any]
    expected: Dict[str, str]
    reading_s: float = 120.0
    opening_s: float = 600.0


class SeatBroke(Exception):
    """A reading process ended or hung over a picture, which another one has to read again. ``why``: what it said."""

    def __init__(self, why: str) -> None:
        self.why = why
        super(SeatBroke, self).__init__(why)


class ReplaySeat:
    """For one thread. ``info``: what describes the reader of the last target, once it is open."""

    def __init__(self, options: SeatOptions) -> None:
        self._options = options
        self._children: Dict[int, Child] = {}
        self.info: Dict[str, str] = {}

    def pids(self) -> List[int]:
        """The ids of its processes, for messages and tests."""
        return [child.pid for child in self._children.values() if not child.ended]

    def read(self, picture: ReplayPicture, attempt: int) -> Row:
        """The row of a picture. ``attempt``: which time this is, from 1.

        Raises SeatBroke where a process was lost over it; OcrError where no process can be opened.
        """
        start = time.perf_counter()
        results = [self._ask(number, picture) for number in range(len(self._options.targets))]
        problem = next((text for text in map(_problem_of, results) if text), "")
        judged = [None if _problem_of(result) else _judged(result) for result in results]
        before = picture.before if len(judged) == 1 else judged[0]
        ms = (time.perf_counter() - start) * 1000.0
        return row_of(picture, before, judged[-1], problem, attempt, ms)

    def _ask(self, number: int, picture: ReplayPicture) -> Dict[str, Any]:
        child = self._child(number)
        expected = self._options.expected if picture.expected is None else picture.expected
        fields: Dict[str, Any] = {"path": picture.path, "expected": expected, "deadline_ms": None}
        fields.update(trust_clock=picture.trusted, moment=picture.moment, regions=picture.regions)
        try:
            return dict(child.ask("read", self._options.reading_s, dict, **fields))
        except OcrError as error:
            if child.ended:
                raise SeatBroke(error.found) from error
            return {"verdict": "error", "error": error.to_json()}

    def _child(self, number: int) -> Child:
        child = self._children.get(number)
        if child is None or child.ended:
            child = self._children[number] = self._opened(number)
        return child

    def _opened(self, number: int) -> Child:
        target = self._options.targets[number]
        threads = int(self._options.opening["threads"])
        child = Child(program.command(sys.executable, target.home), environ_of(target, child_environ(threads)))
        try:
            child.hello(HELLO_S)
            fields = dict(self._options.opening, recipe=target.recipe)
            self.info = child.ask("open", self._options.opening_s, dict, **fields)
        except ReaderFailed as error:
            broke = child.ended
            child.end()
            if broke and error.code in ("crashed", "hung"):
                raise SeatBroke(error.found) from error
            raise
        except BaseException:
            child.end()
            raise
        if self.info.pop("home") != os.path.realpath(target.home):
            child.end()
            raise ReplayError("another copy of ocr_app answers for {}".format(target.name), target.home)
        return child

    def close(self) -> None:
        """Ends its processes. May be called twice."""
        for child in self._children.values():
            child.close()
        self._children = {}


def _problem_of(result: Dict[str, Any]) -> str:
    return str(result["error"]["found"]) if result["verdict"] == "error" else ""


def _judged(result: Dict[str, Any]) -> JudgedPicture:
    return JudgedPicture(result["verdict"], result["text"], tuple(result["reasons"]))


def row_of(
    picture: ReplayPicture,
    before: Optional[JudgedPicture],
    after: Optional[JudgedPicture],
    problem: str,
    attempts: int,
    ms: float,
) -> Row:
    """``problem``: why a picture could not be read, empty where it was; ``ms``: what reading it took."""
    return {
        "index": picture.place,
        "name": picture.name,
        "path": picture.path,
        "before": None if before is None else before.record(),
        "after": None if after is None else after.record(),
        "problem": problem,
        "attempts": attempts,
        "ms": round(ms, 1),
    }
