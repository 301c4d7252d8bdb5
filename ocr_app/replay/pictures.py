"""The pictures of a replay, and what was said about each: of the journal of a line, or of a folder."""

import bisect
import json
import os
import sqlite3
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Tuple

from ocr_app.core.errors import ResultError, UsageError
from ocr_app.core.names import shown
from ocr_app.imaging import sources
from ocr_app.line.journal import database, history
from ocr_app.replay.comparing import JudgedPicture, judged_of

VERDICTS = ("pass", "fail", "no-read", "hold", "error")


class ReplayPicture(NamedTuple):
    """One picture. ``place``: in the work list, from 0; ``name``: the id of its part, or its path below the
    folder; ``moment``: when it was taken, in seconds since 1970, by a clock that was right where ``trusted``.
    ``expected`` and ``regions``: what the line was told then, None for the settings of the replay. ``before``: what was
    said about it, None where that is read again.
    """

    place: int
    name: str
    path: str
    moment: Optional[float] = None
    trusted: bool = False
    expected: Optional[Dict[str, str]] = None
    regions: Optional[List[List[int]]] = None
    before: Optional[JudgedPicture] = None

    def to_json(self) -> str:
        """One line of the work list; names that are not UTF-8 keep every byte."""
        record = dict(self._asdict(), before=None if self.before is None else self.before.record())
        return json.dumps(record)


def from_json(line: str) -> ReplayPicture:
    """The inverse of :meth:`ReplayPicture.to_json`."""
    record = json.loads(line)
    before = record.pop("before")
    return ReplayPicture(before=None if before is None else judged_of(before), **record)


class JournalPictures:
    """The parts of a journal that have a verdict and a picture. ``parts`` and ``without_picture`` count as they are
    iterated: a journal keeps the pictures that its quota allows, and a replay says nothing about the others.
    """

    def __init__(self, folder: str, query: history.HistoryQuery, read_again: bool) -> None:
        """``read_again``: the verdicts of the journal are not used. Raises UsageError where there is no journal."""
        self._folder, self._query, self._read_again = os.path.abspath(folder), query, read_again
        self._changes = _changes_of(self._folder)
        self.parts = self.without_picture = 0

    def __iter__(self) -> Iterator[ReplayPicture]:
        for row in history.find(self._folder, self._query):
            if row.verdict is None:
                continue  # it is under way
            self.parts += 1
            if not row.picture:
                self.without_picture += 1
                continue
            told = self._told(row.number)
            before = None if self._read_again else JudgedPicture(row.verdict, row.text, row.reasons)
            path, place = os.path.join(self._folder, row.picture), self.parts - self.without_picture - 1
            yield ReplayPicture(place, row.id, path, row.wall, row.clock_trusted, told[0], told[1], before)

    def _told(self, number: int) -> Tuple[Optional[Dict[str, str]], Optional[List[List[int]]]]:
        """Expected values and regions of the line when this part came."""
        place = bisect.bisect_right([first for first, _ in self._changes], number) - 1
        if place < 0:
            return None, None
        record = self._changes[place][1]
        return dict(record["expected"]), [list(region) for region in record["regions"]]


def _changes_of(folder: str) -> List[Tuple[int, Dict[str, Any]]]:
    """From which part on what was told to the line, in order; a journal of an older release may have no such table."""
    if not os.path.isfile(os.path.join(folder, database.FILE)):
        raise UsageError("no journal in {}".format(folder), "journal.folder of a line, or a folder of pictures")
    try:
        connection = database.open_for_reading(folder)
        try:
            found = connection.execute("SELECT first_part, record FROM changes ORDER BY first_part, number").fetchall()
        finally:
            connection.close()
    except sqlite3.OperationalError as error:
        if "no such table" in str(error):
            return []
        raise UsageError("the journal in {} cannot be read: {}".format(folder, error), "a journal that is whole")
    return [(first, json.loads(record)) for first, record in found]


class FolderPictures:
    """The images of a folder, in the order of their paths. ``results``: what was said about them, by their paths as
    ``results_of`` gives them; None where that is read again. ``dated``: the time of a picture is that of its file.
    """

    without_picture = 0

    def __init__(self, folder: str, results: Optional[Dict[str, JudgedPicture]], dated: bool) -> None:
        """Raises UsageError for a folder without images."""
        self._folder, self._results, self._dated = os.path.abspath(folder), results, dated
        self._paths = sources.find([self._folder]).paths
        self.parts = len(self._paths)

    def __iter__(self) -> Iterator[ReplayPicture]:
        for place, path in enumerate(self._paths):
            name = os.path.relpath(path, self._folder)
            moment = _time_of(path) if self._dated else None
            before = None if self._results is None else self._found(path, name)
            yield ReplayPicture(place, name, path, moment, self._dated and moment is not None, before=before)

    def _found(self, path: str, name: str) -> JudgedPicture:
        assert self._results is not None
        for key in (shown(path), shown(name), shown(os.path.basename(path))):
            if key in self._results:
                return self._results[key]
        found = "the results say nothing about {}".format(shown(name))
        raise UsageError(found, "a result for each picture", "read them: ocr-app read FOLDER --recipe FILE --jsonl")


def _time_of(path: str) -> Optional[float]:
    try:
        return os.stat(path).st_mtime
    except OSError:
        return None


def results_of(path: str) -> Dict[str, JudgedPicture]:
    """What was said about each image: a file of result lines, as `ocr-app read --recipe FILE --jsonl` prints them.

    An image is found by its whole path, by its path below the folder, or by its name where no other has that name.
    Raises ResultError.
    """
    found: Dict[str, JudgedPicture] = {}
    names: Dict[str, Optional[JudgedPicture]] = {}
    for number, line in enumerate(_lines(path), 1):
        image, judged = _result(path, number, line)
        if image in found:
            raise ResultError("{}, line {}: a second result of {}".format(path, number, image), "one for each image")
        name = os.path.basename(image)
        names[name] = None if name in names else judged
        found[image] = judged
        found.setdefault(os.path.abspath(image), judged)
    return dict({name: judged for name, judged in names.items() if judged is not None}, **found)


def _lines(path: str) -> List[str]:
    try:
        with open(path, encoding="utf-8") as stream:
            return [line for line in stream if line.strip()]
    except (OSError, ValueError) as error:
        raise ResultError("{} cannot be read: {}".format(path, error), "a file of result lines") from error


def _result(path: str, number: int, line: str) -> Tuple[str, JudgedPicture]:
    try:
        record = json.loads(line)
        image, judged = str(record["image"]), judged_of(record)
    except (ValueError, KeyError, TypeError) as error:
        found = "{}, line {} is no result: {!r}".format(path, number, error)
        raise ResultError(found, "lines of ocr-app read --jsonl") from error
    if judged.verdict not in VERDICTS:
        found = "{}, line {}: the verdict {!r}".format(path, number, judged.verdict)
        raise ResultError(found, "verdicts under a recipe", "ocr-app read FOLDER --recipe FILE --jsonl")
    return image, judged


def is_journal(path: str) -> bool:
    """Whether this is the folder of a journal."""
    return os.path.isfile(os.path.join(path, database.FILE))
