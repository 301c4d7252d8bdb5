"""Builds missing engines on this board, where that was asked for, by running `ocr-app engine build`."""

import logging
import subprocess
import sys
import threading

from ocr_app.core.logs import fields
from ocr_app.engines.cache import default_folder
from ocr_app.line.settings.service import ServiceSettings
from ocr_app.readers.registry import parse_name, with_team

LOG = logging.getLogger(__name__)
_POLL_S = 0.5


class EngineBuilder:
    """Call it to build what the reader needs; it returns when the build is done, has failed, or ``stop`` is set."""

    def __init__(self, settings: ServiceSettings, calibration: str, stop: threading.Event) -> None:
        reader = settings.reader
        self._limit_s, self._retry_s = settings.limits.building_s, settings.limits.retry_s
        self._stop = stop
        self.command = [sys.executable, "-m", "ocr_app", "engine", "build", "--target", reader.engine]
        name = with_team(parse_name(reader.name), reader.team)
        self.command += ["--reader", str(name), "--precision", reader.precision, "--engines", default_folder()]
        self.command += ["--services", "none", "--calibration", calibration, "--threads", str(reader.threads)]
        self.command += ["--rebuild"]

    def __call__(self) -> None:
        """The output of the build goes to standard error. A build that fails is followed by a pause."""
        LOG.info("engine build started", extra=fields(command=" ".join(self.command)))
        child = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=sys.stderr.fileno())
        waited = 0.0
        while child.poll() is None:
            if self._stop.wait(_POLL_S) or waited > self._limit_s:
                child.terminate()
                child.wait()
                break
            waited += _POLL_S
        if child.returncode:
            LOG.error("engine build failed", extra=fields(exit_code=child.returncode, retry_s=self._retry_s))
            self._stop.wait(self._retry_s)
