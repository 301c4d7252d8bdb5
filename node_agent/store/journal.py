"""The journal: every decision, one checksummed line per record, on the disk before anything acts on it.

A line is ``<16 hex digits of SHA-256 of the body> <body>`` with a JSON object as its body; ``n`` counts from 0 without
gaps. A power cut can leave a torn tail: lines after which no sound line follows. Nothing acted on the tail, so it is
cut off. A bad line before a sound one is damage, which a power cut cannot cause, and is an error.
"""

import contextlib
import functools
import hashlib
import json
from typing import Any, Dict, List, NamedTuple, Tuple

from node_agent.errors import HostError, JournalDamaged
from node_agent.store.disk import Disk

BALLAST, BALLAST_BYTES = "ballast", 256 << 10
Record = Dict[str, Any]


class JournalContents(NamedTuple):
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
    """(whether the line is sound and has this number, the record)."""
    body = line[17:-1]
    if not _is_sound(line):
        return False, {}
    record = json.loads(body.decode("ascii"))
    return isinstance(record, dict) and record.get("n") == number, record


def _is_sound(line: bytes) -> bool:
    return line.endswith(b"\n") and line[16:17] == b" " and _digest(line[17:-1]) == line[:16]


def parse(data: bytes) -> JournalContents:
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
    return JournalContents(records, sound, len(data) - sound)


@functools.lru_cache(maxsize=2)
def _parsed(data: bytes) -> JournalContents:
    """As ``parse``; one command reads the same journal many times."""
    return parse(data)


def _refuse_if_sound_lines_follow(lines: List[bytes], number: int) -> None:
    if any(_is_sound(line) for line in lines):
        raise JournalDamaged(
            "record {} of the journal is damaged, and sound lines follow it".format(number),
            "the lines as they were written",
            "python3 -m node_agent resume   (keeps the damaged file and continues from the checkpoint)",
        )


class Journal(object):
    """The journal of one folder. The agent's lock ensures that there is one writer at a time."""

    def __init__(self, disk: Disk, path: str = "journal") -> None:
        self.disk = disk
        self.path = path

    def read(self) -> List[Record]:
        """All records. Raises JournalDamaged, HostError."""
        return list(self._load().records)

    def _load(self) -> JournalContents:
        return _parsed(self.disk.read(self.path) if self.disk.exists(self.path) else b"")

    def append(self, record: Record) -> Record:
        """Number a record and write it; it is on the disk when this returns. Returns the numbered record.

        Raises HostError when the record may not be on the disk; the caller must then act as if it were not.
        """
        known = self._load()
        if known.torn_bytes:
            self.disk.truncate(self.path, known.sound_bytes)
        numbered = dict(record, n=len(known.records))
        try:
            self._write(line_of(numbered))
        except HostError:
            self._undo(known.sound_bytes)
            if not self._drop_ballast():
                raise
            self._write(line_of(numbered))
        return numbered

    def settle(self) -> None:
        """Sync what an interrupted ``append`` may have written without syncing; a read-only disk holds nothing new."""
        with contextlib.suppress(HostError):
            if self.disk.exists(self.path):
                writer = self.disk.extend(self.path)
                try:
                    writer.sync()
                finally:
                    writer.close()

    def keep_ballast(self) -> None:
        """Reserve space, so that the end of a deployment can be recorded on a full disk."""
        if not self.disk.exists(BALLAST):
            self.disk.replace(BALLAST, bytes(BALLAST_BYTES))

    def _drop_ballast(self) -> bool:
        """Whether there was ballast and it was removed."""
        with contextlib.suppress(HostError):
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
        """Remove what a failed write may have left, so that the next start does not find it; best effort."""
        with contextlib.suppress(HostError):
            if self.disk.exists(self.path):
                self.disk.truncate(self.path, size)

    def set_aside(self) -> str:
        """Rename a damaged journal; returns its new name."""
        taken = [name for name in self.disk.names("") if name.startswith("journal.damaged-")]
        name = "journal.damaged-{}".format(len(taken) + 1)
        self.disk.rename(self.path, name)
        self.disk.sync_dir("")
        return name
