"""Who may ask for what: names under which the page is served, people and their roles, and forms of this page alone."""

import asyncio
import re
from typing import Any, Awaitable, Callable, Dict, NamedTuple, Optional
from urllib.parse import urlsplit

from aiohttp import web

from ocr_app.line.page.access.sessions import PageSessions, same
from ocr_app.line.page.access.users import VIEWER, PageUsers, may
from ocr_app.line.settings.page import LOOPBACK, OPEN, PageSettings

COOKIE, FORM_COOKIE = "nano-ocr-session", "nano-ocr-form"
BODY_BYTES, BODY_S = 16384, 10.0
HEADERS = {
    "Server": "nano-ocr",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_FORM = "application/x-www-form-urlencoded"
_NEXT = re.compile(r"/(rejects|history|health|product|regions|teach|parts/[0-9]{1,18})?\Z")


class PagePerson(NamedTuple):
    """Who asks: ``user`` is empty for somebody who is not signed in; ``csrf``: what that person's forms carry."""

    user: str
    role: str
    csrf: str = ""
    identifier: str = ""


class NotSignedIn(Exception):
    """What was asked for needs a sign-in."""


class PageGate:
    """``users``: None where everyone of this computer may look; ``is_secure``: whether the page is served by TLS."""

    def __init__(self, settings: PageSettings, users: Optional[PageUsers], is_secure: bool) -> None:
        self._settings, self.users, self.is_secure = settings, users, is_secure
        self.sessions = PageSessions(settings.idle_min * 60.0)

    def check_host(self, request: web.Request) -> None:
        """A local page answers under local names only: another name may be one that a foreign site made point here.

        Raises HTTPMisdirectedRequest.
        """
        try:
            name = urlsplit("//" + request.headers.get("Host", "")).hostname or ""
        except ValueError:
            name = ""
        if self._settings.is_local and name not in LOOPBACK:
            raise web.HTTPMisdirectedRequest()

    def person(self, request: web.Request, is_click: bool = True) -> PagePerson:
        """Who asks; the role is empty for somebody who may not even look."""
        identifier = request.cookies.get(COOKIE, "")
        session = self.sessions.of(identifier, is_click) if self.users is not None else None
        if session is not None and self.users is not None:
            user = session.user
            if self.users.current().get(user.name) == user:
                return PagePerson(user.name, user.role, session.csrf, identifier)
            self.sessions.end(identifier)  # removed, or with another role or secret since
        is_open = self.users is None or self._settings.look == OPEN
        return PagePerson("", VIEWER if is_open else "")

    def demand(self, request: web.Request, least: str, is_click: bool = True) -> PagePerson:
        """Raises NotSignedIn, and HTTPForbidden for somebody whose role is too low."""
        person = self.person(request, is_click)
        if may(person.role, least):
            return person
        if person.user:
            raise web.HTTPForbidden()
        raise NotSignedIn()

    async def form(self, request: web.Request) -> Dict[str, str]:
        """The fields of a form that came from this page's own address; its token is checked by ``check_token``.

        Raises HTTPForbidden, HTTPUnsupportedMediaType, HTTPRequestTimeout, HTTPRequestEntityTooLarge.
        """
        self._check_origin(request)
        if request.content_type != _FORM:
            raise web.HTTPUnsupportedMediaType()
        try:
            found = await asyncio.wait_for(request.post(), BODY_S)
        except asyncio.TimeoutError:
            raise web.HTTPRequestTimeout()
        except UnicodeDecodeError:
            raise web.HTTPBadRequest()
        return {name: value for name, value in found.items() if isinstance(value, str)}

    @staticmethod
    def _check_origin(request: web.Request) -> None:
        """Browsers say where a form comes from. Raises HTTPForbidden for any other place."""
        origin = request.headers.get("Origin")
        site = request.headers.get("Sec-Fetch-Site")
        own = request.headers.get("Host", "")
        if (origin is not None and urlsplit(origin).netloc != own) or site not in (None, "same-origin", "none"):
            raise web.HTTPForbidden(reason="form")

    @staticmethod
    def check_token(person: PagePerson, form: Dict[str, str]) -> None:
        """Raises HTTPForbidden for a form that was not made for this sign-in."""
        if not person.csrf or not same(person.csrf, form.get("csrf", "")):
            raise web.HTTPForbidden(reason="form")

    def set_cookie(self, response: web.StreamResponse, name: str, value: str) -> None:
        """Scripts do not see it, and no other site's request carries it."""
        response.set_cookie(name, value, path="/", httponly=True, secure=self.is_secure, samesite="Strict")


def where_to(text: str) -> str:
    """A screen of this page; the live one for anything else, so that no link leads people elsewhere."""
    return text if _NEXT.match(text) else "/"


def address_of(request: web.Request) -> str:
    """The address of the browser."""
    peer = request.transport.get_extra_info("peername") if request.transport is not None else None
    return str(peer[0]) if peer else ""


Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Error = Callable[[web.Request, int, str], web.StreamResponse]


def middleware(gate: PageGate, arrived: Callable[[Any], None], error: Error, log: Callable[[], None]) -> Any:
    """Checks the name, turns errors into pages, and gives every answer its headers.

    ``arrived`` is called with the transport of each request; ``error`` makes the page of a status, with the reason
    that was given; ``log`` is called for an exception that nobody expected.
    """

    @web.middleware
    async def checked(request: web.Request, handler: Handler) -> web.StreamResponse:
        arrived(request.transport)
        try:
            gate.check_host(request)
            response = await handler(request)
        except NotSignedIn:
            response = _to_sign_in(request)
        except web.HTTPException as failed:
            response = failed if failed.status < 400 else error(request, failed.status, failed.reason or "")
        except (asyncio.CancelledError, ConnectionError):
            raise
        except Exception:
            log()
            response = error(request, 500, "")
        if not response.prepared:
            response.headers.update(HEADERS)
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    return checked


def _to_sign_in(request: web.Request) -> web.StreamResponse:
    wants_page = request.method == "GET" and "text/html" in request.headers.get("Accept", "text/html")
    if not wants_page:
        return web.Response(status=401, text="sign in\n")
    return web.Response(status=303, headers={"Location": "/sign-in?next=" + where_to(request.path)})
