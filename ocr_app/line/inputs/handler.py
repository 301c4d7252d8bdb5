"""HTTP requests: POST /read and /challenge, GET /health, /ready and /metrics.

``POST /read`` takes the bytes of an image and answers one result line. A request that is not carried out is answered
with the reason; nothing is dropped in silence. Requests are not logged; refusals are counted, and logged now and then.
"""

import json
import socket
import time
from http.server import BaseHTTPRequestHandler
from typing import Any, Callable, Dict, Optional
from urllib.parse import parse_qs, urlsplit

from ocr_app.line.health import metrics
from ocr_app.line.health.snapshot import StatusSnapshot, document
from ocr_app.line.inputs.intake import RequestRefused
from ocr_app.line.inputs.server import MAX_REQUESTS, HttpServer

_JSON = "application/json; charset=utf-8"
_LINGER_S = 2.0


class RequestHandler(BaseHTTPRequestHandler):
    """One connection, one request."""

    server: HttpServer
    server_version = "ocr-app"
    sys_version = ""
    _unread = False

    def setup(self) -> None:
        self.request.settimeout(self.server.connection_s)
        super(RequestHandler, self).setup()

    def address_string(self) -> str:
        return "local"

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Requests are not logged; refusals are counted."""

    def do_GET(self) -> None:
        self._route({"/health": self._health, "/ready": self._ready, "/metrics": self._metrics})

    def do_POST(self) -> None:
        self._unread = True
        self._route({"/read": self._read, "/challenge": self._challenge})

    def _route(self, known: Dict[str, Callable[[], None]]) -> None:
        if not self.server.enter():
            self._refuse(RequestRefused(503, "busy", "{} requests are open".format(MAX_REQUESTS), "fewer requests"))
            return
        try:
            self._dispatch(known)
        except RequestRefused as refused:
            self._refuse(refused)
        finally:
            self.server.leave()

    def _dispatch(self, known: Dict[str, Callable[[], None]]) -> None:
        path = urlsplit(self.path).path
        if self.headers.get("Origin"):
            raise RequestRefused(403, "origin", "a request of a web page", "a program of this computer")
        if path not in known:
            paths = "{} for {}".format(", ".join(sorted(known)), self.command)
            raise RequestRefused(404, "unknown-path", "{} {}".format(self.command, path), paths)
        known[path]()

    def _read(self) -> None:
        intake = self.server.intake
        body = self._body(intake.max_bytes)
        names = parse_qs(urlsplit(self.path).query).get("name", [])
        name = names[0] if names else self.headers.get("X-Image-Name", "")
        result = intake.read_bytes(body, name)
        if not self._answer(200, json.dumps(result, ensure_ascii=False) + "\n", _JSON):
            intake.output_lost(result["image"], "the caller disconnected")

    def _body(self, max_bytes: int) -> bytes:
        """The whole body. Raises RequestRefused: without a length, too large, too slow, cut off."""
        length = self.headers.get("Content-Length", "")
        if not length.isdigit():
            raise RequestRefused(411, "length-required", "no Content-Length", "the bytes of an image, not in chunks")
        if int(length) > max_bytes:
            limit = "at most {} (image.max_bytes, --max-bytes)".format(max_bytes)
            raise RequestRefused(413, "too-large", "{} bytes".format(length), limit)
        try:
            body = self.rfile.read(int(length))
        except OSError:
            body = b""
        if len(body) != int(length):
            found = "the body did not arrive completely within {:g} s".format(self.server.connection_s)
            raise RequestRefused(408, "cut-off", found, "{} bytes".format(length))
        self._unread = False
        return body

    def _health(self) -> None:
        self._answer_state(lambda found: found.live)

    def _ready(self) -> None:
        self._answer_state(lambda found: found.ready)

    def _answer_state(self, fits: Callable[[StatusSnapshot], bool]) -> None:
        intake = self.server.intake
        found = intake.status.snapshot()
        text = json.dumps(document(found, intake.release, intake.sequence())) + "\n"
        self._answer(200 if fits(found) else 503, text, _JSON)

    def _metrics(self) -> None:
        self._answer(200, self.server.intake.metrics(), metrics.CONTENT_TYPE)

    def _challenge(self) -> None:
        record = self.server.intake.challenge()
        self._answer(200, json.dumps(record, ensure_ascii=False) + "\n", _JSON)

    def _refuse(self, refused: RequestRefused) -> None:
        self.server.intake.record_refusal(refused)
        record = {"code": refused.code, "found": refused.found, "expected": refused.expected}
        sent = self._answer(refused.status, json.dumps({"refused": record}) + "\n", _JSON, refused.retry_after_s)
        if sent and self._unread:
            self._linger()

    def _linger(self) -> None:
        """Receives what is still sent, for a while: closing now would reset the connection and lose the answer."""
        until = time.monotonic() + _LINGER_S
        try:
            self.request.shutdown(socket.SHUT_WR)
            self.request.settimeout(_LINGER_S)
            while time.monotonic() < until and self.request.recv(1 << 16):
                pass
        except OSError:
            pass  # the caller disconnected first

    def _answer(self, status: int, text: str, kind: str, retry_after_s: Optional[int] = None) -> bool:
        """False when the caller has disconnected."""
        data = text.encode("utf-8")
        try:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            if retry_after_s is not None:
                self.send_header("Retry-After", str(retry_after_s))
            self.end_headers()
            self.wfile.write(data)
            self.wfile.flush()
            return True
        except OSError:
            self.close_connection = True
            return False
