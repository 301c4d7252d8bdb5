"""A collector: takes messages of a shared subscription, writes them in batches, and acknowledges what is committed.

While the database is away, nothing is acknowledged: the broker stops sending when the window is full, keeps the rest,
and sends everything again to the session if the collector dies.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Sequence
from typing import Any

import psycopg

from fleet.core.errors import SiteError
from fleet.gateway.messages import WrongMessage
from fleet.site.collecting import records
from fleet.site.collecting.session import Delivery, SharedSession
from fleet.site.metrics import SiteMetrics
from fleet.site.settings import SiteSettings
from fleet.site.store import database
from fleet.site.store.writing import BatchWriter, DeadLetter, Written

log = logging.getLogger(__name__)
_PAUSES_S = (0.2, 0.5, 1.0, 2.0)
_POLL_S = 0.2


class MessageInbox:
    """What came and is not written yet; its bound is the window that the broker keeps to."""

    def __init__(self) -> None:
        self._waiting: deque[Delivery] = deque()
        self._condition = threading.Condition()

    def put(self, delivery: Delivery) -> None:
        """Never waits."""
        with self._condition:
            self._waiting.append(delivery)
            self._condition.notify()

    def take(self, most: int, linger_s: float, wait_s: float = _POLL_S) -> list[Delivery]:
        """Up to ``most`` messages, in order; fewer when no more came within ``linger_s`` of the first; maybe none."""
        with self._condition:
            if not self._condition.wait_for(lambda: bool(self._waiting), wait_s):
                return []
            until = time.monotonic() + linger_s
            while len(self._waiting) < most and (left := until - time.monotonic()) > 0:
                self._condition.wait(left)
            return [self._waiting.popleft() for _ in range(min(most, len(self._waiting)))]

    def __len__(self) -> int:
        return len(self._waiting)


class SiteCollector:
    """``run`` is the whole life of a collector."""

    def __init__(self, settings: SiteSettings, metrics: SiteMetrics) -> None:
        """Raises SiteError: no password, no certificates."""
        own = settings.collect
        self._settings, self._metrics = settings, metrics
        self._inbox = MessageInbox()
        self._password = settings.database.password
        topic = f"$share/{own.group}/{settings.mqtt.prefix}/+/part"
        self.session = SharedSession(
            settings.mqtt, f"nano-ocr-site-{own.own_name}", topic, own.expiry_s, own.window, self._came,
            lambda is_connected: metrics.connected.set(int(is_connected)),
        )  # fmt: skip
        self._connection: database.Connection | None = None
        self._writer: BatchWriter | None = None

    def _came(self, delivery: Delivery) -> None:
        self._inbox.put(delivery)
        self._metrics.received.inc()
        self._metrics.waiting.set(len(self._inbox))

    def run(self, stop: threading.Event) -> None:
        """Until ``stop``. Raises SiteError: another collector has the same name, or nothing may be subscribed."""
        self.session.start()
        try:
            while not stop.is_set():
                if self.session.trouble:
                    raise SiteError(
                        self.session.trouble, "a name and rights of its own for each collector", "collect.name"
                    )
                batch = self._inbox.take(self._settings.collect.batch, self._settings.collect.linger_ms / 1000.0)
                if batch and self._store(batch, stop):
                    self._acknowledge(batch)
        finally:
            self.session.stop()
            self._hang_up()

    def _acknowledge(self, batch: list[Delivery]) -> None:
        done = self.session.acknowledge(batch)
        self._metrics.acknowledged.inc(done)
        self._metrics.withheld.inc(len(batch) - done)
        self._metrics.waiting.set(len(self._inbox))

    def _store(self, batch: Sequence[Delivery], stop: threading.Event) -> bool:
        """True when the batch is committed; it is tried until then, or until ``stop``."""
        rows, dead = sort_out(batch, self._settings.mqtt.prefix)
        failed, started = 0, time.monotonic()
        while not stop.is_set():
            try:
                written = self._open().write(rows, dead)
            except psycopg.Error as error:
                self._failed(error, failed)
                stop.wait(_PAUSES_S[min(failed, len(_PAUSES_S) - 1)])
                failed += 1
                continue
            self._metrics.batch.observe(time.monotonic() - started)
            self._count(written)
            return True
        return False

    def _open(self) -> BatchWriter:
        """The connection, made anew where it is gone. Raises psycopg.OperationalError."""
        if self._writer is None:
            own = self._settings.database
            self._connection = database.connect(own.url, self._password, "nano-ocr-site-collect")
            self._writer = BatchWriter(self._connection)
            self._metrics.database.set(1)
        return self._writer

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = self._writer = None
        self._metrics.database.set(0)

    def _failed(self, error: psycopg.Error, times: int) -> None:
        self._metrics.failures.inc()
        if times == 0:
            log.error("the database does not take a batch, which is tried again: %s", str(error).strip())
        self._hang_up()

    def _count(self, written: Written) -> None:
        self._metrics.stored.inc(written.stored)
        self._metrics.repeated.inc(written.repeated)
        if written.dead:
            self._metrics.dead.inc(written.dead)
            log.warning("%d messages are no results of boards; see the table dead_letters", written.dead)


def sort_out(batch: Sequence[Delivery], prefix: str) -> tuple[list[tuple[DeadLetter, Any]], list[DeadLetter]]:
    """Rows, each with its message, and messages that are none. A part that is there twice is one row."""
    rows: dict[tuple[str, float], tuple[DeadLetter, Any]] = {}
    dead = []
    for delivery in batch:
        message = DeadLetter(delivery.topic, delivery.payload, "")
        try:
            row = records.parse(delivery.topic, delivery.payload, prefix)
        except WrongMessage as error:
            dead.append(message._replace(reason=str(error)))
            continue
        rows[row.id, row.at] = (message, row)
    return list(rows.values()), dead
