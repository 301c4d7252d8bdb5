"""A reader in another Python: one child process reads many images."""

from typing import Any, Callable, Dict, List, Optional, Sequence

from ocr_app.core.errors import OcrError, ReaderFailed
from ocr_app.core.types import Image, ReaderInfo, TextLine
from ocr_app.readers.contract import Probe, Reader, ReaderOptions, Timer
from ocr_app.workers import protocol
from ocr_app.workers.child import Child

TIMEOUT_S = 120.0
FIRST_FACTOR = 3.0
"""Starting, opening and the first image may take this many times as long as a later image."""
BUDGET = 3

Environ = Optional[Dict[str, str]]


class RemoteReader(Reader):
    """Drives one child process. Not for use by several threads at once.

    If the child crashes, hangs or sends an invalid message, the call in progress raises ReaderFailed ("crashed", "hung"
    or "garbage") and the next call starts a new child. After ``budget`` such failures in a row the reader gives up, and
    every further call raises ReaderFailed "gave-up". So each call has exactly one outcome.

    ``label`` names the child's environment in ``info.engine``. ``engine`` is the engine that its reader uses ("none":
    its own networks). Opening raises what ``open_reader`` raises in the child.
    """

    def __init__(
        self,
        reader: str,
        options: ReaderOptions,
        command: Sequence[str],
        environ: Environ = None,
        label: str = "",
        timeout_s: float = TIMEOUT_S,
        first_timeout_s: Optional[float] = None,
        budget: int = BUDGET,
        engine: str = "none",
    ) -> None:
        self._engine = engine
        self._reader, self._options, self._label = reader, options, label
        self._start: Callable[[], Child] = lambda: Child(command, environ)
        self._timeout_s = timeout_s
        self._first_timeout_s = FIRST_FACTOR * timeout_s if first_timeout_s is None else first_timeout_s
        self._budget, self._failures, self._last_failure = budget, 0, ""
        self._child: Optional[Child] = None
        self._fresh = True
        self._closed = False
        self._running()

    @property
    def pid(self) -> Optional[int]:
        """The process id of the current child; None between two children."""
        return None if self._child is None else self._child.pid

    def read(self, image: Image, timer: Optional[Timer] = None) -> List[TextLine]:
        return self._ask("read", image, timer)

    def read_line(self, image: Image, timer: Optional[Timer] = None) -> List[TextLine]:
        return self._ask("read_line", image, timer)

    def close(self) -> None:
        self._closed = True
        child, self._child = self._child, None
        if child is not None:
            child.close()

    def _ask(self, verb: str, image: Image, timer: Optional[Timer]) -> List[TextLine]:
        self._check_open()
        try:
            child = self._running()
            timeout_s = self._first_timeout_s if self._fresh else self._timeout_s
            answer = child.ask(verb, timeout_s, protocol.decode_answer, image=protocol.encode_image(image))
        except BaseException as error:
            self._count(error)
            raise
        self._fresh, self._failures = False, 0
        if timer is not None:
            _add_to_timer(answer, timer)
        return answer.lines  # type: ignore[no-any-return]

    def _check_open(self) -> None:
        if self._closed:
            raise ReaderFailed("the reader {} is closed".format(self._reader), code="closed")
        if self._failures >= self._budget:
            found = "the reader {} failed {} times in a row and is not started again; the last time: {}"
            found = found.format(self._reader, self._failures, self._last_failure)
            raise ReaderFailed(found, next_step="ocr-app readers", code="gave-up")

    def _count(self, error: BaseException) -> None:
        """Counts failures: an error that the child reports is an answer, one that ended the child is a failure."""
        if self._child is not None and not self._child.ended:
            self._fresh, self._failures = False, 0
            return
        self._child = None
        self._failures += 1
        self._last_failure = error.found if isinstance(error, OcrError) else repr(error)

    def _running(self) -> Child:
        """The current child; starts and opens one if there is none."""
        if self._child is None:
            self._child = self._opened(self._start())
            self._fresh = True
        return self._child

    def _opened(self, child: Child) -> Child:
        try:
            python = child.hello(self._first_timeout_s).python
            self.info = self._labelled(self._open(child), python)
        except BaseException:
            child.end()
            raise
        return child

    def _open(self, child: Child) -> ReaderInfo:
        options = protocol.encode_options(self._options)
        fields: Dict[str, Any] = {"reader": self._reader, "options": options, "engine": self._engine}
        info: ReaderInfo = child.ask("open", self._first_timeout_s, protocol.decode_info, **fields)
        return info

    def _labelled(self, info: ReaderInfo, python: str) -> ReaderInfo:
        environment = ", ".join(part for part in (self._label, "Python " + python) if part)
        return info._replace(engine="{} [{}]".format(info.engine, environment))


def _add_to_timer(answer: protocol.WorkerAnswer, timer: Timer) -> None:
    """Adds the times and notes of the child to ``timer``."""
    for name, ms in answer.timing_ms.items():
        timer.add(name, ms)
    for note in answer.notes:
        timer.note(note)


def probe_remote(reader: str, command: Sequence[str], environ: Environ = None, timeout_s: float = TIMEOUT_S) -> Probe:
    """The reader's own probe, carried out by a child. Raises ReaderFailed."""
    child = Child(command, environ)
    try:
        child.hello(timeout_s)
        probe: Probe = child.ask("probe", timeout_s, protocol.decode_probe, reader=reader)
        return probe
    finally:
        child.close()
