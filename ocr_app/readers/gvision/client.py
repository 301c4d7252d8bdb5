"""The HTTP client of the reader `gvision`: key, endpoint, one POST, and a message for every refusal."""

import http.client
import json
import os
import re
import socket
import urllib.error
import urllib.parse
import urllib.request
from typing import Any, Dict, Optional

from ocr_app.core.errors import ReaderFailed, ReaderUnavailable, UsageError
from ocr_app.core.paths import load_data

KEY_FILE = "OCR_GVISION_KEY_FILE"
ENDPOINT = "OCR_GVISION_ENDPOINT"
GUIDE = "docs/how-to/google-cloud-vision.md"
MOST_BYTES = 32 << 20
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_REFUSALS = {
    400: ("Google refused the request", "check the key and the image"),
    401: ("Google does not accept the key", "make a new key"),
    403: ("Google refuses this key: the API may be off, billing missing, or the key restricted", GUIDE),
    404: ("the endpoint does not offer this service", "check " + ENDPOINT),
    413: ("the image is too large for Google", "a smaller image"),
    429: ("the quota of this key is used up", "wait, or raise the quota"),
}


def endpoint() -> str:
    """``$OCR_GVISION_ENDPOINT``, or Google's own. Raises UsageError for an address that is not https and not local."""
    url = os.environ.get(ENDPOINT) or _documented()
    parts = urllib.parse.urlsplit(url)
    if not parts.hostname or parts.scheme not in ("https", "http"):
        raise UsageError("{}={} is not a web address".format(ENDPOINT, url), "https://...", GUIDE)
    if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
        raise UsageError("{} would send the key unencrypted to {}".format(ENDPOINT, parts.hostname), "https", GUIDE)
    return url


def _documented() -> str:
    return str(load_data("endpoints.json")["google-cloud-vision"])


def read_key() -> str:
    """The API key in the file ``$OCR_GVISION_KEY_FILE``. Raises ReaderUnavailable, which never shows the key."""
    path = os.environ.get(KEY_FILE, "")
    if not path:
        raise ReaderUnavailable("{} is not set".format(KEY_FILE), "a file with the API key", GUIDE)
    try:
        with open(path, encoding="utf-8") as stream:
            key = stream.read().strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = type(error).__name__
        raise ReaderUnavailable("the key file {} cannot be read ({})".format(path, reason), next_step=GUIDE) from None
    if not re.match(r"[A-Za-z0-9_-]+\Z", key):
        raise ReaderUnavailable("the key file {} does not contain an API key".format(path), "one line, the key", GUIDE)
    return key


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Follows no redirect, because that would send the key to another host."""

    def redirect_request(self, *arguments: Any, **named: Any) -> Optional[urllib.request.Request]:
        return None


class VisionClient:
    """One endpoint and one key. The key is sent in a header, and is never part of an address or a message."""

    def __init__(self, url: str, key: str, timeout_s: float) -> None:
        self._url, self._key, self._timeout_s = url, key, timeout_s
        self._opener = urllib.request.build_opener(_NoRedirect())
        self.host = str(urllib.parse.urlsplit(url).hostname)

    def post(self, body: Dict[str, Any]) -> Dict[str, Any]:
        """The JSON object that answers ``body``.

        Raises ReaderFailed: "refused" (4xx), "quota", "service" (5xx), "unreachable", "hung" or "garbage".
        """
        headers = {"Content-Type": "application/json; charset=utf-8", "X-Goog-Api-Key": self._key}
        request = urllib.request.Request(self._url, json.dumps(body).encode("ascii"), headers, method="POST")
        try:
            with self._opener.open(request, timeout=self._timeout_s) as response:
                return self._decoded(response.read(MOST_BYTES))
        except urllib.error.HTTPError as error:
            with error:
                raise self._refused(error.code, error.read(MOST_BYTES)) from None
        except socket.timeout:
            raise self._hung() from None
        except urllib.error.URLError as error:
            raise self._unreachable(error.reason) from None
        except (OSError, ValueError, http.client.HTTPException) as error:
            raise self._unreachable(error) from None

    def _decoded(self, data: bytes) -> Dict[str, Any]:
        try:
            answer = json.loads(data.decode("utf-8"))
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise ReaderFailed(
                "{} did not answer with a JSON object".format(self.host), next_step="check " + ENDPOINT, code="garbage"
            )
        return answer

    def _refused(self, status: int, data: bytes) -> ReaderFailed:
        if 300 <= status < 400:
            found = "{} answered with a redirect, which is not followed".format(self.host)
            return ReaderFailed(found, next_step="check " + ENDPOINT, code="refused")
        message, next_step = _REFUSALS.get(status, ("Google refused the request", GUIDE))
        if status >= 500:
            message, next_step = "Google's service fails", "try again later"
        code = "service" if status >= 500 else "quota" if status == 429 else "refused"
        return ReaderFailed(
            "{} (HTTP {}{})".format(message, status, self._reason(data)), next_step=next_step, code=code
        )

    def _reason(self, data: bytes) -> str:
        """The error message of the answer; the key is removed if it is quoted there."""
        try:
            message = str(json.loads(data.decode("utf-8"))["error"]["message"])
        except (ValueError, KeyError, TypeError):
            return ""
        return ": " + message.replace(self._key, "[key]")[:300]

    def _hung(self) -> ReaderFailed:
        found = "{} did not answer within {:g} s".format(self.host, self._timeout_s)
        return ReaderFailed(found, next_step="try again later", code="hung")

    def _unreachable(self, reason: Any) -> ReaderFailed:
        if isinstance(reason, socket.timeout):
            return self._hung()
        found = "{} cannot be reached: {}".format(self.host, reason)
        return ReaderFailed(found, next_step="check the network, or use a reader that runs here", code="unreachable")
