"""HTTP requests: POST /read, /trigger and /challenge, GET and HEAD of /health, /ready and /metrics.

``POST /read`` takes the bytes of an image and answers one result line. A request that is not carried out is answered
with the reason; nothing is dropped in silence. Requests are not logged; refusals are counted, and logged now and then.
A request has ``connection_s`` seconds to arrive, from its first byte to its last.
"""

import io
import json
import logging
import socket
import time
from http.server import BaseHTTPRequestHandler
from typing import Any, Callable, Dict, Optional
from urllib.parse import parse_qs, urlsplit

from ocr_app.line.health import metrics
from ocr_app.line.health.snapshot import StatusSnapshot, document
from ocr_app.line.inputs import body
from ocr_app.line.inputs.intake import RequestRefused
from ocr_app.line.inputs.server import MAX_REQUESTS, HttpServer

LOG = logging.getLogger(__name__)
_JSON = "application/json; charset=utf-8"
_LINGER_S = 2.0
_CONTINUE = "100-continue"


class RequestHandler(BaseHTTPRequestHandler):
    """One connection, one request."""

    server: HttpServer
    server_version = "ocr-app"
    sys_version = ""
    protocol_version = "HTTP/1.1"
    default_request_version = "HTTP/1.0"  # a malformed request gets a status and headers too
    command, path, request_version = "", "", "HTTP/1.1"
    raw_requestline = b""
    _unread, _answered = False, False

    def setup(self) -> None:
        super(RequestHandler, self).setup()
        self._stream = body.DeadlineStream(self.request, self.server.connection_s)
        self.rfile = io.BufferedReader(self._stream)

    def handle(self) -> None:
        """One request: what else the caller may have sent is not looked at."""
        self.close_connection = True
        try:
            self._skip_empty_lines()
            self.handle_one_request()
        except OSError:
            pass  # the caller disconnected
        if self._stream.timed_out and not self._answered:
            self._refuse(self._cut_off("the request", "a whole request"))
        elif not self._answered and self.raw_requestline:
            self._refuse(RequestRefused(400, "bad-request", "a malformed request", "HTTP/1.1"))

    def _skip_empty_lines(self) -> None:
        """Some callers send an empty line first; the base class would answer nothing (RFC 9112, section 2.2)."""
        stream: Any = self.rfile
        while stream.peek(1)[:1] in (b"\r", b"\n"):
            stream.read(1)

    def address_string(self) -> str:
        return "local"

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Requests are not logged; refusals are counted."""

    def handle_expect_100(self) -> bool:
        """The base class would ask for the body before the request was looked at."""
        return True

    def send_error(self, code: int, message: Optional[str] = None, explain: Optional[str] = None) -> None:
        """Also what the base class refuses, a malformed request or an unknown method, is answered in JSON."""
        if int(code) == 501:
            self._refuse(self._unknown_method())
            return
        self._refuse(RequestRefused(int(code), "bad-request", message or "a malformed request", "HTTP/1.1"))

    def do_GET(self) -> None:
        self._answer_or_refuse()

    def do_HEAD(self) -> None:
        self._answer_or_refuse()

    def do_POST(self) -> None:
        """Only these take one of the places: whoever asks for the state is always answered."""
        self._unread = True
        if not self.server.enter():
            self._refuse(RequestRefused(503, "busy", "{} requests are open".format(MAX_REQUESTS), "fewer requests", 1))
            return
        try:
            self._answer_or_refuse()
        finally:
            self.server.leave()

    def _answer_or_refuse(self) -> None:
        try:
            self._dispatch()
        except RequestRefused as refused:
            self._refuse(refused)
        except OSError:
            raise
        except Exception:
            LOG.exception("a request failed")
            self._refuse(RequestRefused(500, "fault", "a fault of the service", "a request that it answers"))

    def _known(self) -> Dict[str, Dict[str, Callable[[], None]]]:
        state = {"/health": self._health, "/ready": self._ready, "/metrics": self._metrics}
        return {"GET": state, "HEAD": state, "POST": self._posts()}

    def _posts(self) -> Dict[str, Callable[[], None]]:
        return {"/read": self._read, "/trigger": self._trigger, "/challenge": self._challenge}

    def _dispatch(self) -> None:
        path = urlsplit(self.path).path
        if self.headers.get("Origin"):
            raise RequestRefused(403, "origin", "a request of a web page", "a program of this computer")
        known = self._known()
        if path not in known[self.command]:
            if any(path in paths for paths in known.values()):
                raise self._unknown_method()
            paths = "; ".join("{} {}".format(method, ", ".join(sorted(own))) for method, own in sorted(known.items()))
            raise RequestRefused(404, "unknown-path", "{} {}".format(self.command, path)[:200], paths)
        known[self.command][path]()

    def _unknown_method(self) -> RequestRefused:
        path = urlsplit(getattr(self, "path", "")).path
        allowed = [method for method, paths in sorted(self._known().items()) if path in paths]
        refused = RequestRefused(405, "method", "{} {}".format(self.command, path)[:200], ", ".join(allowed) or "POST")
        refused.allowed = ", ".join(allowed)
        return refused

    def _read(self) -> None:
        intake = self.server.intake
        found = self._image(intake.max_bytes)
        names = parse_qs(urlsplit(self.path).query).get("name", [])
        name = names[0] if names else self.headers.get("X-Image-Name", "") or found.name
        result = intake.read_bytes(found.data, name)
        if not self._answer(200, json.dumps(result, ensure_ascii=False) + "\n", _JSON):
            intake.output_lost(result["image"], "the caller disconnected")

    def _trigger(self) -> None:
        self.server.intake.trigger()
        self._answer(202, json.dumps({"trigger": "taken"}) + "\n", _JSON)

    def _image(self, max_bytes: int) -> body.UploadedImage:
        """The image of the body. Raises RequestRefused: without a length, too large, too slow, cut off."""
        length = body.length_of(self.headers, max_bytes)
        self._continue()
        try:
            data = self.rfile.read(length)
        except OSError:
            data = b""
        if len(data) != length:
            raise self._cut_off("the body", "{} bytes".format(length))
        self._unread = False
        return body.image_of(data, self.headers, max_bytes)

    def _cut_off(self, what: str, expected: str) -> RequestRefused:
        found = "{} did not arrive completely within {:g} s".format(what, self.server.connection_s)
        return RequestRefused(408, "cut-off", found, expected)

    def _continue(self) -> None:
        """Asks for the body of a caller that waits to be asked (RFC 9110, section 10.1.1)."""
        expected = self.headers.get("Expect", "").strip().lower()
        if expected and expected != _CONTINUE:
            raise RequestRefused(417, "expectation", "Expect: {}".format(expected)[:200], _CONTINUE)
        if expected and self.request_version >= "HTTP/1.1":
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            self.wfile.flush()

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
        more = {"Allow": refused.allowed} if refused.allowed else {}
        if refused.retry_after_s is not None:
            more["Retry-After"] = str(refused.retry_after_s)
        sent = self._answer(refused.status, json.dumps({"refused": record}) + "\n", _JSON, more)
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

    def _answer(self, status: int, text: str, kind: str, more: Optional[Dict[str, str]] = None) -> bool:
        """False when the caller has disconnected."""
        data = text.encode("utf-8")
        self._answered = True
        self.request.settimeout(self.server.connection_s)
        try:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            self.send_header("Connection", "close")
            for name, value in (more or {}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(b"" if self.command == "HEAD" else data)
            self.wfile.flush()
            return True
        except OSError:
            self.close_connection = True
            return False
