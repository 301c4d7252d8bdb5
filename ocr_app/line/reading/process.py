"""The reading process: a child that is started, opened, warmed up, asked and closed, each with a time limit."""

import os
import sys
from typing import Any, Dict, Optional

from ocr_app.line.health import health_file
from ocr_app.line.health.status import ServiceStatus
from ocr_app.line.settings.service import ServiceSettings
from ocr_app.workers.child import Child
from ocr_app.workers.environments import child_environ

COMMAND = [sys.executable, "-m", "ocr_app.line.reading.program"]
HELLO_S = 60.0
MARGIN_S = 15.0
"""How much longer than its limit a request may take before the watchdog counts the service as hung."""


class ReadingProcess:
    """``warm_image``: path of the image for the first readings, empty for none. ``seat``: its number."""

    def __init__(self, settings: ServiceSettings, status: ServiceStatus, warm_image: str, seat: int = 0) -> None:
        self._settings, self._status, self._warm_image, self._seat = settings, status, warm_image, seat
        self._opening_s = settings.limits.opening_s
        self._command = COMMAND
        self.child: Optional[Child] = None

    def start(self) -> Dict[str, str]:
        """A child with an open, warm reader; returns what describes the reader. Raises what opening raises."""
        self._status.busy(HELLO_S + self._opening_s + MARGIN_S, self._seat)
        self.child = Child(self._command, child_environ(self._settings.reader.threads))
        self.child.hello(HELLO_S)
        info: Dict[str, str] = self.child.ask("open", self._opening_s, dict, **open_request(self._settings))
        self._status.enter(health_file.WARMING_UP, info, self._seat)
        self._status.busy(self._opening_s + MARGIN_S, self._seat)
        if self._warm_image:
            self.child.ask("warm", self._opening_s, bool, path=self._warm_image)
        return info

    def serving(self) -> Optional[Child]:
        """The child while it can be asked, else None."""
        return self.child if self.child is not None and not self.child.ended else None

    def exited(self) -> bool:
        """Whether the child has ended on its own since it was last asked; it is then reaped."""
        child = self.serving()
        if child is None or os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            return False
        child.end()
        return True

    def close(self) -> None:
        """Ends the child, where there is one."""
        if self.child is not None:
            self.child.close()
            self.child = None


def open_request(settings: ServiceSettings) -> Dict[str, Any]:
    """The fields of the verb ``open`` of the reading process."""
    reader, image = settings.reader, settings.image
    return {
        "reader": reader.name,
        "team": reader.team,
        "budget_ms": reader.budget_ms,
        "device": reader.device,
        "precision": reader.precision,
        "threads": reader.threads,
        "engine": reader.engine,
        "packs": reader.packs,
        "recipe": settings.recipe.file or None,
        "preprocess": image.preprocess,
        "limits": [image.max_pixels, image.max_bytes, image.min_side],
        "regions": image.regions,
    }
