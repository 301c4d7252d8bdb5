"""The keeper: the collector that holds a lock in the database finds gaps, hears how boards are, and tends months.

The lock belongs to a connection, so it is free as soon as that collector is dead; another one takes it within seconds.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from datetime import datetime, timezone
from typing import Any

import psycopg

from fleet.gateway.messages import WrongMessage, parse_availability, parse_topic
from fleet.site.collecting import session
from fleet.site.keeping.resending import Asking, ResendPolicy
from fleet.site.metrics import SiteMetrics
from fleet.site.settings import SiteSettings
from fleet.site.store import chains, database, months

log = logging.getLogger(__name__)
_TEND_S = 3600.0
_MOST_STATE = 1 << 16
_HEARD = """
INSERT INTO boards (board, heard, online, state)
SELECT * FROM unnest(%s::text[], %s::timestamptz[], %s::bool[], %s::jsonb[])
ON CONFLICT (board) DO UPDATE SET heard = greatest(boards.heard, excluded.heard),
    online = coalesce(excluded.online, boards.online), state = coalesce(excluded.state, boards.state)
"""
_OPENED = "INSERT INTO gaps (board, after, upto, asked, tries) VALUES (%s, %s, %s, clock_timestamp(), 1)"
_CLOSED = "UPDATE gaps SET closed = clock_timestamp(), given_up = %s WHERE board = %s AND closed IS NULL"


class BoardNews:
    """What the broker says about boards: whether they are connected, and their retained state. For two threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._news: dict[str, dict[str, Any]] = {}
        self.online: set[str] = set()
        self._arrived: set[str] = set()

    def take(self, topic: str, payload: bytes, is_retained: bool, prefix: str) -> None:
        """A message; one that no board sends is left out, and said in the log."""
        found = parse_topic(topic, prefix)
        if found is None or not payload:
            return
        board, kind = found
        try:
            with self._lock:
                self._take(board, kind, payload, is_retained)
        except (WrongMessage, ValueError, RecursionError) as error:
            log.warning("%s of %s is not what a board sends: %s", kind, board[:64], error)

    def _take(self, board: str, kind: str, payload: bytes, is_retained: bool) -> None:
        news = self._news.setdefault(board, {})
        if not is_retained:
            news["heard"] = time.time()
        if kind == "availability":
            news["online"] = parse_availability(payload)
            (self.online.add if news["online"] else self.online.discard)(board)
            (self._arrived.add if news["online"] else self._arrived.discard)(board)
        elif kind == "state":
            if len(payload) > _MOST_STATE or b"\\u0000" in payload:
                raise WrongMessage(f"a state of {len(payload)} bytes, or with a NUL sign")
            state = json.loads(payload.decode("utf-8"))
            if not isinstance(state, dict):
                raise WrongMessage("no JSON object")
            news["state"] = state

    def broker_gone(self) -> None:
        """Nobody knows who is there."""
        with self._lock:
            self.online, self._arrived = set(), set()

    def draw(self) -> tuple[dict[str, dict[str, Any]], set[str], set[str]]:
        """What is new since the last call, by board; who is there; and who came."""
        with self._lock:
            found, self._news = self._news, {}
            arrived, self._arrived = self._arrived, set()
            return found, set(self.online), arrived


