"""The service: a reader that is kept alive, its sources, its health, and a clean end."""

import os
import signal
import sys
import threading
import time
from typing import Any, Callable, List, Optional, Tuple

from ocr_app.board.runtime_context import RuntimeContext
from ocr_app.core.errors import OcrError
from ocr_app.line.health import health_file, platform, systemd
from ocr_app.line.health.status import ServiceStatus, document
from ocr_app.line.inputs import folder, http
from ocr_app.line.inputs.intake import Intake, put_challenge
from ocr_app.line.inputs.jobs import JobQueue
from ocr_app.line.reading.building import Builder
from ocr_app.line.reading.supervisor import DRAIN_S, Supervisor
from ocr_app.line.settings import Serving

PLACE_EVERY_S = 5.0
_LOOK_S = 0.05
_OPENING_S = 2.0  # a reader that is being opened has nothing to answer, and ends with its parent
DATA = "/data"  # where a container keeps what stays


class LineService:
    """``run`` serves until a signal ends it."""

    def __init__(self, settings: Serving, around: RuntimeContext) -> None:
        """Raises ServiceError for an address or a folder that cannot be used."""
        self._settings, self._around = settings, around
        self._status, self._jobs = ServiceStatus(), JobQueue(settings.queue)
        self._stop = threading.Event()
        self._sequence = 0
        self._signalled = False
        self._said = ""
        if settings.watch:
            folder.check(settings.watch, settings.results)
        self._make_runtime()
        intake = Intake(settings, self._status, self._jobs, around.release, lambda: self._sequence, self._stop.is_set)
        self._server: Optional[http.Server] = None
        if settings.listen:
            self._server = http.Server(http.address_of(settings.listen), intake, settings.connection_s)
        samples = os.path.join(around.samples, "images")
        warm = sorted(os.listdir(samples))[0] if os.path.isdir(samples) else ""
        builder = Builder(settings, around.samples, self._stop) if settings.build_engines else None
        self._keeper = Supervisor(
            settings, self._status, self._jobs, os.path.join(samples, warm) if warm else "", builder
        )
        self._bounds = platform.Bounds(self._folders(), settings.disk_mb, settings.memory_mb, around.root)

    def _make_runtime(self) -> None:
        try:
            os.makedirs(self._around.runtime, exist_ok=True)
        except OSError as error:
            self._say("no health.json: {}: {}".format(self._around.runtime, error.strerror))

    def _folders(self) -> Tuple[str, ...]:
        named = [self._settings.results or (DATA if os.path.isdir(DATA) else "")]
        return tuple(name for name in named if name)

    @property
    def port(self) -> int:
        """Of HTTP, once it listens; 0 without TCP."""
        return int(self._server.server_port) if self._server is not None else 0

    def run(self) -> int:
        """Returns 0 after a signal, else the exit code of what ended the service."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._signal)
        self._status.prove(bool(self._settings.challenge))
        keeping = self._thread(self._keeper.run)
        self._sources()
        while not self._signalled and not self._keeper.stop.is_set():
            self._beat()
            self._wait(self._settings.beat_s)
        if self._signalled:
            return self._end(keeping)
        return self._failed(keeping)

    def _signal(self, *_: Any) -> None:
        """Only a flag: an Event set here could wait for a lock that the interrupted line holds."""
        self._signalled = True

    def _wait(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while not self._signalled and not self._keeper.stop.is_set() and time.monotonic() < until:
            time.sleep(_LOOK_S)

    def _sources(self) -> None:
        if self._server is not None:
            self._thread(self._server.serve_forever)
        if self._settings.watch:
            self._thread(folder.Folder(self._settings, self._status, self._jobs, self._stop).run)
        if self._settings.challenge:
            self._thread(self._prove)

    @staticmethod
    def _thread(work: Callable[[], Any]) -> threading.Thread:
        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        return thread

    def _prove(self) -> None:
        """Puts the challenge set once a reader is warm; ready only after that, whatever its outcome."""
        while not self._status.serving:
            if self._stop.wait(0.1):
                return
        try:
            record = put_challenge(self._settings, self._status, self._jobs, self._stop.is_set)
            self._record(record)
            self._say("challenge: " + ("passed" if record["passed"] else "; ".join(record["differences"][:5])))
        except OcrError as error:
            self._say(str(error))
        finally:
            self._status.prove(False)

    def _record(self, record: Any) -> None:
        """challenge.jsonl beside health.json: the result lines, as `ocr-app read --jsonl` gives them to the gate."""
        try:
            health_file.write_lines(self._around.runtime, record["results"])
        except OSError as error:
            self._say("cannot write {}: {}".format(health_file.CHALLENGE, error.strerror))

    # --- the heartbeat ---------------------------------------------------------------------------------------------

    def _beat(self) -> None:
        every = max(1, int(PLACE_EVERY_S / self._settings.beat_s))
        if self._sequence % every == 0:
            self._status.degraded.hold("place", platform.reasons(self._bounds))
        self._sequence += 1
        found = self._status.snapshot()
        try:
            health_file.write(self._around.runtime, document(found, self._around.release, self._sequence))
        except OSError as error:
            self._say("cannot write {}: {}".format(health_file.FILE, error.strerror))
        if found.live:
            words = ["WATCHDOG=1", "STATUS=" + ", ".join([found.state] + found.degraded)]
            systemd.tell("\n".join((["READY=1"] if found.ready else []) + words))

    def _say(self, words: str) -> None:
        if words != self._said:
            print("ocr-app serve: " + words, file=sys.stderr, flush=True)
        self._said = words

    # --- the end ---------------------------------------------------------------------------------------------------

    def _end(self, keeping: threading.Thread) -> int:
        """What was taken is answered, nothing new is."""
        limit_s = DRAIN_S if self._status.serving else _OPENING_S
        systemd.tell("STOPPING=1")
        self._stop.set()
        self._status.enter(health_file.STOPPING)
        self._keeper.stop.set()
        self._beat()
        keeping.join(limit_s)
        self._close()
        self._beat()
        return 0

    def _failed(self, keeping: threading.Thread) -> int:
        keeping.join(DRAIN_S)
        self._status.give_up()
        self._beat()
        self._close()
        error = self._keeper.error
        self._say(str(error) if error else "the reader's thread ended")
        return error.exit_code if error else 1

    def _close(self) -> None:
        """The server goes when its last answers are out, or after a second."""
        if self._server is None:
            return
        self._server.shutdown()
        until = time.monotonic() + 1.0
        while self._server.open_requests() and time.monotonic() < until:
            time.sleep(0.02)
        self._server.server_close()


def words(settings: Serving, port: int) -> List[str]:
    """What the service says when it starts."""
    lines = []
    if settings.listen:
        lines.append("POST images to " + (settings.listen if not port else "http://127.0.0.1:{}/read".format(port)))
    if settings.watch:
        lines.append("watches {}, results go to {}".format(settings.watch, settings.results))
    if settings.reading.packs and settings.reading.engine == "none":
        lines.append("reads without engines: those of {} are not used".format(settings.reading.packs))
    return lines or ["no source: --listen or --watch"]
