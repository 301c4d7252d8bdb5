"""Who is signed in: sessions in memory, and the tokens that prove that a form came from this page.

A session has an identifier of 256 random bits, of which the server keeps the SHA-256 only. It ends after a time
without a click, after twelve hours, when the person signs out, and when the service ends. Signing in always makes a
new one, so that an identifier that somebody planted in a browser is worth nothing.
"""

import base64
import hashlib
import hmac
import os
import threading
import time
from typing import Callable, Dict, Optional

from ocr_app.line.page.access.users import PageUser

MOST = 200
LONGEST_S = 12 * 3600.0
_BYTES = 32


def _random() -> str:
    return base64.urlsafe_b64encode(os.urandom(_BYTES)).decode("ascii").rstrip("=")


class PageSession:
    """One sign-in. ``csrf``: what every form of this session carries."""

    def __init__(self, user: PageUser, now: float) -> None:
        self.user, self.csrf = user, _random()
        self.began, self.used = now, now


class PageSessions:
    """For use by several threads. ``idle_s``: time without a click after which a session ends."""

    def __init__(self, idle_s: float, now: Callable[[], float] = time.monotonic) -> None:
        self._idle_s, self._now = idle_s, now
        self._lock = threading.Lock()
        self._sessions: Dict[str, PageSession] = {}

    def begin(self, user: PageUser) -> str:
        """A new session; returns its identifier, for the cookie. Beyond MOST, the one that was idle longest ends."""
        identifier = _random()
        with self._lock:
            self._forget_old()
            while len(self._sessions) >= MOST:
                del self._sessions[min(self._sessions, key=lambda key: self._sessions[key].used)]
            self._sessions[_digest(identifier)] = PageSession(user, self._now())
        return identifier

    def of(self, identifier: str, is_click: bool = True) -> Optional[PageSession]:
        """The session, None where there is none any more. ``is_click``: whether this keeps it from being idle."""
        with self._lock:
            self._forget_old()
            found = self._sessions.get(_digest(identifier)) if identifier else None
            if found is not None and is_click:
                found.used = self._now()
            return found

    def end(self, identifier: str) -> None:
        """Signs out."""
        with self._lock:
            self._sessions.pop(_digest(identifier), None)

    def _forget_old(self) -> None:
        now = self._now()
        old = [
            key
            for key, session in self._sessions.items()
            if now - session.used > self._idle_s or now - session.began > LONGEST_S
        ]
        for key in old:
            del self._sessions[key]


def _digest(identifier: str) -> str:
    return hashlib.sha256(identifier.encode("utf-8", "replace")).hexdigest()


class FormTokens:
    """Before anybody signed in: a random cookie, and a token in the form that only this process can make of it."""

    def __init__(self) -> None:
        self._key = os.urandom(_BYTES)

    @staticmethod
    def new_cookie() -> str:
        """A value for the cookie."""
        return _random()

    def token(self, cookie: str) -> str:
        """What the form carries."""
        return hmac.new(self._key, cookie.encode("utf-8", "replace"), hashlib.sha256).hexdigest()

    def fits(self, cookie: str, token: str) -> bool:
        """Whether the form was made for the browser that has the cookie."""
        return bool(cookie) and same(self.token(cookie), token)


def same(expected: str, given: str) -> bool:
    """Whether two secrets are equal; takes as long where they are not."""
    return hmac.compare_digest(expected.encode("utf-8", "replace"), given.encode("utf-8", "replace"))
