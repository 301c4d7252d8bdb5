"""Engines that are missing, built on the spot where that was asked for, by `ocr-app engine build`."""

import subprocess
import sys
import threading

from ocr_app.engines.cache import default_folder
from ocr_app.line.settings import Serving

_POLL_S = 0.5


class Builder:
    """Call it to build what the reader needs; it returns when that is done, failed, or ``stop`` is set."""

    def __init__(self, settings: Serving, calibration: str, stop: threading.Event) -> None:
        wanted = settings.reading
        self._limit_s = settings.build_limit_s
        self._retry_s = settings.retry_s
        self._stop = stop
        self.command = [sys.executable, "-m", "ocr_app", "engine", "build", "--target", wanted.engine]
        self.command += ["--reader", wanted.reader, "--precision", wanted.precision, "--engines", default_folder()]
        self.command += ["--services", "none", "--calibration", calibration, "--threads", str(wanted.threads)]
        self.command += ["--rebuild"]

    def __call__(self) -> None:
        """What it says goes to the service's log. A build that failed is tried again after a pause."""
        child = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=sys.stderr.fileno())
        waited = 0.0
        while child.poll() is None:
            if self._stop.wait(_POLL_S) or waited > self._limit_s:
                child.terminate()
                child.wait()
                break
            waited += _POLL_S
        if child.returncode:
            words = "building engines ended with exit code {}; again in {:g} s"
            print("ocr-app serve: " + words.format(child.returncode, self._retry_s), file=sys.stderr, flush=True)
            self._stop.wait(self._retry_s)
