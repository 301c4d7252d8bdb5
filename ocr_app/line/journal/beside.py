"""Tables beside that of the parts: what people did, and what is told about a part beside its row."""

import json
import time
from typing import Any, Callable, Dict, NamedTuple

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


class JournalBeside:
    """For use by several threads."""

    def __init__(self, journal: PartJournal, wall: Callable[[], float] = time.time) -> None:
        self._journal, self._wall = journal, wall

    def record_action(self, user: str, role: str, address: str, action: str, detail: str = "") -> bool:
        """Who did what; on the disk when this returns True. False where the disk does not take it."""
        statement = "INSERT INTO actions (wall, user, role, address, action, detail) VALUES (?, ?, ?, ?, ?, ?)"
        values = (self._wall(),) + tuple(text[:_LONGEST] for text in (user, role, address, action, detail))
        return self._journal.write_beside(statement, values, "an action", is_sure=True)

    def remark(self, number: int, record: Dict[str, Any]) -> bool:
        """What is told about a part. False where the disk does not take it."""
        text = json.dumps(record, ensure_ascii=False)
        return self._journal.write_beside("INSERT OR REPLACE INTO remarks VALUES (?, ?)", (number, text), "a remark")
