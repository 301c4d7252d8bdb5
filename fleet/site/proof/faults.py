"""What becomes of results while a collector, the broker and the database are killed in turn."""

from __future__ import annotations

import json
import logging
import shutil
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from fleet.core.errors import SiteError
from fleet.site.proof.boards import BoardRhythm, JournalledBoard
from fleet.site.proof.engines import CollectorProcess, LoopbackDatabase, make_broker, started_broker
from fleet.site.store import database, months
from ocr_app.line.journal.rows import PartRow

log = logging.getLogger(__name__)
KINDS = ("none", "collector", "collector gone", "broker", "database", "all three")
_SETTLES_S = 120.0
_EXPIRY_S = 10
_NEVER_S = 86400.0


class ProvedSite:
    """Broker, database and collectors with fresh data below ``folder``; ``with`` ends them."""

    def __init__(
        self, folder: Path, collectors: int = 2, keep: dict[str, Any] | None = None,
        collect: dict[str, Any] | None = None,
    ) -> None:  # fmt: skip
        """Raises SiteError where something is missing on this computer."""
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        self.folder, self._stack = folder, ExitStack()
        self.database = LoopbackDatabase(folder / "database")
        self.broker = make_broker(folder / "broker")
        self.settings = folder / "site.yaml"
        self._keep = {"look_s": 0.5, "grace_s": 3.0, "again_s": 5.0, **(keep or {})}
        self._collect = {"metrics": "", "expiry_s": _EXPIRY_S, **(collect or {})}
        self.collectors = [CollectorProcess(folder, self.settings, f"collector-{n + 1}") for n in range(collectors)]

    def __enter__(self) -> ProvedSite:
        try:
            self._start()
        except BaseException:
            self._stack.close()
            raise
        return self

    def _start(self) -> None:
        self._stack.callback(self.database.remove)
        self.database.start()
        started_broker(self.broker)
        self._stack.callback(self.broker.stop)
        written = {
            "mqtt": {"port": self.broker.port, "keepalive_s": 5},
            "database": {"url": self.database.url},
            "collect": self._collect,
            "keep": self._keep,
        }
        self.settings.write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")
        with database.connect(self.database.url) as connection:
            database.migrate(connection)
            months.tend(connection, 24)
        for collector in self.collectors:
            self._stack.callback(collector.stop)
            collector.start()
        for collector in self.collectors:
            collector.wait_connected()

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def query(self, text: str, *values: Any) -> list[Any]:
        """Rows of the database."""
        with database.connect(self.database.url) as connection:
            return connection.execute(text, values).fetchall()  # type: ignore[call-overload,no-any-return]

    def gaps(self) -> int:
        """How many gaps boards were asked for so far."""
        return int(self.query("SELECT count(*) FROM gaps")[0][0])

    def wait_quiet(self, wanted: dict[str, int]) -> float:
        """Waits for a while only, where nobody asks for what is missing."""
        time.sleep(10.0)
        return 10.0

    def completes(self) -> dict[str, int]:
        """Up to which number each board is complete; empty while the database is away."""
        import psycopg

        try:
            return dict(self.query("SELECT board, complete FROM boards"))
        except psycopg.OperationalError:
            return {}

    def wait_complete(self, wanted: dict[str, int], seconds: float = _SETTLES_S) -> float:
        """Seconds until every board is complete up to its number. Raises SiteError where that takes too long."""
        start = time.monotonic()
        while True:
            found = self.completes()
            behind = {board: number for board, number in wanted.items() if found.get(board, 0) < number}
            if not behind:
                return time.monotonic() - start
            if time.monotonic() - start > seconds:
                some = ", ".join(
                    f"{board} {found.get(board, 0)} of {number}" for board, number in list(behind.items())[:4]
                )
                raise SiteError(
                    f"{len(behind)} boards are not complete after {seconds:g} s: {some}", "all", str(self.folder)
                )
            time.sleep(0.1)


