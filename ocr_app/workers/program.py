"""What programs that speak the worker protocol share: their streams, their loop, and answers that never raise.

Requests come on standard input, answers go to what was standard output; before anything else that descriptor is set
aside and number 1 points at standard error, so that what a library prints cannot be taken for an answer. A program
ends with its input: no caller, no program. See docs/reference/worker-protocol.md.
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
"""How long a request may still run after the caller is gone."""

Verb = Callable[[protocol.Message], Any]


class Program:
    """Carries out the requests of one caller, one at a time. Subclasses fill :meth:`verbs`."""

    closed = False

    def verbs(self) -> Dict[str, Verb]:
        """What can be asked for: the name of a request, and the method that gives its result in JSON form."""
        raise NotImplementedError

    def answer(self, line: bytes) -> bytes:
        """The answer to one request; never raises for what a reader does, not even for ``sys.exit()``."""
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
    """Serves the caller of this process; exit status 0 when it closed or went away. Does not return."""
    requests, answers = _take_streams()
    lines: "queue.Queue[Optional[bytes]]" = queue.Queue()
    threading.Thread(target=_follow, args=(requests, lines), daemon=True).start()
    try:
        _serve(program, lines, answers)
    except BrokenPipeError:
        pass
    sys.stderr.flush()
    os._exit(0)  # without waiting for threads of libraries; nothing of ours is left to write


def _take_streams() -> Tuple[BinaryIO, BinaryIO]:
    """The protocol's own input and output; descriptors 0 and 1 are turned away from them for everyone else."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return requests, answers


def _follow(requests: BinaryIO, lines: "queue.Queue[Optional[bytes]]") -> None:
    """Feeds lines to the queue until the input ends; then a request still running after the grace is cut off."""
    for line in requests:
        lines.put(line)
    lines.put(None)
    timer = threading.Timer(GRACE_S, os._exit, (0,))
    timer.daemon = True
    timer.start()


def _serve(program: Program, lines: "queue.Queue[Optional[bytes]]", answers: BinaryIO) -> None:
    """Greets, then answers until the queue of requests ends or a close was asked for."""
    hello = protocol.WorkerHello(protocol.PROTOCOL, python_version())
    _send(answers, protocol.encode_message(protocol.encode_hello(hello)))
    while not program.closed:
        line = lines.get()
        if line is None:
            return
        _send(answers, program.answer(line))


def _send(answers: BinaryIO, line: bytes) -> None:
    """Writes one message at once."""
    answers.write(line)
    answers.flush()
