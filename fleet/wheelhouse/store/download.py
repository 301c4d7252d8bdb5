"""One file over HTTP: resumed where it stopped, redirected as far as https allows, retried, and never taken short."""

from __future__ import annotations

import http.client
import json
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from fleet.core.errors import DownloadFailed

Progress = Callable[[int, int], None]

_BLOCK = 1 << 18
_LOCAL = ("127.0.0.1", "localhost", "::1")


class _Gone(Exception):
    """This address will not give the file, however often it is asked."""


@dataclass(frozen=True)
class RetryPolicy:
    """Seconds without a byte, attempts at one address, seconds before the second attempt (then doubled)."""

    silence_s: float = 60.0
    attempts: int = 5
    pause_s: float = 1.0


def download(
    urls: tuple[str, ...],
    target: Path,
    pinned: bool,
    progress: Progress = lambda *_: None,
    patience: RetryPolicy | None = None,
) -> str:
    """Fetch ``target`` from the first of ``urls`` that has it, and return that address.

    What an interrupted fetch left (``target``.partial) is continued when the server says that the file is the same.
    ``pinned``: the caller compares a sha256; without one, only https is taken (or this machine).
    Raises DownloadFailed with every address and what it answered.
    """
    answers = []
    for url in urls:
        try:
            _patient(url, target, pinned, progress, patience or RetryPolicy())
            return url
        except _Gone as error:
            answers.append(f"{url}: {error}")
    raise DownloadFailed(
        f"cannot fetch {target.name}\n    " + "\n    ".join(answers),
        "one of its addresses to answer with the whole file",
        f"check the network, or put the file into {target.parent} yourself, then ./inv wheels verify",
    )


def _patient(url: str, target: Path, pinned: bool, progress: Progress, patience: RetryPolicy) -> None:
    reason = ""
    for attempt in range(patience.attempts):
        if attempt:
            time.sleep(patience.pause_s * 2 ** (attempt - 1))
        try:
            _once(url, target, pinned, progress, patience.silence_s)
            return
        except urllib.error.HTTPError as error:
            reason = f"HTTP {error.code} {error.reason}"
            if error.code < 500 and error.code not in (408, 416, 429):
                raise _Gone(reason) from error
            if error.code == 416:
                _forget(target)
        except (urllib.error.URLError, http.client.HTTPException, TimeoutError, ConnectionError) as error:
            reason = str(getattr(error, "reason", error)) or type(error).__name__
    raise _Gone(f"{reason} ({patience.attempts} attempts)")


def _once(url: str, target: Path, pinned: bool, progress: Progress, silence_s: float) -> None:
    partial, note = _partial(target), _note(target)
    request = urllib.request.Request(url, headers={"User-Agent": "nano-ocr", "Accept-Encoding": "identity"})
    have = _resumable(partial, note, url)
    if have:
        request.add_header("Range", f"bytes={have}-")
        request.add_header("If-Range", json.loads(note.read_text())["validator"])
    _allowed(url, pinned)
    with urllib.request.urlopen(request, timeout=silence_s) as response:
        _allowed(response.url, pinned)
        start = have if response.status == http.client.PARTIAL_CONTENT else 0
        total = _total(response, start)
        _remember(note, url, response)
        partial.parent.mkdir(parents=True, exist_ok=True)
        with _opened(partial, start) as stream:
            got = start + _copy(response, stream, start, total, progress)
    if total and got != total:
        raise ConnectionError(f"ended after {got} of {total} bytes")
    partial.replace(target)
    note.unlink(missing_ok=True)


def _allowed(url: str, pinned: bool) -> None:
    parts = urllib.parse.urlsplit(url)
    if parts.scheme == "https" or (parts.scheme == "http" and (pinned or parts.hostname in _LOCAL)):
        return
    raise _Gone(f"{parts.scheme} is not taken for a file without a known sha256; https only")


def _resumable(partial: Path, note: Path, url: str) -> int:
    """Bytes that are there and can be continued; 0 when the server gave nothing to recognise the file by."""
    if not partial.is_file() or not note.is_file():
        return 0
    known = json.loads(note.read_text())
    return partial.stat().st_size if known["validator"] and known["url"] == url else 0


def _remember(note: Path, url: str, response: Any) -> None:
    tag = response.headers.get("ETag") or ""
    validator = "" if tag.startswith("W/") else tag or response.headers.get("Last-Modified") or ""
    note.parent.mkdir(parents=True, exist_ok=True)
    note.write_text(json.dumps({"url": url, "validator": validator}))


def _total(response: Any, start: int) -> int:
    """Bytes of the whole file; 0 when the server does not say. Raises ConnectionError for a range not asked for."""
    said = response.headers.get("Content-Range", "")
    if response.status == http.client.PARTIAL_CONTENT and not said.startswith(f"bytes {start}-"):
        raise _Gone(f"asked for bytes {start}-, got {said or 'no Content-Range'}")
    length = response.headers.get("Content-Length")
    return start + int(length) if length else 0


def _opened(partial: Path, start: int) -> IO[bytes]:
    stream = partial.open("r+b" if start else "wb")
    stream.truncate(start)
    stream.seek(start)
    return stream


def _copy(response: Any, stream: IO[bytes], start: int, total: int, progress: Progress) -> int:
    done = 0
    while block := response.read1(_BLOCK):
        try:
            stream.write(block)
        except OSError as error:
            raise DownloadFailed(f"cannot write {stream.name}: {error.strerror}", "room for the file") from error
        done += len(block)
        progress(start + done, total)
    return done


def _partial(target: Path) -> Path:
    return target.with_name(target.name + ".partial")


def _note(target: Path) -> Path:
    return target.with_name(target.name + ".partial.json")


def _forget(target: Path) -> None:
    for path in (_partial(target), _note(target)):
        path.unlink(missing_ok=True)
