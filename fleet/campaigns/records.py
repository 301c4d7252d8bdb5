"""What boards brought, checked by schema. A record that is not as it must be is named, and counts as missing."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator
from jsonschema.exceptions import best_match

from fleet.core.files import sha256_of
from ocr_app.core.paths import load_data

SCHEMAS = {
    "run": "run.schema.json",
    "modules": "modules.schema.json",
    "cnn": "cnn.schema.json",
    "speed": "speed.schema.json",
}
BOARD = "board-campaign.schema.json"
_SHOWN = 200
Record = dict[str, Any]


@dataclass(frozen=True)
class BoardRecords:
    """One chosen board.

    ``board``: its board.json; None if it brought none that is valid. ``records``: the records of parts, by name.
    ``broken``: file -> what is wrong with it. ``said``: the message with which the benchmark ended there, if it failed.
    """

    host: str
    board: Record | None = None
    records: dict[str, Record] = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)
    said: str = ""

    def entry(self, part: str) -> Record:
        """What the board says about a part; empty if it says nothing."""
        entries = self.board["parts"] if self.board else []
        return next((entry for entry in entries if entry["name"] == part), {})


@cache
def _validator(name: str) -> Draft7Validator:
    return Draft7Validator(load_data(name))


def mistake(record: object, schema: str) -> str:
    """The first thing that is wrong with a record, with its place; empty if nothing is."""
    error = best_match(_validator(schema).iter_errors(record))  # type: ignore[no-untyped-call]
    if error is None:
        return ""
    place = "/".join(str(step) for step in error.absolute_path) or "the record"
    told = " ".join(error.message.split())
    return f"{place}: {told if len(told) <= _SHOWN else told[: _SHOWN - 3] + '...'}"


def read_board(folder: Path) -> BoardRecords:
    """The records in the folder of a board. Never raises for what the board brought."""
    board, wrong = _read(folder / "board.json", BOARD)
    broken = {"board.json": wrong} if wrong else {}
    if board is None:
        return BoardRecords(folder.name, None, {}, broken, _said(folder))
    records: dict[str, Record] = {}
    for entry in board["parts"]:
        if entry["status"] == "done":
            name = f"{entry['name']}.json"
            record, wrong = _read(folder / name, SCHEMAS[entry["kind"]])
            if record is not None and sha256_of(folder / name) != entry["sha256"]:
                record, wrong = None, "another file than the board measured: its sha256 differs"
            if record is None:
                broken[name] = wrong or "the file is missing"
            else:
                records[entry["name"]] = record
    return BoardRecords(folder.name, board, records, broken, _said(folder))


def _said(folder: Path) -> str:
    try:
        return str(json.loads((folder / "said.json").read_text(encoding="utf-8"))["said"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def read_boards(folder: Path) -> list[BoardRecords]:
    """All boards that were chosen, by name."""
    return [read_board(path) for path in sorted(folder.glob("*")) if path.is_dir()]


def _read(path: Path, schema: str) -> tuple[Record | None, str]:
    """(record, "") or (None, why it cannot be used; empty if there is no file)."""
    if not path.is_file():
        return None, ""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, ValueError) as error:
        return None, f"unreadable: {error}"
    wrong = mistake(record, schema)
    return (None, wrong) if wrong else (record, "")
