"""One child process that speaks the worker protocol: start it, send it requests with a time limit, and end it."""

import os
import signal
import subprocess
import threading
import time
from typing import IO, Any, Callable, Dict, Optional, Sequence

from ocr_app.core.errors import ReaderFailed
from ocr_app.workers import protocol

TAIL_BYTES = 8192
TAIL_LINES = 6
LONGEST_ANSWER = 16 << 20
EXIT_WAIT_S = 2.0
CLOSE_WAIT_S = 5.0
AGAIN = "a new process reads the next image; if this happens again, look at the output above"


class Deadline:
    """Calls ``expire`` from another thread when the block takes longer than ``seconds``."""

    def __init__(self, seconds: float, expire: Callable[[], None]) -> None:
        self.passed = False
        self._expire = expire
        self._timer = threading.Timer(seconds, self._run)
        self._timer.daemon = True

    def _run(self) -> None:
        self.passed = True
        self._expire()

    def __enter__(self) -> "Deadline":
        self._timer.start()
        return self

    def __exit__(self, *exc: Any) -> None:
        self._timer.cancel()
        self._timer.join()


class StreamTail:
    """Reads a stream to its end in its own thread, and keeps the last few kilobytes."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._kept = b""
        self._thread = threading.Thread(target=self._drain, daemon=True)
        self._thread.start()

    def _drain(self) -> None:
        for block in iter(lambda: os.read(self._stream.fileno(), 4096), b""):
            self._kept = (self._kept + block)[-TAIL_BYTES:]

    def finish(self, seconds: float) -> bool:
        """Waits for the end of the stream and closes it. False if another process still holds its other end."""
        self._thread.join(seconds)
        if self._thread.is_alive():
            return False
        self._stream.close()
        return True

    def text(self) -> str:
        """The last lines, indented, with at most 300 characters each."""
        lines = [line for line in self._kept.decode("utf-8", "replace").splitlines() if line.strip()]
        return "\n".join("    | " + line[:300] for line in lines[-TAIL_LINES:])


class Child:
    """A process in its own process group. Not for use by several threads at once.

    A method that raises a failure of the process itself (code "crashed", "hung", "garbage" or "protocol") has ended
    the process, and ``ended`` is True. An error that the process reports leaves it alive.
    """

    def __init__(self, command: Sequence[str], environ: Optional[Dict[str, str]] = None) -> None:
        self.ended = False
        self._number = protocol.HELLO_ID
        pipe = subprocess.PIPE
        try:
            self._process = subprocess.Popen(
                list(command), stdin=pipe, stdout=pipe, stderr=pipe, env=environ, start_new_session=True
            )
        except OSError as error:
            raise ReaderFailed("cannot start {}: {}".format(command[0], error), code="crashed") from None
        self._error_tail = StreamTail(self._stream(self._process.stderr))

    @property
    def pid(self) -> int:
        """The process id, for messages and tests."""
        return self._process.pid

    def hello(self, timeout_s: float) -> protocol.WorkerHello:
        """Waits for the greeting of the process. Raises ReaderFailed."""
        return self._exchange(None, timeout_s, protocol.decode_hello)  # type: ignore[no-any-return]

    def ask(self, verb: str, timeout_s: float, decode: Callable[[Any], Any], **fields: Any) -> Any:
        """Sends one request and decodes its result. Raises ReaderFailed, or the error that the process reports."""
        self._number += 1
        number = self._number

        def decoded(message: protocol.Message) -> Any:
            result, error = protocol.outcome_of(message, number)
            return (None if error else decode(result)), error

        line = protocol.encode_message(protocol.request(number, verb, **fields))
        value, error = self._exchange(line, timeout_s, decoded)
        if error is not None:
            raise error
        return value

    def _exchange(self, line: Optional[bytes], timeout_s: float, decode: Callable[[protocol.Message], Any]) -> Any:
        try:
            with Deadline(timeout_s, self._kill) as deadline:
                answer = self._transfer(line)
            if deadline.passed:
                raise self._failure("did not answer within {:g} s and was ended".format(timeout_s), "hung")
            if not answer:
                raise self._failure(self._exit_status(), "crashed")
            return decode(protocol.decode_message(answer))
        except BaseException:
            self.end()
            raise

    def _transfer(self, line: Optional[bytes]) -> bytes:
        """Writes a request and reads the answer, which is empty if the process has ended."""
        try:
            if line is not None:
                stream = self._stream(self._process.stdin)
                stream.write(line)
                stream.flush()
        except OSError:
            pass  # it ended before it read everything; its output is still worth reading
        return self._stream(self._process.stdout).readline(LONGEST_ANSWER)

    def _failure(self, event: str, code: str) -> ReaderFailed:
        self.end()
        tail = self._error_tail.text()
        output = "; its last output:\n" + tail if tail else " without any output"
        return ReaderFailed("the reader's process " + event + output, next_step=AGAIN, code=code)

    def _exit_status(self) -> str:
        has_exited = self._wait_unreaped(EXIT_WAIT_S)
        self.end()
        if not has_exited:
            return "closed its output and was ended"
        status = self._process.returncode
        if status < 0:
            return "was ended by signal {}".format(_signal_name(-status))
        return "exited with status {}".format(status)

    def _wait_unreaped(self, seconds: float) -> bool:
        """Whether the process exits within ``seconds``. It is not reaped, so no other process can get its id."""
        if not hasattr(os, "waitid"):  # macOS before Python 3.13: it is reaped, and its group is left alone
            return _reaped(self._process, seconds)
        until = time.monotonic() + seconds
        while os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            if time.monotonic() > until:
                return False
            time.sleep(0.01)
        return True

    def close(self) -> None:
        """Asks the process to close, then ends it. May be called twice; never raises for a failure of the process."""
        if not self.ended:
            try:
                self.ask("close", CLOSE_WAIT_S, lambda result: result)
                self._wait_unreaped(EXIT_WAIT_S)
            except ReaderFailed:
                pass
        self.end()

    def end(self) -> None:
        """Kills the process and its group, and releases the pipes and the thread. May be called twice."""
        if self.ended:
            return
        self.ended = True
        self._kill()
        self._process.wait()
        self._error_tail.finish(EXIT_WAIT_S)
        for stream in (self._process.stdin, self._process.stdout):
            _close_quietly(self._stream(stream))

    def _kill(self) -> None:
        """Kills the group. This is safe: the process has not been reaped, so no other process can have its id."""
        if self._process.returncode is not None:
            return
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass  # nothing is left, or only the zombie (macOS)

    @staticmethod
    def _stream(stream: Optional[IO[bytes]]) -> IO[bytes]:
        assert stream is not None  # all three streams are pipes
        return stream


def _reaped(process: "subprocess.Popen[bytes]", seconds: float) -> bool:
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)


def _close_quietly(stream: IO[bytes]) -> None:
    try:
        stream.close()
    except OSError:
        pass  # the rest of a request that the process did not read
