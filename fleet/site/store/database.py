"""Connections to the database, and its migrations: numbered files, each in a transaction of its own."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from fleet.core.errors import SiteError

SCHEMA = Path(__file__).resolve().parent / "schema"
MIGRATING, KEEPING = 740001, 740002
"""Advisory locks: who migrates, and who keeps the site."""
_CONNECT_S = 5
_FILE = re.compile(r"([0-9]{4})-[a-z0-9-]+\.sql")
Connection = psycopg.Connection[tuple[Any, ...]]


def connect(url: str, password: str = "", name: str = "nano-ocr-site") -> Connection:
    """A connection in autocommit; transactions are asked for. Raises psycopg.OperationalError.

    Keepalives end a connection to a machine that is gone within about half a minute.
    """
    given: dict[str, Any] = {"password": password} if password else {}
    return psycopg.connect(
        url, autocommit=True, connect_timeout=_CONNECT_S, application_name=name, keepalives_idle=10,
        keepalives_interval=5, keepalives_count=3, **given,
    )  # fmt: skip


def files() -> list[tuple[int, str, str]]:
    """(number, name, text) of every migration, in order. Raises SiteError where numbers are not 1, 2, 3, ..."""
    found = []
    for path in sorted(SCHEMA.glob("*.sql")):
        match = _FILE.fullmatch(path.name)
        if match is None:
            raise SiteError(f"{path.name} in {SCHEMA}", "NUMBER-what-it-does.sql, with four digits")
        found.append((int(match[1]), path.name, path.read_text(encoding="utf-8")))
    numbers = [number for number, _, _ in found]
    if numbers != list(range(1, len(found) + 1)):
        raise SiteError(f"migrations {numbers}", "numbers from 1 on, each once")
    return found


def version(connection: Connection) -> int:
    """The number of the last migration that was made; 0 for an empty database."""
    found = connection.execute("SELECT to_regclass('migrations') IS NOT NULL").fetchone()
    if not (found and found[0]):
        return 0
    last = connection.execute("SELECT coalesce(max(number), 0) FROM migrations").fetchone()
    return int(last[0]) if last else 0


def migrate(connection: Connection) -> list[str]:
    """Makes what is missing; returns the names of the files that were run.

    Several may try at once: one waits for the other. Raises SiteError for a database that is newer than this program.
    """
    known, made = files(), []
    connection.execute("SELECT pg_advisory_lock(%s)", (MIGRATING,))
    try:
        last = version(connection)
        if last > len(known):
            raise SiteError(f"the database is at migration {last}", f"at most {len(known)}", "a newer nano-ocr")
        for number, name, text in known[last:]:
            with connection.transaction():
                connection.execute(
                    "CREATE TABLE IF NOT EXISTS migrations (number integer PRIMARY KEY, name text NOT NULL,"
                    " made timestamptz NOT NULL DEFAULT clock_timestamp())"
                )
                connection.execute(sql.SQL(text))  # type: ignore[arg-type]
                connection.execute("INSERT INTO migrations (number, name) VALUES (%s, %s)", (number, name))
            made.append(name)
    finally:
        connection.execute("SELECT pg_advisory_unlock(%s)", (MIGRATING,))
    return made


def check(connection: Connection) -> None:
    """Raises SiteError where the database lacks a migration."""
    last, wanted = version(connection), len(files())
    if last != wanted:
        raise SiteError(f"the database is at migration {last}", str(wanted), "./inv site migrate --settings site.yaml")