def kills(site: ProvedSite, away_s: float) -> dict[str, Callable[[], None]]:
    """What may happen, by name; each returns when everything runs again."""
    turn = [0]

    def collector() -> None:
        turn[0] += 1
        one = site.collectors[turn[0] % len(site.collectors)]
        one.kill()
        time.sleep(away_s)
        one.start()

    def gone() -> None:
        """Its session ends, and with it what waits there; the other one gets everything afterwards."""
        site.collectors[-1].kill()
        time.sleep(_EXPIRY_S + away_s)

    def broker() -> None:
        site.broker.kill()
        time.sleep(away_s)
        site.broker.start()

    def engine() -> None:
        site.database.kill()
        time.sleep(away_s)
        site.database.start()

    def everything() -> None:
        for one in site.collectors:
            one.kill()
        site.broker.kill()
        site.database.kill()
        time.sleep(away_s)
        site.database.start()
        site.broker.start()
        for one in site.collectors:
            one.start()

    return {
        "none": lambda: time.sleep(away_s), "collector": collector, "collector gone": gone, "broker": broker,
        "database": engine,
        "all three": everything,
    }  # fmt: skip


def measure(
    folder: Path, boards: int, rate_hz: float, rounds: int, away_s: float = 3.0, kinds: tuple[str, ...] = KINDS,
    is_asking: bool = True,
) -> dict[str, Any]:  # fmt: skip
    """Every kind of fault ``rounds`` times, while all boards decide parts; and what the database has in the end.

    Without ``is_asking``, no board is asked for anything: what that loses is why the site asks.
    """
    with ProvedSite(folder, keep={} if is_asking else {"grace_s": _NEVER_S}) as site:
        made = [JournalledBoard(folder / "boards", f"board-{n + 1:03d}", site.broker.port) for n in range(boards)]
        rhythm = BoardRhythm(made, rate_hz)
        settle = site.wait_complete if is_asking else site.wait_quiet
        try:
            rhythm.start()
            rows = [_one_kind(site, made, kind, rounds, away_s, settle) for kind in kinds]
            rhythm.end()
            settled = settle(_last(made))
        finally:
            rhythm.end()
            for board in made:
                board.end()
        journals = {board.name: board.rows() for board in made}
        for row in rows:
            row.update(compare(site, _between(journals, row.pop("first"), row.pop("last"))))
        return {
            "boards": boards, "rate_hz": rate_hz, "rounds": rounds, "away_s": away_s, "kinds": rows,
            "settled_s": round(settled, 1), "total": compare(site, [row for rows in journals.values() for row in rows]),
        }  # fmt: skip


def _last(boards: list[JournalledBoard]) -> dict[str, int]:
    return {board.name: board.last for board in boards}


def _between(journals: dict[str, list[PartRow]], first: dict[str, int], last: dict[str, int]) -> list[PartRow]:
    return [row for name, rows in journals.items() for row in rows if first[name] < row.number <= last[name]]


def _one_kind(
    site: ProvedSite, boards: list[JournalledBoard], kind: str, rounds: int, away_s: float,
    settle: Callable[[dict[str, int]], float],
) -> dict[str, Any]:  # fmt: skip
    """A row of the table. ``complete_s``: the longest time from the end of a fault to the moment with no gap left."""
    before, first, slowest = site.gaps(), _last(boards), 0.0
    for _ in range(rounds):
        kills(site, away_s)[kind]()
        slowest = max(slowest, settle(_last(boards)))
        if kind == "collector gone":
            site.collectors[-1].start()
    found = {
        "kind": kind, "times": rounds if kind != "none" else 0, "complete_s": round(slowest, 1),
        "gaps": site.gaps() - before, "first": first, "last": _last(boards),
    }  # fmt: skip
    log.info("%s: all boards complete after %.1f s", kind, slowest)
    return found


def compare(site: ProvedSite, journalled: list[PartRow]) -> dict[str, int]:
    """Lost, doubled, told otherwise, unknown: the database against the journals of the boards."""
    wanted = {row.id: (row.number, row.verdict, row.text, row.release) for row in journalled}
    low: dict[str, int] = {}
    high: dict[str, int] = {}
    for row in journalled:
        low[row.board] = min(low.get(row.board, row.number), row.number)
        high[row.board] = max(high.get(row.board, 0), row.number)
    query = "SELECT id, number, verdict, text, release FROM parts WHERE board = %s AND number BETWEEN %s AND %s"
    rows = [found for board in low for found in site.query(query, board, low[board], high[board])]
    stored = {found[0]: tuple(found[1:]) for found in rows}
    return {
        "journalled": len(wanted),
        "stored": len(rows),
        "lost": len(set(wanted) - set(stored)),
        "doubled": len(rows) - len(stored),
        "unknown": len(set(stored) - set(wanted)),
        "otherwise": sum(stored[part] != wanted[part] for part in set(stored) & set(wanted)),
    }
