"""Results to a program by HTTP, from the journal: one POST for each part, in order, until the program takes it.

The cursor in the journal moves when the program has answered 2xx. Until then, also over restarts, the same part is sent
again under the same id, so the program keeps the ids that it has. ``X-Nano-Ocr-Signature`` is ``sha256=`` and the HMAC
of the body under the secret, in hexadecimal digits.
"""

import hashlib
import hmac
import json
import ssl
import threading
import urllib.error
import urllib.request
from http.client import HTTPException
from typing import Any, Dict

from ocr_app.core.errors import ServiceError
from ocr_app.line.health.status import ServiceStatus
from ocr_app.line.journal import rows
from ocr_app.line.journal.journal import PartJournal
from ocr_app.line.journal.rows import PartRow
from ocr_app.line.outputs.contract import LineOutput
from ocr_app.line.outputs.credentials import secret_of
from ocr_app.line.outputs.reach import OutputReach, RetryPause
from ocr_app.line.settings.outputs import WebhookSettings

CURSOR = "webhook"
SIGNATURE, KEY = "X-Nano-Ocr-Signature", "Idempotency-Key"
_WINDOW = 20
_LOOK_S = 0.2
_MOST_BYTES = 65536  # of an answer, which nobody needs


class NotTaken(Exception):
    """The program did not take a result, and why."""


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A result goes to the address that was set, and to no other one."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


class WebhookOutput(LineOutput):
    """``run`` is the body of a thread that sends."""

    def __init__(self, settings: WebhookSettings, journal: PartJournal, status: ServiceStatus) -> None:
        """Raises ServiceError: no secret, no certificates."""
        self._settings, self._journal, self._status = settings, journal, status
        self._secret = secret_of(settings).encode("utf-8")
        self._opener = make_opener(settings.url, settings.ca_file, "webhook.ca_file")
        self._wake = threading.Event()
        self._pause = RetryPause(settings.retry_s, settings.retry_most_s)
        self._reach = OutputReach(status, "webhook_lost", "webhook", "results wait in the journal", url=settings.url)

    def put(self, row: PartRow, data: bytes) -> None:
        """The part is in the journal already; only the thread is woken."""
        self._wake.set()

    def run(self, stop: threading.Event) -> None:
        """Until ``stop``; what the program has not got by then, it gets after the next start."""
        while not stop.is_set():
            self._wake.clear()
            try:
                if not self._send_some(stop):
                    self._wake.wait(_LOOK_S)
            except NotTaken as error:
                self._reach.lost(str(error))
                stop.wait(self._pause.next_s())

    def _send_some(self, stop: threading.Event) -> bool:
        """Whether there was something. Raises NotTaken."""
        found = self._journal.undelivered(CURSOR, _WINDOW)
        for row in found:
            if stop.is_set():
                break
            self.send(row)
            self._journal.set_cursor(CURSOR, row.number)
            self._status.count("webhook_results")
            self._reach.found()
            self._pause.reset()
        return bool(found)

    def send(self, row: PartRow) -> None:
        """One request. Raises NotTaken where the answer is not 2xx, or none came in time."""
        body = json.dumps(rows.to_json(row), ensure_ascii=False).encode("utf-8")
        request = urllib.request.Request(self._settings.url, body, self.headers(row, body))
        try:
            with self._opener.open(request, timeout=self._settings.timeout_s) as answer:
                answer.read(_MOST_BYTES)
        except urllib.error.HTTPError as error:
            error.close()
            raise NotTaken("it answers {}".format(error.code)) from error
        except (OSError, HTTPException, ValueError) as error:
            found = str(getattr(error, "reason", "") or error) or type(error).__name__
            raise NotTaken(found) from error

    def headers(self, row: PartRow, body: bytes) -> Dict[str, str]:
        """What a request says besides its body."""
        made = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "nano-ocr", KEY: row.id}
        if self._secret:
            made[SIGNATURE] = "sha256=" + hmac.new(self._secret, body, hashlib.sha256).hexdigest()
        return made


def make_opener(url: str, ca_file: str, key: str) -> Any:
    """Checks certificates, follows no redirect, and uses no proxy.

    ``key``: of the setting ``ca_file``. Raises ServiceError where this file cannot be used.
    """
    handlers: Any = [urllib.request.ProxyHandler({}), _NoRedirects()]
    if url.startswith("https:"):
        try:
            context = ssl.create_default_context(cafile=ca_file or None)
        except (OSError, ValueError) as error:
            found = "{} {}: {}".format(key, ca_file, error)
            raise ServiceError(found, "certificates in PEM that this user may read") from error
        handlers.append(urllib.request.HTTPSHandler(context=context))
    return urllib.request.build_opener(*handlers)
