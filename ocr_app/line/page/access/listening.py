"""Where the page listens, and under which conditions: other computers by TLS and with users, or not at all."""

import socket
import ssl
from typing import Any, NamedTuple, Optional

from ocr_app.core.errors import ServiceError
from ocr_app.line.page.access import certificate
from ocr_app.line.page.access.users import PageUsers
from ocr_app.line.settings.page import PageSettings

_WAITING = 64


class PageLibraries(NamedTuple):
    """The modules ``aiohttp.web`` and ``jinja2``."""

    web: Any
    jinja2: Any


def libraries() -> PageLibraries:
    """Raises ServiceError where one is not installed."""
    try:
        import jinja2
        from aiohttp import web
    except ImportError as error:
        found = "the page needs the packages aiohttp and Jinja2: {}".format(error)
        raise ServiceError(found, "ocr-app[line] in this Python", "pip install 'ocr-app[line]'") from error
    return PageLibraries(web, jinja2)


class PageAddress(NamedTuple):
    """A socket that listens; ``context``: TLS, None without; ``users``: None where everyone may look."""

    bound: socket.socket
    context: Optional[ssl.SSLContext]
    users: Optional[PageUsers]

    def url(self, name: str) -> str:
        """What a browser asks for."""
        host = "[{}]".format(name) if ":" in name else name
        return "{}://{}:{}/".format("https" if self.context else "http", host, self.bound.getsockname()[1])


def listen(settings: PageSettings, folder: str) -> PageAddress:
    """Raises ServiceError: other computers without users, no certificate, an address that is taken."""
    found = PageUsers(settings.users_file) if settings.users_file else None
    if not settings.is_local and not (found and found.current()):
        raise ServiceError(
            "page.listen {} lets other computers in, and nobody may sign in".format(settings.listen),
            "users in page.users_file, or a loopback address",
            "ocr-app line users add USERS.json NAME --role engineer",
        )
    secure = not settings.is_local or bool(settings.certificate_file)
    context = certificate.context_of(settings, folder) if secure else None
    return PageAddress(bind(settings), context, found)


def bind(settings: PageSettings) -> socket.socket:
    """A socket that listens. Raises ServiceError where the address is taken, or not of this computer."""
    host, _, port = settings.listen.rpartition(":")
    host = host.strip("[]")
    bound = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, int(port)))
        bound.listen(_WAITING)
        bound.setblocking(False)
    except OSError as error:
        bound.close()
        found = "the page cannot listen on {}: {}".format(settings.listen, error.strerror or error)
        raise ServiceError(found, "an address that is free", "page.listen: another") from error
    return bound
