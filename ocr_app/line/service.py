"""The service: a reader that is kept alive, its inputs, its health, and a clean end."""

import logging
import os
import signal
import threading
import time
from typing import Any, Callable, Dict, Optional, Tuple

from ocr_app.board.runtime_context import RuntimeContext
from ocr_app.core.logs import fields
from ocr_app.core.version import VERSION
from ocr_app.line.health import health_file, heartbeat, platform
from ocr_app.line.health.status import ServiceStatus
from ocr_app.line.inputs import folder
from ocr_app.line.inputs.challenge_run import prove_at_start
from ocr_app.line.inputs.handler import RequestHandler
from ocr_app.line.inputs.intake import Intake
from ocr_app.line.inputs.server import HttpServer, address_of
from ocr_app.line.live import LiveLine
from ocr_app.line.reading.crew import ReadingCrew
from ocr_app.line.reading.engine_builder import EngineBuilder
from ocr_app.line.reading.jobs import JobQueue
from ocr_app.line.reading.supervisor import DRAIN_S
from ocr_app.line.settings.service import ServiceSettings

LOG = logging.getLogger(__name__)
DATA = "/data"  # where a container keeps what outlives it
_LOOK_S = 0.05
_OPENING_S = 2.0  # a reader that is being opened has nothing to answer, and ends with its parent
_CLOSE_S = 1.0


