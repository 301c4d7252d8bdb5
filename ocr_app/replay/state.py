"""The folder of a replay: what is to be read, and what was read so far, so that a killed run goes on where it was.

    replay.json     what the replay is about; written whole, last, so that a folder without it holds no replay
    pictures.jsonl  the work list, written once: a folder or journal that grows meanwhile changes no number
    results.jsonl   one line for each picture, appended as it is read; a line that a kill cut short is cut off

A killed process loses no line that it wrote. A power cut loses those of the last second at most, which are read again.
"""

import fcntl
import json
import os
import time
from typing import IO, Any, Callable, Dict, Iterable, Iterator, Optional

from ocr_app.core.errors import ReplayError
from ocr_app.core.files import write_json, write_whole
from ocr_app.replay.pictures import ReplayPicture, from_json

PLAN, PICTURES, RESULTS, LOCK = "replay.json", "pictures.jsonl", "results.jsonl", "lock"
SCHEMA = "nano-ocr/replay/1"
SYNC_S = 1.0
_ANOTHER = "--out ANOTHER_FOLDER, or remove this one"

Row = Dict[str, Any]
"""One picture that was read, or could not be: index, name, path, before, after, problem, attempts, ms; in the file
also ``at``, the time by this computer's clock.
"""


class ReplayState:
    """One process holds it at a time, and one thread uses it. ``done``: how many pictures have a row; ``total``: how
    many there are.
    """

    def __init__(self, folder: str, now: Callable[[], float] = time.monotonic) -> None:
        """Raises ReplayError where another process holds the folder, or it cannot be used."""
        self.folder, self._now = folder, now
        self.total = self.done = 0
        self.plan: Dict[str, Any] = {}
        self._counts: Dict[str, int] = {}
        self._has = bytearray()
        self._results: Optional[IO[str]] = None
        self._synced = now()
        self._lock = _held(folder)

    def path(self, name: str) -> str:
        """The path of a file in the folder."""
        return os.path.join(self.folder, name)

    def begin(self, about: Dict[str, Any], pictures: Callable[[], Iterable[ReplayPicture]]) -> bool:
        """Starts the replay of ``about``, or goes on with it; True where it goes on.

        ``about`` is JSON, and says everything that the results depend on. ``pictures`` makes the work list, and may
        call :meth:`note`. Raises ReplayError where the folder holds the replay of something else, or is
        damaged, and what ``pictures`` raises.
        """
        goes_on = os.path.isfile(self.path(PLAN))
        if goes_on:
            self._take_up(about)
        else:
            self._refuse_other_files()
            self._write_list(pictures())
            self.plan = {"schema": SCHEMA, "about": about, "pictures": self.total, "counts": self._counts}
            write_json(self.path(PLAN), self.plan)
        self._has = bytearray(self.total)
        self._open_results()
        return goes_on

    def note(self, counts: Dict[str, int]) -> None:
        """Numbers that are known once the work list is made, and stay in ``plan["counts"]``."""
        self._counts = counts

    def _refuse_other_files(self) -> None:
        own = {PLAN, PICTURES, RESULTS, LOCK}
        others = sorted(name for name in os.listdir(self.folder) if name not in own and not name.endswith(".part"))
        if others or os.path.isfile(self.path(RESULTS)):
            name = (others or [RESULTS])[0]
            raise ReplayError("{} holds {}".format(self.folder, name), "a folder for this replay alone", _ANOTHER)

    def _take_up(self, about: Dict[str, Any]) -> None:
        try:
            with open(self.path(PLAN), encoding="utf-8") as stream:
                self.plan = json.load(stream)
            held, self.total = self.plan["about"], int(self.plan["pictures"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ReplayError("{} is damaged: {!r}".format(self.path(PLAN), error), "", _ANOTHER) from error
        for key in sorted(set(held) | set(about)):
            if held.get(key) != about.get(key):
                found = "{} holds a replay with another {}: {}".format(self.folder, key, _short(held.get(key)))
                raise ReplayError(found, _short(about.get(key)), _ANOTHER)

    def _write_list(self, pictures: Iterable[ReplayPicture]) -> None:
        part = self.path(PICTURES) + ".part"
        with open(part, "w", encoding="utf-8") as stream:
            for self.total, picture in enumerate(pictures, 1):
                stream.write(picture.to_json() + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(part, self.path(PICTURES))

    def _open_results(self) -> None:
        whole = 0
        for offset, row in self._rows_with_offsets():
            whole = offset
            index = row["index"]
            if not 0 <= index < self.total or self._has[index]:
                found = "{} has picture {} twice, or it is not of this replay".format(self.path(RESULTS), index)
                raise ReplayError(found, "one row for each picture", _ANOTHER)
            self._has[index] = 1
            self.done += 1
        stream = open(self.path(RESULTS), "a", encoding="utf-8")  # noqa: SIM115 - held open until close
        stream.truncate(whole)
        self._results = stream

    def _rows_with_offsets(self) -> Iterator[Any]:
        """(bytes up to the end of the row, row); what a kill left of the last line is not a row."""
        offset = 0
        try:
            stream = open(self.path(RESULTS), "rb")  # noqa: SIM115 - closed below
        except FileNotFoundError:
            return
        with stream:
            for number, line in enumerate(stream, 1):
                if not line.endswith(b"\n"):
                    return
                offset += len(line)
                try:
                    row = json.loads(line.decode("utf-8"))
                    row["index"] = int(row["index"])
                except (ValueError, KeyError, TypeError) as error:
                    found = "{}, line {} is damaged: {!r}".format(self.path(RESULTS), number, error)
                    raise ReplayError(found, "one JSON object a line", _ANOTHER) from error
                yield offset, row

    def left(self) -> Iterator[ReplayPicture]:
        """The pictures without a row, in their order."""
        return (picture for picture in self.pictures() if not self._has[picture.place])

    def pictures(self) -> Iterator[ReplayPicture]:
        """The whole work list. Raises ReplayError where it is damaged."""
        try:
            with open(self.path(PICTURES), encoding="utf-8") as stream:
                for line in stream:
                    yield from_json(line)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ReplayError("{} is damaged: {!r}".format(self.path(PICTURES), error), "", _ANOTHER) from error

    def add(self, row: Row) -> bool:
        """Writes the row of a picture; False, and nothing is written, where that picture has one already.

        Raises BuildError where the disk does not take it.
        """
        assert self._results is not None
        if self._has[row["index"]]:
            return False
        self._results.write(json.dumps(dict(row, at=round(time.time(), 3))) + "\n")
        self._results.flush()
        self._has[row["index"]] = 1
        self.done += 1
        if self._now() - self._synced >= SYNC_S:
            self.sync()
        return True

    def sync(self) -> None:
        """What was added is on the disk when this returns."""
        if self._results is not None:
            os.fsync(self._results.fileno())
            self._synced = self._now()

    def rows(self) -> Iterator[Row]:
        """All rows, in the order in which they were read."""
        return (row for _, row in self._rows_with_offsets())

    def write(self, name: str, text: str) -> None:
        """Writes a file of the report, whole or not at all. Raises BuildError."""
        write_whole(self.path(name), text.encode("utf-8", "backslashreplace"))

    def close(self) -> None:
        """Flushes everything, and lets another process have the folder. May be called twice."""
        self.sync()
        if self._results is not None:
            self._results.close()
            self._results = None
        self._lock.close()


def _held(folder: str) -> IO[Any]:
    try:
        os.makedirs(folder, exist_ok=True)
        stream = open(os.path.join(folder, LOCK), "a")  # noqa: SIM115 - held open until close
    except OSError as error:
        raise ReplayError("{} cannot be used: {}".format(folder, error.strerror), "a folder", "--out FOLDER") from error
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        stream.close()
        raise ReplayError("another replay uses {}".format(folder), "one at a time", "wait, or --out OTHER") from error
    return stream


def _short(value: Any) -> str:
    text = json.dumps(value, sort_keys=True)
    return text if len(text) <= 300 else text[:297] + "..."
