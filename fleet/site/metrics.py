"""What a collector says about itself to Prometheus."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server

from fleet.core.errors import SiteError

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class SiteMetrics:
    """Every metric of one collector. For use by several threads."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.received = self._count("received", "messages that the broker delivered")
        self.stored = self._count("stored", "parts that are new in the database")
        self.repeated = self._count("repeated", "parts that were in the database already")
        self.dead = self._count("dead_letters", "messages that cannot be stored, which are kept with their reason")
        self.acknowledged = self._count("acknowledged", "messages acknowledged to the broker, after their commit")
        self.withheld = self._count("withheld", "messages stored after their connection had gone, which come again")
        self.failures = self._count(
            "database_failures", "batches that the database did not take, and that are tried again"
        )
        self.asked = self._count("resend_asked", "requests to boards to send parts again")
        self.given_up = self._count("gaps_given_up", "gaps that no board could close")
        self.waiting = self._show("waiting", "messages that are here and not stored yet")
        self.connected = self._show("broker_connected", "1 while the broker is connected")
        self.database = self._show("database_connected", "1 while the database is connected")
        self.keeps = self._show("keeps", "1 in the one collector that looks for gaps and cares for months")
        self.gaps = self._show("gaps_open", "boards with a gap now")
        self.boards = self._show("boards", "boards that the site knows")
        self.online = self._show("boards_online", "boards that the broker calls online")
        self.batch = Histogram(
            "nano_ocr_site_batch_seconds", "time from taking a batch to its commit", buckets=_SECONDS,
            registry=self.registry,
        )  # fmt: skip

    def _count(self, name: str, about: str) -> Counter:
        return Counter(f"nano_ocr_site_{name}", about, registry=self.registry)

    def _show(self, name: str, about: str) -> Gauge:
        return Gauge(f"nano_ocr_site_{name}", about, registry=self.registry)


def serve(metrics: SiteMetrics, address: str) -> Callable[[], None]:
    """Answers Prometheus at HOST:PORT; returns what ends it. Raises SiteError where the address is taken."""
    host, _, port = address.rpartition(":")
    try:
        server, thread = start_http_server(int(port), addr=host.strip("[]"), registry=metrics.registry)
    except OSError as error:
        raise SiteError(
            f"collect.metrics {address}: {error}", "a free address", "another one in the settings"
        ) from error
    return lambda: _end(server, thread)


def _end(server: Any, thread: threading.Thread) -> None:
    server.shutdown()
    server.server_close()
    thread.join(5.0)
