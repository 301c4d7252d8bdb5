"""One reader in a process of its own: ``python -m ocr_app.workers.reader_worker``.

Requests come on standard input, answers go to what was standard output; before anything else that descriptor is
set aside and number 1 points at standard error, so that what a library prints cannot be taken for an answer.
The process ends with its input: no caller, no reader.
"""

import os
import queue
import sys
import threading
import traceback
from typing import Any, BinaryIO, Callable, Dict, Optional, Tuple

from ocr_app.core.errors import OcrError, ReaderFailed
from ocr_app.readers import registry
from ocr_app.readers.contract import Probe, Reader, Timer
from ocr_app.workers import protocol
from ocr_app.workers.environments import python_version

GRACE_S = 2.0
"""How long a request may still run after the caller is gone."""


def take_streams() -> Tuple[BinaryIO, BinaryIO]:
    """The protocol's own input and output; descriptors 0 and 1 are turned away from them for everyone else."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return requests, answers


def follow(requests: BinaryIO, lines: "queue.Queue[Optional[bytes]]") -> None:
    """Feeds lines to the queue until the input ends; then a request still running after the grace is cut off."""
    for line in requests:
        lines.put(line)
    lines.put(None)
    timer = threading.Timer(GRACE_S, os._exit, (0,))
    timer.daemon = True
    timer.start()


class Worker:
    """Carries out requests, one at a time; holds at most one reader."""

    def __init__(self) -> None:
        self._reader: Optional[Reader] = None
        self.closed = False
        self._verbs: Dict[str, Callable[[protocol.Message], Any]] = {
            "open": self._open,
            "probe": self._probe,
            "read": self._read,
            "read_line": self._read,
            "close": self._close,
        }

    def answer(self, line: bytes) -> bytes:
        """The answer to one request; never raises for what a reader does, be it ``sys.exit()``."""
        number = protocol.HELLO_ID
        try:
            message = protocol.decode_message(line)
            number = message["id"]
            return protocol.encode_message(protocol.reply(number, self._carry_out(message)))
        except OcrError as error:
            return protocol.encode_message(protocol.failure(number, error))
        except (Exception, SystemExit) as error:
            traceback.print_exc()
            failed = ReaderFailed("{}: {}".format(type(error).__name__, error))
            return protocol.encode_message(protocol.failure(number, failed))

    def _carry_out(self, message: protocol.Message) -> Any:
        verb = self._verbs.get(str(message.get("verb")))
        if verb is None:
            raise protocol.garbage("unknown verb {!r}".format(message.get("verb")))
        return verb(message)

    def _open(self, message: protocol.Message) -> Any:
        self._end()
        module = registry.module_of(registry.spec(str(message.get("reader"))))
        reader = module.open_reader(protocol.decode_options(message.get("options")))
        self._reader = reader
        return protocol.encode_info(reader.info)

    def _probe(self, message: protocol.Message) -> Any:
        probe: Probe = registry.module_of(registry.spec(str(message.get("reader")))).probe()
        return protocol.encode_probe(probe)

    def _read(self, message: protocol.Message) -> Any:
        if self._reader is None:
            raise protocol.garbage("{} before open".format(message["verb"]))
        timer = Timer()
        image = protocol.decode_image(message.get("image"))
        read = self._reader.read if message["verb"] == "read" else self._reader.read_line
        lines = read(image, timer)
        return protocol.encode_answer(protocol.WorkerAnswer(lines, timer.ms, tuple(timer.notes)))

    def _close(self, message: protocol.Message) -> Any:
        self._end()
        self.closed = True
        return None

    def _end(self) -> None:
        reader, self._reader = self._reader, None
        if reader is not None:
            reader.close()


def serve(lines: "queue.Queue[Optional[bytes]]", answers: BinaryIO) -> None:
    """Greets, then answers until the queue of requests ends or a close was asked for."""
    hello = protocol.WorkerHello(protocol.PROTOCOL, python_version())
    send(answers, protocol.encode_message(protocol.encode_hello(hello)))
    worker = Worker()
    while not worker.closed:
        line = lines.get()
        if line is None:
            return
        send(answers, worker.answer(line))


def send(answers: BinaryIO, line: bytes) -> None:
    """Writes one message at once."""
    answers.write(line)
    answers.flush()


def main() -> None:
    """Serves the caller of this process; exit status 0 when it closed or went away."""
    requests, answers = take_streams()
    lines: "queue.Queue[Optional[bytes]]" = queue.Queue()
    threading.Thread(target=follow, args=(requests, lines), daemon=True).start()
    try:
        serve(lines, answers)
    except BrokenPipeError:
        pass
    sys.stderr.flush()
    os._exit(0)  # without waiting for threads of libraries; nothing of ours is left to write


if __name__ == "__main__":
    main()
