"""The file of the journal: opened, checked, and put aside where it is torn.

SQLite in WAL mode. A verdict is committed with synchronous=FULL, so that it is on the disk when the commit returns;
openings of parts, pictures and cursors with NORMAL: they survive a killed process, and a power cut may take the last of
them, which no output has seen.
"""

import os
import sqlite3
from typing import Any, NamedTuple
from urllib.parse import quote

from ocr_app.line.journal import rows

FILE = "journal.db"
BESIDE = ("", "-wal", "-shm")
_BUSY_MS = 5000
_LOG_PAGES = 200  # of 4 kB: what the log may take before it is moved into the file; SQLite's own bound is 1000


class OpenedDatabase(NamedTuple):
    """``sure`` commits to the disk, ``fast`` to the operating system; ``put_aside``: name of a torn file, or empty."""

    sure: Any
    fast: Any
    put_aside: str


def open_database(folder: str) -> OpenedDatabase:
    """The journal in ``folder``, made where there is none. A torn one is renamed, never removed.

    Raises OSError or sqlite3.Error where neither works: no space, no rights.
    """
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, FILE)
    try:
        return OpenedDatabase(_connect(path, "FULL", check=True), _connect(path, "NORMAL"), "")
    except sqlite3.DatabaseError as error:
        if not is_torn(error):
            raise
    put_aside = set_aside(folder)
    return OpenedDatabase(_connect(path, "FULL", check=True), _connect(path, "NORMAL"), put_aside)


def is_torn(error: Exception) -> bool:
    """Whether the file itself is broken, rather than full, locked or forbidden.

    SQLite reports a broken file as DatabaseError itself; what may pass is an OperationalError below it.
    """
    return isinstance(error, sqlite3.DatabaseError) and type(error) is sqlite3.DatabaseError


def _connect(path: str, synchronous: str, check: bool = False) -> Any:
    connection = sqlite3.connect(path, timeout=_BUSY_MS / 1000.0, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = " + synchronous)
        connection.execute("PRAGMA wal_autocheckpoint = {}".format(_LOG_PAGES))
        if check:
            problem = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
            if problem != "ok":
                raise sqlite3.DatabaseError(problem)
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if version not in (0, rows.VERSION):
                raise sqlite3.OperationalError("version {} of the journal, expected {}".format(version, rows.VERSION))
            if version == 0:
                connection.executescript("BEGIN IMMEDIATE;" + rows.SCHEMA + "COMMIT;")
            connection.executescript("BEGIN IMMEDIATE;" + rows.ADDITIONS + "COMMIT;")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def set_aside(folder: str) -> str:
    """Renames the files of the journal to a free name; returns that of the main file. Raises OSError."""
    number = 1
    while os.path.lexists(os.path.join(folder, "{}.torn-{}".format(FILE, number))):
        number += 1
    for suffix in reversed(BESIDE):
        path = os.path.join(folder, FILE + suffix)
        if os.path.lexists(path):
            os.rename(path, os.path.join(folder, "{}.torn-{}{}".format(FILE, number, suffix)))
    return "{}.torn-{}".format(FILE, number)


def open_for_reading(folder: str) -> Any:
    """A connection that changes nothing, for a query beside the running service. Raises sqlite3.Error."""
    path = os.path.abspath(os.path.join(folder, FILE))
    connection = sqlite3.connect(
        "file:{}?mode=ro".format(quote(os.fsencode(path))), uri=True, timeout=_BUSY_MS / 1000.0
    )
    connection.execute("PRAGMA query_only = ON")
    return connection
