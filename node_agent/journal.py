"""The journal: what was decided, one checksummed line a record, on the disk before anything acts on it.

A line is ``<16 hex digits of SHA-256 of the body> <body>`` with a JSON object as body; ``n`` counts from 0 without
gaps. A power cut can leave a torn tail: lines after which no sound line follows. It is cut off, since nobody acted
on it. A bad line before a sound one is damage, never a power cut, and is an error.
"""

import contextlib
import functools
import hashlib
import json
from typing import Any, Dict, List, NamedTuple, Tuple

from node_agent.disk import Disk
from node_agent.errors import JournalDamaged, OutsideError

BALLAST, BALLAST_BYTES = "ballast", 256 << 10
Record = Dict[str, Any]


class Read(NamedTuple):
    """What a journal holds: sound records, their bytes, the bytes behind them."""

    records: List[Record]
    sound_bytes: int
    torn_bytes: int


def line_of(record: Record) -> bytes:
    """One line of the journal."""
    body = json.dumps(record, sort_keys=True, separators=(",", ":")).encode("ascii")
    return _digest(body) + b" " + body + b"\n"


def _digest(body: bytes) -> bytes:
    return hashlib.sha256(body).hexdigest()[:16].encode("ascii")


def _record_of(line: bytes, number: int) -> Tuple[bool, Record]:
    """(whether the line is sound, the record); a sound line of another number is not this record."""
    body = line[17:-1]
    if not line.endswith(b"\n") or line[16:17] != b" " or _digest(body) != line[:16]:
        return False, {}
    record = json.loads(body.decode("ascii"))
    return isinstance(record, dict) and record.get("n") == number, record


def parse(data: bytes) -> Read:
    """All records of a journal and the size of its torn tail. Raises JournalDamaged."""
    records: List[Record] = []
    sound = 0
    lines = data.splitlines(True)
    for index, line in enumerate(lines):
        good, record = _record_of(line, len(records))
        if not good:
            _refuse_if_sound_lines_follow(lines[index:], len(records))
            break
        records.append(record)
        sound += len(line)
    return Read(records, sound, len(data) - sound)


@functools.lru_cache(maxsize=2)
def _parsed(data: bytes) -> Read:
    """As ``parse``; a command looks at the same journal many times."""
    return parse(data)


def _refuse_if_sound_lines_follow(lines: List[bytes], number: int) -> None:
    if any(line.endswith(b"\n") and line[16:17] == b" " and _digest(line[17:-1]) == line[:16] for line in lines):
        raise JournalDamaged(
            "record {} of the journal is damaged, and sound lines follow it".format(number),
            "the lines as they were written",
            "python3 -m node_agent resume   (keeps the damaged file, goes on from the checkpoint)",
        )


class Journal(object):
    """The journal of one folder. One writer at a time: the agent's lock sees to that."""

    def __init__(self, disk: Disk, path: str = "journal") -> None:
        self.disk = disk
        self.path = path

    def read(self) -> List[Record]:
        """All records. Raises JournalDamaged, OutsideError."""
        return list(self._load().records)

    def _load(self) -> Read:
        return _parsed(self.disk.read(self.path) if self.disk.exists(self.path) else b"")

    def append(self, record: Record) -> Record:
        """Write a record; it is on the disk when this returns. Gives it its number.

        Raises OutsideError when it may not be there; whoever asked must then act as if it were not.
        """
        known = self._load()
        if known.torn_bytes:
            self.disk.truncate(self.path, known.sound_bytes)
        numbered = dict(record, n=len(known.records))
        try:
            self._write(line_of(numbered))
        except OutsideError:
            self._undo(known.sound_bytes)
            if not self._drop_ballast():
                raise
            self._write(line_of(numbered))
        return numbered

    def settle(self) -> None:
        """Bring onto the disk what an interrupted ``append`` wrote without syncing; a read-only disk holds none."""
        with contextlib.suppress(OutsideError):
            if self.disk.exists(self.path):
                writer = self.disk.extend(self.path)
                try:
                    writer.sync()
                finally:
                    writer.close()

    def keep_ballast(self) -> None:
        """Hold back space, so that the end of a deployment can be written on a full disk."""
        if not self.disk.exists(BALLAST):
            self.disk.replace(BALLAST, bytes(BALLAST_BYTES))

    def _drop_ballast(self) -> bool:
        """Whether there was ballast, and it is gone now."""
        with contextlib.suppress(OutsideError):
            if self.disk.exists(BALLAST):
                self.disk.remove(BALLAST)
                return True
        return False

    def _write(self, line: bytes) -> None:
        is_new = not self.disk.exists(self.path)
        writer = self.disk.extend(self.path)
        try:
            writer.write(line)
            writer.sync()
        finally:
            writer.close()
        if is_new:
            self.disk.sync_dir("")

    def _undo(self, size: int) -> None:
        """What may or may not have been written must not be found by the next start; best effort on a bad disk."""
        with contextlib.suppress(OutsideError):
            if self.disk.exists(self.path):
                self.disk.truncate(self.path, size)

    def set_aside(self) -> str:
        """Rename a damaged journal; returns its new name."""
        taken = [name for name in self.disk.names("") if name.startswith("journal.damaged-")]
        name = "journal.damaged-{}".format(len(taken) + 1)
        self.disk.rename(self.path, name)
        self.disk.sync_dir("")
        return name
