"""Tables beside that of the parts: what people did, and what is told about a part beside its row."""

import json
import time
from typing import Any, Callable, Dict, NamedTuple, Optional, Tuple

from ocr_app.line.journal.journal import PartJournal

_LONGEST = 2000


class PersonAction(NamedTuple):
    """What somebody did on the page. ``wall``: seconds since 1970; ``address``: of the browser."""

    number: int
    wall: float
    user: str
    role: str
    address: str
    action: str
    detail: str


class LineChange(NamedTuple):
    """What parts are judged by from number ``first_part`` on. ``kind``: "start", "product", "expected", "regions",
    "batch" or "undone"; ``record``: as LineSetup.record.
    """

    number: int
    first_part: int
    wall: float
    user: str
    kind: str
    begins_batch: bool
    record: Dict[str, Any]


_INSERT_ACTION = "INSERT INTO actions (wall, user, role, address, action, detail) VALUES (?, ?, ?, ?, ?, ?)"
_INSERT_CHANGE = "INSERT INTO changes (first_part, wall, user, kind, begins_batch, record) VALUES (?, ?, ?, ?, ?, ?)"
_CHANGES = "SELECT number, first_part, wall, user, kind, begins_batch, record FROM changes"


class JournalBeside:
    """For use by several threads."""

    def __init__(self, journal: PartJournal, wall: Callable[[], float] = time.time) -> None:
        self._journal, self._wall = journal, wall

    def record_action(self, user: str, role: str, address: str, action: str, detail: str = "") -> bool:
        """Who did what; on the disk when this returns True. False where the disk does not take it."""
        values = self._action(user, role, address, action, detail)
        return self._journal.write_beside(_INSERT_ACTION, values, "an action", is_sure=True)

    def _action(self, *texts: str) -> Tuple[Any, ...]:
        return (self._wall(),) + tuple(text[:_LONGEST] for text in texts)

    def record_change(
        self, user: str, role: str, address: str, kind: str, detail: str, begins_batch: bool, record: Dict[str, Any]
    ) -> bool:
        """Who changed what parts are judged by, from the next part on: an action, and the state after it, together.

        Only while no part can begin. On the disk when this returns True; False where the disk does not take it.
        """
        first, text = self._journal.numbers.last + 1, json.dumps(record, ensure_ascii=False)
        change = (first, self._wall(), user[:_LONGEST], kind, int(begins_batch), text)
        both = [(_INSERT_ACTION, self._action(user, role, address, kind, detail)), (_INSERT_CHANGE, change)]
        return self._journal.write_together(both, "a change")

    def last_change(self) -> Optional[LineChange]:
        """The newest one, None before the first."""
        return self._change(_CHANGES + " ORDER BY number DESC LIMIT 1")

    def last_batch(self) -> Optional[LineChange]:
        """The change with which the batch of now began, None before the first."""
        return self._change(_CHANGES + " WHERE begins_batch = 1 ORDER BY number DESC LIMIT 1")

    def _change(self, query: str) -> Optional[LineChange]:
        found = self._journal.ask_beside(query)
        return change_of(found[0]) if found else None

    def remark(self, number: int, record: Dict[str, Any]) -> bool:
        """What is told about a part. False where the disk does not take it."""
        text = json.dumps(record, ensure_ascii=False)
        return self._journal.write_beside("INSERT OR REPLACE INTO remarks VALUES (?, ?)", (number, text), "a remark")


def change_of(values: Any) -> LineChange:
    """A row of the table of changes."""
    number, first, wall, user, kind, begins, record = values
    return LineChange(number, first, wall, user, kind, bool(begins), dict(json.loads(record)))
