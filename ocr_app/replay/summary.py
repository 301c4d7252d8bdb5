"""The numbers of a replay, and the pictures whose verdicts changed."""

import collections
from typing import Any, Counter, Dict, Iterable, List, Optional

from ocr_app.core.tables import table
from ocr_app.replay.comparing import CHANGES, KINDS, SAME, UNREAD, WORDS, judged_of, kind_of
from ocr_app.replay.state import Row

SCHEMA = "nano-ocr/replay-report/1"


def kind_of_row(row: Row) -> str:
    """One of KINDS."""
    if row["problem"] or row["before"] is None or row["after"] is None:
        return UNREAD
    return kind_of(judged_of(row["before"]), judged_of(row["after"]))


class ReplaySummary:
    """``changed``: the rows of every kind but SAME, the dangerous ones first, each with its ``kind``."""

    def __init__(self, rows: Iterable[Row], total: int) -> None:
        self.total = total
        self.kinds: Counter[str] = collections.Counter()
        self.verdicts: Counter[str] = collections.Counter()
        self.repeated = 0
        self.ms = 0.0
        found: List[Row] = []
        for row in rows:
            kind = kind_of_row(row)
            self.kinds[kind] += 1
            self.repeated += row["attempts"] - 1
            self.ms += row["ms"]
            self.verdicts["{} -> {}".format(_verdict(row["before"]), _verdict(row["after"]))] += 1
            if kind != SAME:
                found.append(dict(row, kind=kind))
        self.changed = sorted(found, key=lambda row: (KINDS.index(row["kind"]), row["index"]))

    @property
    def done(self) -> int:
        """How many pictures have a row."""
        return sum(self.kinds.values())

    @property
    def changes(self) -> int:
        """How many verdicts changed; what could not be read is counted apart."""
        return sum(self.kinds[kind] for kind in CHANGES)

    def record(self) -> Dict[str, Any]:
        """The numbers as JSON; every kind is there, also with 0."""
        return {
            "complete": self.done == self.total,
            "pictures": self.total,
            "done": self.done,
            "changed": self.changes,
            "kinds": {kind: self.kinds[kind] for kind in KINDS},
            "verdicts": dict(sorted(self.verdicts.items())),
            "read_again": self.repeated,
        }

    def text(self) -> str:
        """The numbers in words, and the table of what changed."""
        rows = [(WORDS[kind], str(self.kinds[kind])) for kind in KINDS]
        counts = table(("of {} pictures".format(self.done), "pictures"), rows)
        if self.done != self.total:
            counts = "INCOMPLETE: {} of {} pictures\n{}".format(self.done, self.total, counts)
        return counts + ("\n\n" + changes_table(self.changed) if self.changed else "") + "\n"


def _verdict(record: Optional[Dict[str, Any]]) -> str:
    return "unread" if record is None else str(record["verdict"])


def changes_table(changed: List[Row]) -> str:
    """One line for each: its name, what became of it, the verdicts, and both texts."""
    head = ("picture", "change", "before", "now", "text before", "text now")
    rows = [_cells(row) for row in changed]
    widths = [max(len(cells[k]) for cells in [head] + rows) for k in range(len(head))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(cells, widths)).rstrip() for cells in [head] + rows]
    return "\n".join([lines[0], "  ".join("-" * width for width in widths)] + lines[1:])


def _cells(row: Row) -> Any:
    before, after = row["before"] or {}, row["after"] or {}
    now = _one_line(row["problem"]) or after.get("text", "")
    shown = _one_line(row["name"])
    return (
        shown,
        row["kind"],
        before.get("verdict", "-"),
        after.get("verdict", "-"),
        _one_line(before.get("text", "")),
        _one_line(now),
    )


def _one_line(text: str) -> str:
    """Printable, and on one line: names and texts come from outside."""
    flat = " ".join(text.split())
    return "".join(sign if sign.isprintable() else "?" for sign in flat)