class SiteKeeper:
    """``run`` is the body of a thread of every collector; only one of them has anything to do."""

    def __init__(self, settings: SiteSettings, metrics: SiteMetrics) -> None:
        """Raises SiteError: no password, no certificates."""
        self._settings, self._metrics = settings, metrics
        self._password = settings.database.password
        self._news = BoardNews()
        self._policy = ResendPolicy(settings.keep)
        self._client: Any = None
        self._tended = 0.0

    def run(self, stop: threading.Event) -> None:
        """Until ``stop``; trouble with the database is waited out."""
        while not stop.is_set():
            try:
                own = self._settings.database
                with database.connect(own.url, self._password, "nano-ocr-site-keep") as connection:
                    self._keep(connection, stop)
            except psycopg.Error as error:
                log.warning("nobody looks for gaps until the database is back: %s", str(error).strip())
            finally:
                self._rest()
            stop.wait(self._settings.keep.look_s)

    def _keep(self, connection: database.Connection, stop: threading.Event) -> None:
        """While this is the keeper."""
        while not stop.is_set():
            found = connection.execute("SELECT pg_try_advisory_lock(%s)", (database.KEEPING,)).fetchone()
            if found and found[0]:
                break
            stop.wait(self._settings.keep.look_s)
        else:
            return
        self._metrics.keeps.set(1)
        self._policy = ResendPolicy(self._settings.keep)
        self._listen()
        while not stop.is_set():
            self.look(connection)
            stop.wait(self._settings.keep.look_s)

    def _listen(self) -> None:
        own, prefix = self._settings.mqtt, self._settings.mqtt.prefix
        name = f"nano-ocr-site-{self._settings.collect.own_name}-keeper"
        self._client = client = session.make_client(own, name, manual=False)

        def connected(client: Any, _: Any, __: Any, code: Any, *___: Any) -> None:
            if not code.is_failure:
                client.subscribe([(f"{prefix}/+/availability", 1), (f"{prefix}/+/state", 0)])

        client.on_connect = connected
        client.on_disconnect = lambda *_: self._news.broker_gone()
        client.on_message = lambda _, __, it: self._news.take(it.topic, it.payload, it.retain, prefix)
        client.connect_async(own.host, own.port, own.keepalive_s, clean_start=True)
        client.loop_start()

    def _rest(self) -> None:
        """Another one may be the keeper now."""
        self._metrics.keeps.set(0)
        if self._client is not None:
            self._client.disconnect()
            self._client.loop_stop()
            self._client = None

    # --- one look --------------------------------------------------------------------------------------------------

    def look(self, connection: database.Connection) -> None:
        """Writes down how boards are, follows them, and asks for what is missing. Raises psycopg.Error."""
        now = time.monotonic()
        if not self._tended or now - self._tended > _TEND_S:
            self._tend(connection)
            self._tended = now
        news, online, arrived = self._news.draw()
        self._write_news(connection, news)
        for board in arrived:
            self._policy.arrived(board, now)
        for board, its in news.items():
            if its.get("online") is False:
                self._policy.left(board)
            number = its.get("state", {}).get("number")
            if isinstance(number, int) and not isinstance(number, bool):
                self._policy.said(board, number)
        gaps = chains.follow(connection, self._settings.keep.history)
        complete = chains.completes(connection)
        asking = self._policy.look(gaps, complete, online, now)
        self._act(connection, asking)
        self._metrics.gaps.set(self._policy.asked)
        self._metrics.boards.set(len(complete))
        self._metrics.online.set(len(online))

    def _write_news(self, connection: database.Connection, news: dict[str, dict[str, Any]]) -> None:
        rows = [
            (board, _moment(its.get("heard")), its.get("online"), json.dumps(its["state"]) if "state" in its else None)
            for board, its in sorted(news.items())
        ]
        if rows:
            connection.execute(_HEARD, [list(column) for column in zip(*rows, strict=True)])

    def _act(self, connection: database.Connection, asking: Asking) -> None:
        for gap in asking.closed:
            connection.execute(_CLOSED, (False, gap.board))
        for gap in asking.opened:
            connection.execute(_OPENED, (gap.board, gap.after, gap.upto))
        for gap in asking.given_up:
            log.error("%s: the parts after %d and up to %d are lost to the site", gap.board, gap.after, gap.upto)
            connection.execute(_CLOSED, (True, gap.board))
            chains.give_up(connection, gap)
            self._metrics.given_up.inc()
        for board, number in asking.ask.items():
            self._client.publish(f"{self._settings.mqtt.prefix}/{board}/resend", str(number), qos=1)
            self._metrics.asked.inc()
        if asking.opened:
            log.info("%d boards are asked for parts that are missing", len(asking.opened))

    def _tend(self, connection: database.Connection) -> None:
        made, dropped = months.tend(connection, self._settings.keep.months)
        days = self._settings.keep.dead_days
        connection.execute("DELETE FROM dead_letters WHERE received < now() - make_interval(days => %s)", (days,))
        for what, which in (("made", made), ("dropped", dropped)):
            if which:
                log.info("%s: %s", what, ", ".join(map(months.name_of, which)))


def _moment(seconds: float | None) -> Any:
    return None if seconds is None else datetime.fromtimestamp(seconds, timezone.utc)
