"""What the programs that speak the worker protocol share: streams, the loop, and answers that never raise.

Requests arrive on standard input. Answers go to a copy of standard output; descriptor 1 itself is redirected to
standard error at the start, so that nothing that a library prints can be mistaken for an answer. A program ends when
its input ends, so it never outlives its caller. See docs/reference/worker-protocol.md.
"""

import os
import queue
import sys
import threading
import traceback
from typing import Any, BinaryIO, Callable, Dict, Optional, Tuple

from ocr_app.core.errors import OcrError, ReaderFailed
from ocr_app.workers import protocol
from ocr_app.workers.environments import python_version

GRACE_S = 2.0
"""How long a request may run after the caller has gone."""

Verb = Callable[[protocol.Message], Any]


class Program:
    """Carries out the requests of one caller, one at a time. Subclasses implement :meth:`verbs`."""

    closed = False

    def verbs(self) -> Dict[str, Verb]:
        """The requests by name, each with the method that returns its result in JSON form."""
        raise NotImplementedError

    def answer(self, line: bytes) -> bytes:
        """The answer to one request. Never raises for anything that a reader does, even if it calls ``sys.exit()``."""
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
        verb = self.verbs().get(str(message.get("verb")))
        if verb is None:
            raise protocol.garbage("unknown verb {!r}".format(message.get("verb")))
        return verb(message)


def run(program: Program) -> None:
    """Serves the caller of this process, then exits with status 0. Does not return."""
    requests, answers = _take_streams()
    lines: "queue.Queue[Optional[bytes]]" = queue.Queue()
    threading.Thread(target=_follow, args=(requests, lines), daemon=True).start()
    try:
        _serve(program, lines, answers)
    except BrokenPipeError:
        pass
    for stream in (sys.stdout, sys.stderr):  # what libraries printed, which may wait in a buffer
        stream.flush()
    os._exit(0)  # does not wait for the threads of libraries; our own output is written


def _take_streams() -> Tuple[BinaryIO, BinaryIO]:
    """The input and output of the protocol. Descriptors 0 and 1, which libraries use, are redirected."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    os.dup2(2, 1)
    return requests, answers


def _follow(requests: BinaryIO, lines: "queue.Queue[Optional[bytes]]") -> None:
    """Puts lines into the queue until the input ends; a request that then runs longer than GRACE_S is cut off."""
    for line in requests:
        lines.put(line)
    lines.put(None)
    timer = threading.Timer(GRACE_S, os._exit, (0,))
    timer.daemon = True
    timer.start()


def _serve(program: Program, lines: "queue.Queue[Optional[bytes]]", answers: BinaryIO) -> None:
    """Sends the greeting, then answers requests until the input ends or the caller asks to close."""
    hello = protocol.WorkerHello(protocol.PROTOCOL, python_version())
    _send(answers, protocol.encode_message(protocol.encode_hello(hello)))
    while not program.closed:
        line = lines.get()
        if line is None:
            return
        _send(answers, program.answer(line))


def _send(answers: BinaryIO, line: bytes) -> None:
    """Writes one message and flushes it."""
    answers.write(line)
    answers.flush()
