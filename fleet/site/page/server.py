"""The page of the site: it reads the database, and changes nothing."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import jinja2
import psycopg
from aiohttp import web

from fleet.core.errors import SiteError
from fleet.core.files import ROOT
from fleet.site.page import queries
from fleet.site.settings import SiteSettings
from fleet.site.store import database

log = logging.getLogger(__name__)
LOOPBACK = ("127.0.0.1", "localhost", "::1")
TEMPLATES = Path(__file__).resolve().parent / "templates"
LOOK = ROOT / "ocr_app" / "line" / "page" / "assets"
OWN = Path(__file__).resolve().parent / "site.css"
ASSETS = {
    "page.css": (LOOK / "page.css", "text/css"), "icon.svg": (LOOK / "icon.svg", "image/svg+xml"),
    "site.css": (OWN, "text/css"),
}  # fmt: skip
"""The look of the board's own page, and a little beside it."""
_AT_ONCE = 4
_MOST_MS = 10000


class SiteScreens:
    """The screens. Each request has a connection of its own, and few are open at the same time."""

    def __init__(self, settings: SiteSettings) -> None:
        """Raises SiteError: no password."""
        self._settings, self._password = settings, settings.database.password
        self._slots = asyncio.Semaphore(_AT_ONCE)
        loader = jinja2.FileSystemLoader(TEMPLATES)
        self._html = jinja2.Environment(
            loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
        )
        self._html.filters.update(share=share, moment=moment, count=count, ago=ago)
        self._html.globals.update(spans=list(queries.SPANS), prefix=settings.mqtt.prefix)

    def routes(self) -> list[web.RouteDef]:
        """All of them."""
        return [
            web.get("/", self.overview), web.get("/boards", self.boards), web.get("/boards/{board}", self.board),
            web.get("/assets/{name}", self.asset),
        ]  # fmt: skip

    async def _ask(self, work: Callable[[database.Connection], Any]) -> Any:
        async with self._slots:
            return await asyncio.to_thread(self._asked, work)

    def _asked(self, work: Callable[[database.Connection], Any]) -> Any:
        with database.connect(self._settings.database.url, self._password, "nano-ocr-site-page") as connection:
            connection.execute("SET default_transaction_read_only = on")
            connection.execute(f"SET statement_timeout = {_MOST_MS}")
            return work(connection)

    def _page(self, template: str, status: int = 200, **values: Any) -> web.Response:
        values.setdefault("screen", template)
        text = self._html.get_template(f"{template}.html").render(now=_now(), **values)
        return web.Response(text=text, content_type="text/html", status=status)

    async def overview(self, request: web.Request) -> web.Response:
        """Yield, rejects, boards that differ, releases, health."""
        span, hours = _span(request)

        def ask(connection: database.Connection) -> dict[str, Any]:
            boards = queries.figures(connection, hours, self._settings.page.silent_min, _now())
            return {
                "boards": boards, "reasons": queries.reasons(connection, hours),
                "course": queries.course(connection, hours),
                "releases": queries.releases(connection, hours), "troubles": queries.troubles(connection),
            }  # fmt: skip

        found = await self._ask(ask)
        parts, passes = sum(one.parts for one in found["boards"]), sum(one.passes for one in found["boards"])
        return self._page("overview", span=span, parts=parts, passes=passes, **found)

    async def boards(self, request: web.Request) -> web.Response:
        """Every board."""
        span, hours = _span(request)
        silent = self._settings.page.silent_min
        found = await self._ask(lambda connection: queries.figures(connection, hours, silent, _now()))
        return self._page("boards", span=span, boards=found)

    async def board(self, request: web.Request) -> web.Response:
        """One board, with its last rejects and their pictures."""
        span, hours = _span(request)
        name = request.match_info["board"]

        def ask(connection: database.Connection) -> dict[str, Any]:
            every = queries.figures(connection, hours, self._settings.page.silent_min, _now())
            one = next((each for each in every if each.board == name), None)
            if one is None:
                raise web.HTTPNotFound()
            return {
                "one": one, "reasons": queries.reasons(connection, hours, name),
                "rejects": queries.rejects(connection, name),
                "course": queries.course(connection, hours, name),
            }  # fmt: skip

        found = await self._ask(ask)
        for reject in found["rejects"]:
            reject["address"] = picture_address(self._settings.page.pictures, name, reject["id"])
        return self._page("board", span=span, **found)

    async def asset(self, request: web.Request) -> web.Response:
        """A file of the look."""
        name = request.match_info["name"]
        if name not in ASSETS:
            raise web.HTTPNotFound()
        path, kind = ASSETS[name]
        return web.Response(body=path.read_bytes(), content_type=kind)

    @web.middleware
    async def guard(self, request: web.Request, handler: Any) -> web.StreamResponse:
        """Headers of every answer, and errors in plain words."""
        try:
            answer: web.StreamResponse = await handler(request)
        except psycopg.Error as error:
            log.error("the database does not answer: %s", str(error).strip())
            answer = self._page("trouble", 503, problem="The database does not answer. The page tries again by itself.")
        except web.HTTPException as error:
            if error.status < 400:
                raise
            answer = self._page("trouble", error.status, problem="There is no such page, or no such board.")
        answer.headers.update(headers(self._settings.page.pictures))
        return answer


