"""The process that reads: ``python -m ocr_app.line.reading.program``; it may hang or die without the service.

It speaks the worker protocol (docs/reference/worker-protocol.md) with verbs of its own: ``open`` (a reader, with
engines where asked, and its recipe), ``warm``, ``learn`` (another recipe, by the digest of its text), and ``read``,
which answers with a whole result line, judged under the recipe of ``open`` or one that was learned.
"""

import logging
from typing import Any, Dict, Optional

from ocr_app import recipes
from ocr_app.core import logs
from ocr_app.core.errors import ReaderFailed
from ocr_app.core.types import reading_to_json
from ocr_app.engines.cache import Cache, default_folder
from ocr_app.engines.targets import target
from ocr_app.imaging.load import Limits
from ocr_app.line.reading import packs
from ocr_app.opening import NO_ENGINE, ReaderRequest, open_reader
from ocr_app.opening.request import check_witnesses
from ocr_app.readers.contract import Reader
from ocr_app.readers.registry import parse_name, with_team
from ocr_app.reading.frame import ReadOptions, VerdictRequest, read_file
from ocr_app.workers import protocol
from ocr_app.workers.program import Program, Verb, run

LOG = logging.getLogger(__name__)
WARM_READS = 3


class ReadingProgram(Program):
    """Holds the reader of the service and what is asked of every image."""

    def __init__(self) -> None:
        self._reader: Optional[Reader] = None
        self._options = ReadOptions()
        self._limits = Limits()
        self._learned: Dict[str, recipes.Recipe] = {}

    def verbs(self) -> Dict[str, Verb]:
        return {
            "open": self._open, "warm": self._warm, "learn": self._learn, "read": self._read, "close": self._close
        }  # fmt: skip

    def _open(self, message: protocol.Message) -> Dict[str, str]:
        recipe = recipes.load(message["recipe"]) if message["recipe"] else None
        wanted = VerdictRequest(recipe) if recipe else None
        regions = tuple(tuple(region) for region in message["regions"])
        self._options = ReadOptions("page", message["preprocess"], regions, wanted)  # type: ignore[arg-type]
        self._limits = Limits(*message["limits"])
        take_packs(message)
        self._reader = open_reader(request_of(message, recipe))
        return dict(self._reader.info._asdict())

    def _warm(self, message: protocol.Message) -> bool:
        """Reads one image a few times: memory is allocated, kernels are chosen. A failing reader says so here.

        The image is not one of the line's, so its limits and regions do not apply.
        """
        for _ in range(WARM_READS):
            reading, _ = read_file(self._opened(), message["path"], self._options._replace(regions=()))
        if reading.error is not None:
            raise ReaderFailed("the first readings failed: {}".format(reading.error["found"]))
        return True

    def _learn(self, message: protocol.Message) -> bool:
        """Raises RecipeError, and ReaderUnavailable where the reader has fewer networks than the recipe asks for."""
        recipe = recipes.loads(message["text"])
        check_witnesses(self._opened(), recipe)
        for digest in message["forgotten"]:
            self._learned.pop(digest, None)
        self._learned[message["digest"]] = recipe
        return True

    def _options_of(self, message: protocol.Message) -> ReadOptions:
        """Those of ``open``, or with the recipe that the request names, and with its regions."""
        digest = message.get("recipe")
        if digest is None:
            return self._options
        regions = tuple(tuple(region) for region in message["regions"])
        if not digest:
            return self._options._replace(verdict_request=None, regions=regions)  # type: ignore[arg-type]
        if digest not in self._learned:
            raise ReaderFailed("the recipe {} was not learned".format(digest[:12]), code="garbage")
        return self._options._replace(verdict_request=VerdictRequest(self._learned[digest]), regions=regions)  # type: ignore[arg-type]

    def _read(self, message: protocol.Message) -> Any:
        options = self._options_of(message)
        if options.verdict_request is not None:
            expected, deadline = dict(message["expected"]), message["deadline_ms"]
            wanted = options.verdict_request._replace(
                expected=expected,
                trust_clock=message["trust_clock"],
                deadline_ms=deadline,
                moment=message.get("moment"),
            )
            options = options._replace(verdict_request=wanted)
        reading, _ = read_file(self._opened(), message["path"], options, self._limits)
        return reading_to_json(reading)

    def _opened(self) -> Reader:
        if self._reader is None:
            raise protocol.garbage("a request before open")
        return self._reader

    def _close(self, message: protocol.Message) -> bool:
        if self._reader is not None:
            self._reader.close()
        self.closed = True
        return True


def request_of(message: Dict[str, Any], recipe: Optional[recipes.Recipe]) -> ReaderRequest:
    """The reader that the fields of ``open`` describe, able to decode under the recipe. Raises UsageError."""
    return ReaderRequest(
        with_team(parse_name(message["reader"]), message["team"]),
        message["engine"],
        message["device"],
        message["precision"],
        message["threads"],
        recipe,
        budget_ms=message["budget_ms"],
    )


def take_packs(message: Dict[str, Any]) -> None:
    """Takes engines of the release into the cache, where a folder of packs is named; reports what was not taken."""
    if message["packs"] and message["engine"] != NO_ENGINE:
        for line in packs.take(message["packs"], Cache(default_folder()), target.here()):
            LOG.warning("engines of the release", extra=logs.fields(detail=line))


if __name__ == "__main__":
    logs.set_up()
    run(ReadingProgram())
