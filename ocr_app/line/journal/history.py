"""Queries of the journal beside the running service: rows as CSV or JSON lines, and pictures in a zip."""

import csv
import json
import os
import re
import sqlite3
import time
import zipfile
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, TextIO, Tuple

from ocr_app.core.errors import UsageError
from ocr_app.line.journal import database, rows
from ocr_app.line.journal.rows import PartRow

_SPAN = re.compile(r"([0-9]+)(s|min|h|d)")
_SECONDS = {"s": 1, "min": 60, "h": 3600, "d": 86400}
_MOMENTS = ("%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d")
_FORM = "90min, 8h, 2d, or a local time like 2026-03-01T06:00"
_CSV = (
    "number", "id", "time", "clock_trusted", "verdict", "text", "reasons", "values", "milliseconds", "recipe",
    "recipe_digest", "release", "picture",
)  # fmt: skip


class HistoryQuery(NamedTuple):
    """Which parts: ``since`` and ``until`` in seconds since 1970, ``verdicts`` (all if empty), ``ids`` (likewise)."""

    since: Optional[float] = None
    until: Optional[float] = None
    verdicts: Tuple[str, ...] = ()
    ids: Tuple[str, ...] = ()


def moment_of(text: str, now: float) -> float:
    """Seconds since 1970 of "8h" (before ``now``) or of a local time. Raises UsageError."""
    span = _SPAN.fullmatch(text)
    if span:
        return now - int(span.group(1)) * _SECONDS[span.group(2)]
    for form in _MOMENTS:
        try:
            return time.mktime(time.strptime(text, form))
        except (ValueError, OverflowError):
            continue
    raise UsageError("{!r} is not a time".format(text), _FORM, "ocr-app history --help")


def find(folder: str, query: HistoryQuery) -> Iterator[PartRow]:
    """The parts of a journal in their order; those that are under way have no verdict. Raises UsageError."""
    if not os.path.isfile(os.path.join(folder, database.FILE)):
        raise UsageError("no journal in {}".format(folder), "journal.folder of the line", "ocr-app history line.yaml")
    conditions, values = _conditions(query)
    text = "SELECT {} FROM parts{} ORDER BY number".format(rows.COLUMNS, conditions)
    try:
        connection = database.open_for_reading(folder)
        try:
            for found in connection.execute(text, values):
                yield rows.from_columns(found)
        finally:
            connection.close()
    except (sqlite3.Error, ValueError) as error:
        found = "the journal in {} cannot be read: {}".format(folder, error)
        raise UsageError(found, "a journal that is whole", "the service puts a torn one aside at its start") from error


def _conditions(query: HistoryQuery) -> Tuple[str, List[Any]]:
    parts, values = [], []  # type: List[str], List[Any]
    for sign, bound in ((">=", query.since), ("<", query.until)):
        if bound is not None:
            parts.append("wall {} ?".format(sign))
            values.append(bound)
    for column, wanted in (("verdict", query.verdicts), ("id", query.ids)):
        if wanted:
            parts.append("{} IN ({})".format(column, ", ".join("?" * len(wanted))))
            values += wanted
    return (" WHERE " + " AND ".join(parts) if parts else ""), values


def utc(seconds: float) -> str:
    """Seconds since 1970 as 2026-03-01T06:00:00.123Z."""
    whole = int(seconds)
    return "{}.{:03d}Z".format(time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(whole)), int((seconds - whole) * 1000))


def write_csv(found: Iterator[PartRow], stream: TextIO) -> int:
    """A table with a header; returns the number of parts. Texts that a spreadsheet would run begin with a quote."""
    writer = csv.writer(stream)
    writer.writerow(_CSV)
    count = 0
    for row in found:
        writer.writerow([_cell(value) for value in _columns(row)])
        count += 1
    return count


def _columns(row: PartRow) -> List[Any]:
    values = " ".join("{}={}".format(*pair) for pair in sorted((row.values or {}).items()))
    took = None if row.decided is None else round((row.decided - row.triggered) * 1000.0, 1)
    return [
        row.number, row.id, utc(row.wall), int(row.clock_trusted), row.verdict or "", row.text, " ".join(row.reasons),
        values, took, row.recipe, row.recipe_digest, row.release, row.picture,
    ]  # fmt: skip


def _cell(value: Any) -> Any:
    """Printed text comes from outside: as a formula, it would run in a spreadsheet (CWE-1236)."""
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return "'" + value
    return value


def write_json_lines(found: Iterator[PartRow], stream: TextIO) -> int:
    """One object a line, as MQTT carries it; returns the number of parts."""
    count = 0
    for row in found:
        stream.write(json.dumps(dict(rows.to_json(row), time=utc(row.wall)), ensure_ascii=False) + "\n")
        count += 1
    return count


def write_zip(found: Iterator[PartRow], folder: str, path: str) -> Dict[str, int]:
    """A new zip of the pictures and ``parts.jsonl``; returns how many parts, and how many pictures, it holds.

    Raises UsageError where the file exists already.
    """
    lines, pictures = [], 0
    try:
        with zipfile.ZipFile(path, "x", zipfile.ZIP_STORED, allowZip64=True) as archive:
            for row in found:
                lines.append(json.dumps(dict(rows.to_json(row), time=utc(row.wall)), ensure_ascii=False) + "\n")
                pictures += int(_add_picture(archive, folder, row))
            archive.writestr("parts.jsonl", "".join(lines), zipfile.ZIP_DEFLATED)
    except FileExistsError as error:
        raise UsageError("{} exists".format(path), "a new file", "--zip another.zip") from error
    return {"parts": len(lines), "pictures": pictures}


def _add_picture(archive: zipfile.ZipFile, folder: str, row: PartRow) -> bool:
    """False where the picture has been removed since, to make room."""
    path = os.path.join(folder, row.picture) if row.picture else ""
    if not path or not os.path.isfile(path):
        return False
    with open(path, "rb") as stream:
        data = stream.read()
    archive.writestr("{}{}".format(row.id, os.path.splitext(row.picture)[1]), data)
    return True
