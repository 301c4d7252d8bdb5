"""The process that reads: ``python -m ocr_app.line.reading.program``; it may hang or die without the service.

It speaks the worker protocol (docs/reference/worker-protocol.md) with verbs of its own: ``open`` (a reader, by engines
where asked, with its recipe), ``warm`` and ``read``, which answers a whole result line.
"""

import os
import queue
import sys
import threading
import traceback
from typing import Any, BinaryIO, Dict, Optional

from ocr_app import recipes
from ocr_app.core.errors import OcrError, ReaderFailed
from ocr_app.core.types import reading_to_json
from ocr_app.engines import selection
from ocr_app.engines.cache import Cache, default_folder
from ocr_app.engines.targets import target
from ocr_app.imaging.load import Limits
from ocr_app.line.reading import packs
from ocr_app.readers.contract import Reader, ReaderOptions
from ocr_app.readers.registry import parse_name
from ocr_app.reading.frame import ReadOptions, VerdictRequest, read_file
from ocr_app.workers import protocol
from ocr_app.workers.environments import python_version
from ocr_app.workers.opening import open_named
from ocr_app.workers.reader_worker import follow, send, take_streams

WARM_READS = 3


class Process:
    """Carries out requests, one at a time."""

    def __init__(self) -> None:
        self._reader: Optional[Reader] = None
        self._how = ReadOptions()
        self._limits = Limits()
        self.closed = False

    def answer(self, line: bytes) -> bytes:
        """The answer to one request; never raises for what a reader does."""
        number = protocol.HELLO_ID
        try:
            message = protocol.decode_message(line)
            number = message["id"]
            verbs = {"open": self._open, "warm": self._warm, "read": self._read, "close": self._close}
            return protocol.encode_message(protocol.reply(number, verbs[message["verb"]](message)))
        except OcrError as error:
            return protocol.encode_message(protocol.failure(number, error))
        except (Exception, SystemExit) as error:
            traceback.print_exc()
            failed = ReaderFailed("{}: {}".format(type(error).__name__, error))
            return protocol.encode_message(protocol.failure(number, failed))

    def _open(self, message: protocol.Message) -> Dict[str, str]:
        wanted = VerdictRequest(recipes.load(message["recipe"])) if message["recipe"] else None
        regions = tuple(tuple(region) for region in message["regions"])
        self._how = ReadOptions("page", message["preprocess"], regions, wanted)  # type: ignore[arg-type]
        self._limits = Limits(*message["limits"])
        take_packs(message)
        self._reader = open_reader(message)
        return dict(self._reader.info._asdict())

    def _warm(self, message: protocol.Message) -> bool:
        """Reads one image a few times: memory is had, kernels are chosen. A failing reader says so here.

        The image is none of the line's, so its limits and regions do not hold for it.
        """
        for _ in range(WARM_READS):
            reading, _ = read_file(self._opened(), message["path"], self._how._replace(regions=()))
        if reading.error is not None:
            raise ReaderFailed("the first readings failed: {}".format(reading.error["found"]))
        return True

    def _read(self, message: protocol.Message) -> Any:
        how = self._how
        if how.wanted is not None:
            expected, deadline = dict(message["expected"]), message["deadline_ms"]
            wanted = how.wanted._replace(expected=expected, trust_clock=message["trust_clock"], deadline_ms=deadline)
            how = how._replace(wanted=wanted)
        reading, _ = read_file(self._opened(), message["path"], how, self._limits)
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


def open_reader(message: Dict[str, Any]) -> Reader:
    """The reader of ``reader``, ``device``, ``precision``, ``threads``, ``engine``. Raises what opening raises."""
    name = parse_name(message["reader"])
    if message["engine"] == "none":
        return open_named(name, ReaderOptions(message["device"], message["precision"], message["threads"]))
    cache = Cache(default_folder())
    return selection.open_reader(cache, name, message["engine"], message["precision"], message["threads"])


def take_packs(message: Dict[str, Any]) -> None:
    """Engines of the release into the cache, where a folder of packs is named; what was not taken is said."""
    if message["packs"] and message["engine"] != "none":
        for line in packs.take(message["packs"], Cache(default_folder()), target.here()):
            print("ocr-app serve: " + line, file=sys.stderr, flush=True)


def main() -> None:
    """Greets, then answers until the caller closes or is gone."""
    requests, answers = take_streams()
    lines: "queue.Queue[Optional[bytes]]" = queue.Queue()
    threading.Thread(target=follow, args=(requests, lines), daemon=True).start()
    try:
        serve(lines, answers)
    except BrokenPipeError:
        pass
    sys.stderr.flush()
    os._exit(0)  # without waiting for threads of libraries


def serve(lines: "queue.Queue[Optional[bytes]]", answers: BinaryIO) -> None:
    """Until the queue of requests ends or a close was asked for."""
    hello = protocol.WorkerHello(protocol.PROTOCOL, python_version())
    send(answers, protocol.encode_message(protocol.encode_hello(hello)))
    process = Process()
    while not process.closed:
        line = lines.get()
        if line is None:
            return
        send(answers, process.answer(line))


if __name__ == "__main__":
    main()
