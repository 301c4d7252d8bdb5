"""Downloads one file over HTTP with urllib3: retries, resumes a partial file, and follows redirects to https only."""

from __future__ import annotations

import http.client
import logging
import ssl
import urllib.parse
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import urllib3
from urllib3.exceptions import HTTPError, MaxRetryError, ProtocolError
from urllib3.response import BaseHTTPResponse

from fleet.core.errors import DownloadFailed
from fleet.wheelhouse.store.partial import PartialFile

log = logging.getLogger(__name__)

Progress = Callable[[int, int], None]

_BLOCK = 1 << 18
_LOCAL = ("127.0.0.1", "localhost", "::1")
_RETRIED = frozenset((408, 429, *range(500, 600)))
_REDIRECTS = 10
_LONGEST_PAUSE_S = 120


class _Gone(Exception):
    """This address does not deliver the file, however often it is asked."""


@dataclass(frozen=True)
class RetryPolicy:
    """Seconds without a byte that end an attempt, attempts per address, and urllib3's backoff factor in seconds.

    The first retry follows at once, the next ones after 2, 4, 8, ... times ``pause_s``, or when a busy server says.
    """

    silence_s: float = 60.0
    attempts: int = 5
    pause_s: float = 1.0

    def retry(self) -> urllib3.Retry:
        """A fresh counter of attempts for one address."""
        more = self.attempts - 1
        return urllib3.Retry(
            total=None,
            connect=more,
            read=more,
            status=more,
            other=more,
            redirect=_REDIRECTS,
            status_forcelist=_RETRIED,
            backoff_factor=self.pause_s,
            backoff_max=_LONGEST_PAUSE_S,
            retry_after_max=_LONGEST_PAUSE_S,
            raise_on_status=False,
        )


def download(
    urls: tuple[str, ...],
    target: Path,
    pinned: bool,
    progress: Progress = lambda *_: None,
    policy: RetryPolicy | None = None,
) -> str:
    """Fetch ``target`` from the first of ``urls`` that delivers it, and return that address.

    A partial file that an earlier attempt left (``target``.partial) is resumed if the server confirms that the file has
    not changed. ``pinned`` states that the caller compares a sha256. Without one, only https or this machine is used.
    Raises DownloadFailed with every address and its answer.
    """
    answers = []
    for url in urls:
        try:
            _patient(url, target, pinned, progress, policy or RetryPolicy())
            return url
        except _Gone as error:
            answers.append(f"{url}: {error}")
    raise DownloadFailed(
        f"cannot fetch {target.name}\n    " + "\n    ".join(answers),
        "one of its addresses to answer with the whole file",
        f"check the network, or put the file into {target.parent} yourself, then ./inv wheels verify",
    )


def _patient(url: str, target: Path, pinned: bool, progress: Progress, policy: RetryPolicy) -> None:
    """Ask one address until the file is complete. Raises _Gone with the last reason."""
    _require_allowed(url, pinned)
    try:
        with _client(url, policy.silence_s) as client:
            _attempts(client, url, target, pinned, progress, policy.retry())
    except MaxRetryError as error:
        raise _Gone(f"{error.reason} ({policy.attempts} attempts)") from error
    except HTTPError as error:
        raise _Gone(str(error)) from error


def _attempts(
    client: urllib3.PoolManager, url: str, target: Path, pinned: bool, progress: Progress, retry: urllib3.Retry
) -> None:
    while True:
        try:
            _once(client, url, target, pinned, progress, retry)
            return
        except _Interrupted as error:
            retry = error.retry.increment("GET", url, error=error.reason)
            log.warning("%s: %s; resuming", url, error)
            retry.sleep()


class _Interrupted(Exception):
    """A body ended early; the next attempt resumes it."""

    def __init__(self, reason: Exception, retry: urllib3.Retry) -> None:
        super().__init__(str(reason))
        self.reason = reason
        self.retry = retry


def _client(url: str, silence_s: float) -> urllib3.PoolManager:
    """A client with the system's certificates and the proxy of the environment, as urllib.request uses them."""
    options = {"timeout": urllib3.Timeout(silence_s), "ssl_context": ssl.create_default_context()}
    parts = urllib.parse.urlsplit(url)
    proxy = urllib.request.getproxies().get(parts.scheme)
    if proxy and not urllib.request.proxy_bypass(parts.hostname or ""):
        return urllib3.ProxyManager(proxy, **options)  # type: ignore[arg-type]
    return urllib3.PoolManager(**options)  # type: ignore[arg-type]


