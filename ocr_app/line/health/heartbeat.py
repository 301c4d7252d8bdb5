"""The heartbeat of the service: health.json, the notifications to systemd, and a line in the log for each change."""

import logging
import os
import socket
from typing import List, Mapping, Optional

from ocr_app.core.logs import fields
from ocr_app.line.health import health_file, platform
from ocr_app.line.health.snapshot import StatusSnapshot, document
from ocr_app.line.health.status import ServiceStatus

LOG = logging.getLogger(__name__)
PLATFORM_EVERY_S = 5.0


class HeartbeatWriter:
    """``folder``: of health.json; ``release`` and ``interval_s`` are written into it and used by it."""

    def __init__(
        self, status: ServiceStatus, bounds: platform.Bounds, folder: str, release: str, interval_s: float
    ) -> None:
        self._status, self._bounds, self._folder, self._release = status, bounds, folder, release
        self._every = max(1, int(PLATFORM_EVERY_S / interval_s))
        self._last: Optional[StatusSnapshot] = None
        self._write_failed = False
        self.sequence = 0

    def prepare(self) -> None:
        """Makes the folder; without it there is no health.json, and the service runs all the same."""
        try:
            os.makedirs(self._folder, exist_ok=True)
        except OSError as error:
            self._log_failure(error)

    def beat(self) -> None:
        """One heartbeat; looks at the platform every ``PLATFORM_EVERY_S`` seconds."""
        if self.sequence % self._every == 0:
            self._status.degraded.set("platform", platform.reasons(self._bounds))
        self.sequence += 1
        found = self._status.snapshot()
        self._write(found)
        self._log_changes(found)
        if found.live:
            ready = ["READY=1"] if found.ready else []
            notify("\n".join(ready + ["WATCHDOG=1", "STATUS=" + ", ".join([found.state] + found.degraded)]))

    def _write(self, found: StatusSnapshot) -> None:
        try:
            health_file.write(self._folder, document(found, self._release, self.sequence))
            self._write_failed = False
        except OSError as error:
            self._log_failure(error)

    def _log_failure(self, error: OSError) -> None:
        if not self._write_failed:
            LOG.error("cannot write health.json", extra=fields(folder=self._folder, error=error.strerror))
        self._write_failed = True

    def _log_changes(self, found: StatusSnapshot) -> None:
        last, self._last = self._last, found
        before = last.degraded if last is not None else []
        for reason in _without(found.degraded, before):
            LOG.warning("degraded", extra=fields(reason=reason))
        for reason in _without(before, found.degraded):
            LOG.info("no longer degraded", extra=fields(reason=reason))
        if last is None or (last.state, last.live, last.ready) != (found.state, found.live, found.ready):
            LOG.info("state changed", extra=fields(state=found.state, live=found.live, ready=found.ready))


def _without(reasons: List[str], others: List[str]) -> List[str]:
    return [reason for reason in reasons if reason not in others]


def notify(message: str, environ: Mapping[str, str] = os.environ) -> bool:
    """Sends ``message`` ("READY=1") to $NOTIFY_SOCKET (sd_notify(3)); False where there is none or nobody listens."""
    address = environ.get("NOTIFY_SOCKET", "")
    if not address:
        return False
    address = "\0" + address[1:] if address.startswith("@") else address
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
            channel.sendto(message.encode("utf-8"), address)
    except OSError:
        return False
    return True
