"""`./inv site ...`: the verbs."""

from __future__ import annotations

import argparse
import logging
import signal
import sys
import threading
from collections.abc import Sequence

import attr
import psycopg

from fleet.core import logs
from fleet.core.errors import SiteError
from fleet.site import metrics as measured
from fleet.site import settings as settled
from fleet.site.collecting.collector import SiteCollector
from fleet.site.keeping.keeper import SiteKeeper
from fleet.site.settings import SiteSettings
from fleet.site.store import database, months
from ocr_app.core.errors import OcrError

log = logging.getLogger(__name__)


VERBS = ("demo", "collect", "page", "migrate", "bench")


def run(
    verb: str, path: str, name: str = "", metrics: str = "", seconds: float = 0.0, quick: bool = False,
    publish: bool = False,
) -> int:  # fmt: skip
    """One verb; its exit code. Raises SiteError."""
    if verb == "migrate":
        return migrate(path)
    if verb == "collect":
        return collect(path, name, metrics)
    if verb == "page":
        from fleet.site.page import server

        return server.run(read(path))
    if verb == "demo":
        from fleet.site.proof import demo

        return demo.run(seconds)
    if verb == "bench":
        from fleet.site.proof import report

        return report.run(publish, quick)
    raise SiteError(f"site {verb}: not known", " or ".join(VERBS), "./inv --help site")


def read(path: str, name: str = "", metrics: str = "") -> SiteSettings:
    """The settings, with the name of a collector and its address for Prometheus instead of those in the file."""
    settled.exists(path)
    found = settled.load(path)
    own = found.collect
    own = attr.evolve(own, name=name or own.name, metrics=metrics or own.metrics)
    return attr.evolve(found, collect=own)


def migrate(path: str) -> int:
    """Makes tables and months. Returns 0. Raises SiteError."""
    found = read(path)
    try:
        with database.connect(found.database.url, found.database.password) as connection:
            made = database.migrate(connection)
            created, _ = months.tend(connection, found.keep.months)
    except psycopg.Error as error:
        raise _trouble(found, error) from error
    print("\n".join([*made, *map(months.name_of, created)]) or "nothing to do")
    return 0


def collect(path: str, name: str = "", metrics: str = "") -> int:
    """Collects until SIGTERM or Ctrl-C. Returns 0. Raises SiteError: no tables in the database, or a name is taken."""
    found = read(path, name, metrics)
    try:
        with database.connect(found.database.url, found.database.password) as connection:
            database.check(connection)
    except psycopg.OperationalError as error:
        log.warning("the database is away; results wait at the broker: %s", str(error).strip())
    except psycopg.Error as error:
        raise _trouble(found, error) from error
    counted, stop = measured.SiteMetrics(), threading.Event()
    collector, keeper = SiteCollector(found, counted), SiteKeeper(found, counted)
    end = measured.serve(counted, found.collect.metrics) if found.collect.metrics else lambda: None
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    keeping = threading.Thread(target=_guarded, args=(keeper, stop), name="keeper")
    keeping.start()
    try:
        collector.run(stop)
    finally:
        stop.set()
        keeping.join(10.0)
        end()
    return 0


def _guarded(keeper: SiteKeeper, stop: threading.Event) -> None:
    """A fault of our own ends the process, so that it is started again."""
    try:
        keeper.run(stop)
    except Exception:
        log.exception("the keeper failed")
        stop.set()
        raise


def _trouble(found: SiteSettings, error: psycopg.Error) -> SiteError:
    return SiteError(
        f"the database {found.database.url}: {str(error).strip()}", "a PostgreSQL that answers",
        "docs/how-to/collect-results.md",
    )  # fmt: skip


def main(arguments: Sequence[str]) -> int:
    """The process; an exit code of errors.py."""
    parser = argparse.ArgumentParser(prog="python -m fleet.site", description="Every result of every board.")
    parser.add_argument("verb", choices=("collect", "page", "migrate"))
    parser.add_argument("--settings", default="site.yaml", help="default: %(default)s")
    parser.add_argument("--name", default="", help="of this collector, instead of collect.name")
    parser.add_argument("--metrics", default="", metavar="HOST:PORT", help="instead of collect.metrics")
    own = parser.parse_args(arguments)
    try:
        logs.configure()
        return run(own.verb, own.settings, own.name, own.metrics)
    except OcrError as error:
        print(f"site: {error}", file=sys.stderr)
        return error.exit_code