def _once(
    client: urllib3.PoolManager, url: str, target: Path, pinned: bool, progress: Progress, retry: urllib3.Retry
) -> None:
    """One attempt at the body. Raises _Interrupted when the body ends early, _Gone for an answer that is final."""
    partial = PartialFile(target)
    have = partial.resumable(url)
    headers = {"User-Agent": "nano-ocr", "Accept-Encoding": "identity", **partial.headers(url)}
    response = _answer(client, url, headers, pinned, retry)
    counted = response.retries or retry
    try:
        _require_success(response, partial, counted)
        _save(response, have, url, partial, progress)
    except (ProtocolError, urllib3.exceptions.TimeoutError) as error:
        raise _Interrupted(error, counted) from error
    finally:
        response.close()
    partial.complete()


def _answer(
    client: urllib3.PoolManager, url: str, headers: dict[str, str], pinned: bool, retry: urllib3.Retry
) -> BaseHTTPResponse:
    """The first answer that is not a redirect; every redirect is checked before it is followed."""
    while True:
        response = client.request(
            "GET", url, headers=headers, redirect=False, retries=retry, preload_content=False, decode_content=False
        )
        location = response.get_redirect_location()
        if not location:
            return response
        retry = (response.retries or retry).increment("GET", url, response=response)
        response.close()
        url = urllib.parse.urljoin(url, location)
        _require_allowed(url, pinned)


def _require_allowed(url: str, pinned: bool) -> None:
    parts = urllib.parse.urlsplit(url)
    if parts.scheme == "https" or (parts.scheme == "http" and (pinned or parts.hostname in _LOCAL)):
        return
    raise _Gone(f"{parts.scheme} is not accepted for a file without a known sha256; https only")


def _require_success(response: BaseHTTPResponse, partial: PartialFile, counted: urllib3.Retry) -> None:
    """Raises _Gone for an error status, and ProtocolError for a range that the server does not have."""
    reason = f"HTTP {response.status} {response.reason}"
    if response.status == http.client.REQUESTED_RANGE_NOT_SATISFIABLE:
        partial.forget()
        raise ProtocolError(reason)
    if response.status >= http.client.BAD_REQUEST:
        failures = sum(1 for entry in counted.history if not entry.redirect_location)
        raise _Gone(reason + (f" ({failures + 1} attempts)" if response.status in _RETRIED else ""))


def _save(response: BaseHTTPResponse, have: int, url: str, partial: PartialFile, progress: Progress) -> None:
    """Append the body to the partial file. Raises ProtocolError when it ends before the announced length."""
    start = have if response.status == http.client.PARTIAL_CONTENT else 0
    total = _total(response, start)
    partial.remember(url, response.headers)
    with partial.opened(start) as stream:
        got = start + _copy(response, stream, start, total, progress)
    if total and got != total:
        raise ProtocolError(f"ended after {got} of {total} bytes")


def _total(response: BaseHTTPResponse, start: int) -> int:
    """Bytes of the whole file; 0 if the server does not say. Raises _Gone for a range that was not requested."""
    found = response.headers.get("Content-Range", "")
    if response.status == http.client.PARTIAL_CONTENT and not found.startswith(f"bytes {start}-"):
        raise _Gone(f"requested bytes {start}-, received {found or 'no Content-Range'}")
    length = response.headers.get("Content-Length")
    return start + int(length) if length else 0


def _copy(response: BaseHTTPResponse, stream: IO[bytes], start: int, total: int, progress: Progress) -> int:
    """Bytes that arrived, in the pieces in which they arrive, so that nothing is lost when the connection is cut."""
    done = 0
    try:
        while block := response.read1(_BLOCK, decode_content=False):
            _write(stream, block)
            done += len(block)
            progress(start + done, total)
    except ProtocolError:
        if not total:
            raise
    return done  # the caller compares it with the announced length


def _write(stream: IO[bytes], block: bytes) -> None:
    try:
        stream.write(block)
    except OSError as error:
        raise DownloadFailed(f"cannot write {stream.name}: {error.strerror}", "room for the file") from error
