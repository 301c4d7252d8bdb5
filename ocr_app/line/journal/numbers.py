"""The numbers of parts: each higher than all before it, over restarts, and even where a torn journal was put aside.

A small file beside the journal holds a number that none has reached yet. It is written, and flushed, before a number
above it is given out, so it is written once in ``STEP`` parts.
"""

import binascii
import os
import re
import socket
from typing import Callable

from ocr_app.core.files import write_whole

FILE = "reserved"
STEP = 1000
_FORM = re.compile(r"[0-9]{1,18}\n?\Z")


class PartNumbers:
    """For one thread at a time. ``last``: the highest number of the journal, 0 for none.

    ``torn``: whether numbers may be missing from the journal, so that it begins after the reserved ones.
    """

    def __init__(self, folder: str, last: int, torn: bool, write: Callable[[str, bytes], None] = write_whole) -> None:
        self._path, self._write = os.path.join(folder, FILE), write
        self._reserved = self._read()
        self._last = max(last, self._reserved) if torn else last

    def _read(self) -> int:
        try:
            with open(self._path, encoding="ascii", errors="replace") as stream:
                text = stream.read(32)
        except OSError:
            return 0
        return int(text) if _FORM.match(text) else 0

    @property
    def last(self) -> int:
        """The number that was given out last."""
        return self._last

    def take(self) -> int:
        """The next number. A reservation that cannot be written is tried again at the next number."""
        self._last += 1
        if self._last > self._reserved:
            wanted = self._last + STEP
            try:
                self._write(self._path, "{}\n".format(wanted).encode("ascii"))
                self._reserved = wanted
            except Exception:  # a full disk: the journal says so
                pass
        return self._last


def new_boot() -> str:
    """Names one start of the service: 12 hexadecimal digits by chance, so that no clock and no counter is needed."""
    return binascii.hexlify(os.urandom(6)).decode("ascii")


def board_name(configured: str) -> str:
    """The configured name, or that of the host, in the signs that ids and topics may have."""
    return configured or re.sub(r"[^A-Za-z0-9_-]", "-", socket.gethostname())[:40] or "board"


def part_id(board: str, boot: str, number: int) -> str:
    """Unique among all boards and for ever: BOARD-BOOT-NUMBER."""
    return "{}-{}-{}".format(board, boot, number)