def headers(pictures: str) -> dict[str, str]:
    """What browsers may do with a screen."""
    place = urlsplit(pictures)
    images = f"'self' {place.scheme}://{place.netloc}" if place.scheme in ("http", "https") else "'self'"
    policy = f"default-src 'none'; style-src 'self'; img-src {images}; base-uri 'none'; form-action 'self'"
    return {
        "Content-Security-Policy": policy + "; frame-ancestors 'none'", "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin", "Cache-Control": "no-store",
    }  # fmt: skip


def picture_address(base: str, board: str, part: str) -> str:
    """BASE/BOARD/ID of the part, which boards upload to; empty where nobody said where pictures are."""
    return f"{base.rstrip('/')}/{quote(board, safe='')}/{quote(part, safe='')}" if base else ""


def _span(request: web.Request) -> tuple[str, int]:
    asked = request.query.get("span", "24h")
    name = asked if asked in queries.SPANS else "24h"
    return name, queries.SPANS[name]


def _now() -> datetime:
    return datetime.now(timezone.utc)


def share(value: float | None) -> str:
    """0.987 as "98.7 %"; rounded down, so that only a board without a reject shows 100 %."""
    return "–" if value is None else f"{int(value * 1000.0) / 10.0:.1f} %"


def count(value: int) -> str:
    """1234567 as "1 234 567", with narrow spaces."""
    return f"{value:,}".replace(",", "\u202f")


def moment(value: datetime | None) -> str:
    """A time of the site's computer."""
    return "–" if value is None else value.astimezone().strftime("%Y-%m-%d %H:%M:%S")


def ago(value: datetime | None, now: datetime) -> str:
    """How long ago, in the largest unit that fits."""
    if value is None:
        return "never"
    seconds = max(0, int((now - value).total_seconds()))
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{seconds // size} {unit} ago"
    return f"{seconds} s ago"


def application(settings: SiteSettings) -> web.Application:
    """The page as an application. Raises SiteError: no password."""
    screens = SiteScreens(settings)
    made = web.Application(middlewares=[screens.guard], client_max_size=1 << 12)
    made.add_routes(screens.routes())
    return made


def check(settings: SiteSettings) -> None:
    """Raises SiteError where other computers would be let in without being asked."""
    host = settings.page.listen.rpartition(":")[0].strip("[]")
    if host not in LOOPBACK and not settings.page.open:
        raise SiteError(
            f"page.listen {settings.page.listen} lets other computers in, and the page knows no users",
            "127.0.0.1 behind a proxy with TLS and users, or page.open if everybody may look",
            "docs/how-to/collect-results.md",
        )


async def serve(settings: SiteSettings, ended: asyncio.Event) -> None:
    """Until ``ended``. Raises SiteError: the address is taken, or lets others in."""
    check(settings)
    host, _, port = settings.page.listen.rpartition(":")
    runner = web.AppRunner(application(settings), access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, host.strip("[]"), int(port)).start()
        log.info("page: http://%s/", settings.page.listen)
        await ended.wait()
    except OSError as error:
        raise SiteError(f"page.listen {settings.page.listen}: {error}", "a free address", "the settings") from error
    finally:
        await runner.cleanup()


def run(settings: SiteSettings) -> int:
    """Until SIGTERM or Ctrl-C. Returns 0. Raises SiteError."""

    async def main() -> None:
        ended = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, ended.set)
        await serve(settings, ended)

    asyncio.run(main())
    return 0
