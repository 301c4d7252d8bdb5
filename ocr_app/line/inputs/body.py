"""The body of a request: received within the time of the request, and the image in it, also from an upload form."""

import io
import re
import socket
import time
from email.message import Message
from email.parser import HeaderParser
from typing import Any, List, NamedTuple, Optional

from ocr_app.line.inputs.intake import RequestRefused

_LENGTH = re.compile(r"[0-9]{1,18}\Z")
_FORM = "multipart/form-data"
_FORM_OVERHEAD = 1 << 16  # bytes of a form besides its image: boundaries, headers, small fields


class UploadedImage(NamedTuple):
    """The bytes of an image, and the name that a form gives it, else empty."""

    data: bytes
    name: str = ""


class DeadlineStream(io.RawIOBase):
    """Reads a socket until a deadline: a caller that sends one byte now and then gains no time by it."""

    def __init__(self, connection: socket.socket, seconds: float) -> None:
        self._connection = connection
        self._until = time.monotonic() + seconds
        self.timed_out = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        """Raises socket.timeout once the deadline is over."""
        left = self._until - time.monotonic()
        try:
            if left <= 0:
                raise socket.timeout("the time of the request is over")
            self._connection.settimeout(left)
            return self._connection.recv_into(buffer)
        except socket.timeout:
            self.timed_out = True
            raise


def length_of(headers: Message, max_bytes: int) -> int:
    """The announced length. Raises RequestRefused: none, several, in chunks, too large."""
    lengths = [value.strip(" \t") for value in headers.get_all("Content-Length") or []]
    if headers.get("Transfer-Encoding") is not None or not lengths:
        raise RequestRefused(411, "length-required", "no Content-Length", "the bytes of an image, not in chunks")
    if len(set(lengths)) > 1 or not _LENGTH.match(lengths[0]):
        raise RequestRefused(400, "bad-request", "Content-Length: {}".format(", ".join(lengths))[:200], "one number")
    length, most = int(lengths[0]), max_bytes + (_FORM_OVERHEAD if is_form(headers) else 0)
    if length > most:
        limit = "at most {} (image.max_bytes, --max-bytes)".format(max_bytes)
        raise RequestRefused(413, "too-large", "{} bytes".format(length), limit)
    return length


def is_form(headers: Message) -> bool:
    """Whether the body is a form, as browsers and ``curl -F`` send files."""
    return headers.get_content_type() == _FORM


def image_of(body: bytes, headers: Message, max_bytes: int) -> UploadedImage:
    """The image: the body, or the one file of a form. Raises RequestRefused."""
    if not is_form(headers):
        return UploadedImage(body)
    boundary = headers.get_param("boundary")
    if not isinstance(boundary, str) or not 1 <= len(boundary) <= 70:
        raise RequestRefused(400, "bad-form", "a form without a boundary", "boundary=... in Content-Type (RFC 2046)")
    files = [part for part in _parts(body, boundary.encode("latin-1", "replace")) if part is not None]
    if len(files) != 1:
        found = "a form with {} files".format(len(files))
        raise RequestRefused(400, "bad-form", found, "one file a request: curl -F file=@image.jpg")
    if len(files[0].data) > max_bytes:
        limit = "at most {} (image.max_bytes, --max-bytes)".format(max_bytes)
        raise RequestRefused(413, "too-large", "{} bytes".format(len(files[0].data)), limit)
    return files[0]


def _parts(body: bytes, boundary: bytes) -> List[Optional[UploadedImage]]:
    """The parts of a form (RFC 2046, section 5.1; RFC 7578); None for a part that is not a file."""
    pieces = (b"\r\n" + body).split(b"\r\n--" + boundary)
    if len(pieces) < 2 or not pieces[-1].startswith(b"--"):
        raise RequestRefused(400, "bad-form", "a form whose end is missing", "a whole form (RFC 7578)")
    return [_part(piece) for piece in pieces[1:-1]]


def _part(piece: bytes) -> Optional[UploadedImage]:
    head, separator, data = piece.lstrip(b" \t").partition(b"\r\n\r\n")
    if not separator:
        raise RequestRefused(400, "bad-form", "a part without headers", "a whole form (RFC 7578)")
    headers = HeaderParser().parsestr(head.decode("utf-8", "replace").lstrip("\r\n"))
    name = headers.get_filename()
    return None if name is None else UploadedImage(data, name.replace("%22", '"'))