class LineService:
    """``run`` serves until a signal ends it."""

    def __init__(self, settings: ServiceSettings, context: RuntimeContext) -> None:
        """Raises ServiceError for an address or a folder that cannot be used."""
        self._settings, self._context = settings, context
        self._status, self._jobs = ServiceStatus(), JobQueue(settings.limits.queue)
        self._stop = threading.Event()
        self._signalled = False
        if settings.folder.watch:
            folder.check(settings.folder.watch, settings.output.results)
        self._heartbeat = self._make_heartbeat()
        self._line = self._make_line()
        self._server = self._make_server() if settings.http.enabled else None
        build = EngineBuilder(settings, context.samples, self._stop) if settings.reader.build_engines else None
        self._crew = ReadingCrew(settings, self._status, self._jobs, warm_image(context.samples), build)

    def _make_heartbeat(self) -> heartbeat.HeartbeatWriter:
        health, context = self._settings.health, self._context
        bounds = platform.Bounds(self._folders(), health.disk_mb, health.memory_mb, context.root)
        made = heartbeat.HeartbeatWriter(self._status, bounds, context.runtime, context.release, health.heartbeat_s)
        made.prepare()
        return made

    def _make_line(self) -> Optional[LiveLine]:
        if not self._settings.source.enabled:
            return None
        return LiveLine(self._settings, self._status, self._jobs, self._context.release or VERSION)

    def _make_server(self) -> HttpServer:
        http, release = self._settings.http, self._context.release
        address = address_of(http.listen)
        intake = Intake(
            self._settings, self._status, self._jobs, release, lambda: self._heartbeat.sequence, self._stop.is_set,
            self._line.pushed if self._line is not None else None,
            self._line.fire if self._line is not None and self._settings.trigger.kind == "http" else None,
        )  # fmt: skip
        return HttpServer(address, RequestHandler, intake, http.connection_s)

    def _folders(self) -> Tuple[str, ...]:
        """The folders that need free space."""
        named = tuple(name for name in (self._settings.output.results, self._settings.journal.folder) if name)
        return named or ((DATA,) if os.path.isdir(DATA) else ())

    @property
    def port(self) -> int:
        """Of HTTP, once it listens; 0 without TCP."""
        return int(self._server.server_port) if self._server is not None else 0

    def run(self) -> int:
        """Returns 0 after a signal, else the exit code of what ended the service."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._signal)
        inputs = describe(self._settings, self.port)
        LOG.info("service started", extra=fields(version=VERSION, release=self._context.release, **inputs))
        self._status.set_proving(bool(self._settings.recipe.challenge))
        supervision = self._thread(self._crew.run)
        self._start_inputs()
        while not self._ending():
            self._heartbeat.beat()
            self._wait(self._settings.health.heartbeat_s)
        return self._end(supervision) if self._signalled else self._fail(supervision)

    def _signal(self, *_: Any) -> None:
        """Only sets a flag: an Event set here could wait for a lock that the interrupted line holds."""
        self._signalled = True

    def _ending(self) -> bool:
        return self._signalled or self._crew.stop.is_set()

    def _wait(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while not self._ending() and time.monotonic() < until:
            time.sleep(_LOOK_S)

    def _start_inputs(self) -> None:
        if self._server is not None:
            self._thread(self._server.serve_forever)
        if self._settings.folder.watch:
            self._thread(folder.FolderWatcher(self._settings, self._status, self._jobs, self._stop).run)
        if self._line is not None:
            self._line.start(self._thread)
        if self._settings.recipe.challenge:
            arguments = (self._settings, self._status, self._jobs, self._stop, self._context.runtime)
            self._thread(lambda: prove_at_start(*arguments))

    def _thread(self, work: Callable[[], Any]) -> threading.Thread:
        """A part of the service. If it ends with an exception, the service ends too: it would be deaf without it."""

        def guarded() -> None:
            try:
                work()
            except Exception:
                LOG.exception("a part of the service failed")
                self._status.give_up()
                self._crew.stop.set()

        thread = threading.Thread(target=guarded, daemon=True)
        thread.start()
        return thread

    # --- the end ---------------------------------------------------------------------------------------------------

    def _end(self, supervision: threading.Thread) -> int:
        """Images that were accepted are answered; new ones are refused."""
        limit_s = DRAIN_S if self._status.serving else _OPENING_S
        LOG.info("service stopping", extra=fields(waiting=self._jobs.length()))
        heartbeat.notify("STOPPING=1")
        self._stop.set()
        self._status.enter(health_file.STOPPING)
        self._heartbeat.beat()
        if self._line is not None:
            self._line.stop_capturing()
        self._crew.stop.set()
        supervision.join(limit_s)
        self._end_line()
        self._close()
        self._heartbeat.beat()
        LOG.info("service stopped")
        return 0

    def _fail(self, supervision: threading.Thread) -> int:
        supervision.join(DRAIN_S)
        self._end_line()
        self._status.give_up()
        self._heartbeat.beat()
        self._close()
        error = self._crew.error
        exit_code = error.exit_code if error else 1
        found = str(error) if error else "the supervisor's thread ended"
        LOG.error("service failed", extra=fields(exit_code=exit_code, found=found))
        return exit_code

    def _end_line(self) -> None:
        """Every part that has begun gets its verdict, whatever ends the service."""
        if self._line is not None:
            self._line.end()

    def _close(self) -> None:
        """Closes the server when its last answers are out, or after a second."""
        if self._server is None:
            return
        self._server.shutdown()
        until = time.monotonic() + _CLOSE_S
        while self._server.open_requests() and time.monotonic() < until:
            time.sleep(0.02)
        self._server.server_close()


def warm_image(samples: str) -> str:
    """Path of the image for the first readings: the first of the bundled samples, empty without them."""
    images = os.path.join(samples, "images")
    names = sorted(os.listdir(images)) if os.path.isdir(images) else []
    return os.path.join(images, names[0]) if names else ""


def describe(settings: ServiceSettings, port: int) -> Dict[str, str]:
    """The inputs of the service, for its first line in the log; ``port`` is 0 without TCP."""
    found: Dict[str, Optional[str]] = {}
    if settings.source.enabled:
        found.update(source=settings.source.kind, trigger=settings.trigger.kind, journal=settings.journal.folder)
    if settings.http.enabled:
        found["listen"] = "http://127.0.0.1:{}/read".format(port) if port else settings.http.listen
    if settings.folder.watch:
        found.update(watch=settings.folder.watch, results=settings.output.results)
    if settings.reader.packs and settings.reader.engine == "none":
        found["packs_not_used"] = settings.reader.packs
    return {name: value for name, value in found.items() if value} or {"inputs": "none"}
