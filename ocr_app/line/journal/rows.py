"""One part as a row of the journal."""

import json
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

PASS, FAIL = "pass", "fail"
VERDICTS = (PASS, FAIL, "no-read", "hold")
"""What a part can be. Everything but ``pass`` leaves the line at the reject gate."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS parts (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    board TEXT NOT NULL,
    boot TEXT NOT NULL,
    cause TEXT NOT NULL,
    name TEXT NOT NULL,
    frame TEXT NOT NULL,
    triggered REAL NOT NULL,
    captured REAL,
    decided REAL,
    wall REAL NOT NULL,
    clock_trusted INTEGER NOT NULL,
    verdict TEXT,
    text TEXT NOT NULL DEFAULT '',
    reasons TEXT NOT NULL DEFAULT '[]',
    "values" TEXT NOT NULL DEFAULT '{}',
    witnesses TEXT NOT NULL DEFAULT '{}',
    timings TEXT NOT NULL DEFAULT '{}',
    recipe TEXT NOT NULL,
    recipe_digest TEXT NOT NULL,
    release TEXT NOT NULL,
    picture TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS parts_by_frame ON parts (frame) WHERE frame != '';
CREATE INDEX IF NOT EXISTS parts_by_wall ON parts (wall);
CREATE TABLE IF NOT EXISTS cursors (output TEXT PRIMARY KEY, number INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS boots (boot TEXT PRIMARY KEY, wall REAL NOT NULL, release TEXT NOT NULL);
PRAGMA user_version = 1;
"""
VERSION = 1
ADDITIONS = """
CREATE TABLE IF NOT EXISTS actions (
    number INTEGER PRIMARY KEY AUTOINCREMENT, wall REAL NOT NULL, user TEXT NOT NULL, role TEXT NOT NULL,
    address TEXT NOT NULL, action TEXT NOT NULL, detail TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS remarks (number INTEGER PRIMARY KEY, record TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS changes (
    number INTEGER PRIMARY KEY AUTOINCREMENT, first_part INTEGER NOT NULL, wall REAL NOT NULL, user TEXT NOT NULL,
    kind TEXT NOT NULL, begins_batch INTEGER NOT NULL, record TEXT NOT NULL
);
"""
"""What people did, what is told about a part beside its row, and what parts are judged by from which one on; an older
journal gets these when it is opened.
"""


class PartRow(NamedTuple):
    """One part. ``number`` grows for ever on one board, over restarts too; ``id`` is unique among all boards.

    ``boot``: which start of the service; ``cause``: the kind of trigger; ``name`` and ``frame``: what the source calls
    the frame, and what tells the frame from any other (both may be empty). ``triggered``, ``captured``, ``decided``:
    seconds of the monotonic clock of that boot; ``captured`` is None without a frame. ``wall``: the trigger in seconds
    since 1970 by the wall clock, which counts as right where ``clock_trusted``. ``verdict``: one of VERDICTS, or None
    while the part is under way. ``timings``: milliseconds by stage.
    """

    number: int
    id: str
    board: str
    boot: str
    cause: str
    name: str
    frame: str
    triggered: float
    captured: Optional[float]
    decided: Optional[float]
    wall: float
    clock_trusted: bool
    verdict: Optional[str]
    text: str = ""
    reasons: Tuple[str, ...] = ()
    values: Optional[Dict[str, str]] = None
    witnesses: Optional[Dict[str, Any]] = None
    timings: Optional[Dict[str, float]] = None
    recipe: str = ""
    recipe_digest: str = ""
    release: str = ""
    picture: str = ""

    @property
    def passed(self) -> bool:
        """Whether the part may go on."""
        return self.verdict == PASS


DECIDED = ("decided", "verdict", "text", "reasons", "values", "witnesses", "timings")
"""The columns that a verdict fills in."""
_JSON = ("reasons", "values", "witnesses", "timings")
COLUMNS = ", ".join('"{}"'.format(name) for name in PartRow._fields)


def to_columns(row: PartRow) -> List[Any]:
    """The values of the columns, in the order of COLUMNS."""
    record = row._asdict()
    record["reasons"] = list(row.reasons)
    for name in _JSON[1:]:
        record[name] = record[name] or {}
    record.update({name: json.dumps(record[name], ensure_ascii=False) for name in _JSON})
    record["clock_trusted"] = int(row.clock_trusted)
    return list(record.values())


def from_columns(values: Any) -> PartRow:
    """The inverse of to_columns. Raises ValueError for a row that is torn."""
    record = dict(zip(PartRow._fields, values))
    record.update({name: json.loads(record[name]) for name in _JSON})
    record["reasons"] = tuple(record["reasons"])
    record["clock_trusted"] = bool(record["clock_trusted"])
    return PartRow(**record)


def to_json(row: PartRow) -> Dict[str, Any]:
    """The row as JSON: what is exported, and what MQTT carries."""
    record = dict(row._asdict(), reasons=list(row.reasons))
    return dict(record, **{name: record[name] or {} for name in _JSON[1:]})
