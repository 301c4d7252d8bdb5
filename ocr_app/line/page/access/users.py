"""Who may sign in: a file of names with roles and hashed secrets, which only its owner may read.

Secrets are hashed by PBKDF2 with HMAC-SHA-256, which every Python has; scrypt is missing from builds of Python 3.6.
"""

import base64
import hashlib
import hmac
import json
import logging
import os
import re
import stat
from typing import Any, Dict, List, NamedTuple, Optional

from ocr_app.core.errors import ServiceError, UsageError
from ocr_app.core.files import write_whole
from ocr_app.core.logs import fields

LOG = logging.getLogger(__name__)
SCHEMA = "nano-ocr/page-users/1"
VIEWER, OPERATOR, ENGINEER = "viewer", "operator", "engineer"
ROLES = (VIEWER, OPERATOR, ENGINEER)
"""Each role may do what those before it may."""
LEAST_PIN, LEAST_PASSWORD, LONGEST = 6, 10, 200
ROUNDS = 600000  # OWASP, Password Storage Cheat Sheet, 2023
_KIND, _SALT = "pbkdf2-sha256", 16
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}\Z")
_NEXT = "ocr-app line users add USERS.json NAME --role operator"
_ROWS = ("0123456789", "9876543210")


class PageUser(NamedTuple):
    """``secret``: "pbkdf2-sha256$600000$SALT$HASH"."""

    name: str
    role: str
    secret: str


def may(role: str, least: str) -> bool:
    """Whether ``role`` may do what ``least`` may; the empty role may nothing."""
    return role in ROLES and ROLES.index(role) >= ROLES.index(least)


def hashed(secret: str, salt: Optional[bytes] = None) -> str:
    """The secret as it is stored."""
    salt = os.urandom(_SALT) if salt is None else salt
    coded = [base64.b64encode(part).decode("ascii") for part in (salt, _digest(secret, salt, ROUNDS))]
    return "$".join([_KIND, str(ROUNDS)] + coded)


def _digest(secret: str, salt: bytes, rounds: int) -> bytes:
    return hashlib.pbkdf2_hmac("sha256", secret.encode("utf-8", "replace"), salt, rounds)


def fits(secret: str, stored: str) -> bool:
    """Whether ``secret`` is the one that was stored; takes as long for a wrong one."""
    _, rounds, salt, digest = stored.split("$")
    return hmac.compare_digest(_digest(secret, base64.b64decode(salt), int(rounds)), base64.b64decode(digest))


NOBODY = PageUser(
    "", "", "$".join([_KIND, str(ROUNDS), base64.b64encode(b"-" * _SALT).decode("ascii"), "A" * 43 + "="])
)
"""Compared with where a name does not exist, so that the time does not tell which names do."""


def load(path: str) -> Dict[str, PageUser]:
    """The users by name. Raises ServiceError: a file that is missing, malformed, or that others may change."""
    expected = "a file that `ocr-app line users` wrote"
    try:
        mode = os.stat(path).st_mode
        with open(path, encoding="utf-8") as stream:
            record = json.load(stream)
        if record["schema"] != SCHEMA:
            raise ValueError("schema {!r}".format(record["schema"]))
        found = {name: PageUser(name, own["role"], own["secret"]) for name, own in record["users"].items()}
        for user in found.values():
            _check(user)
    except OSError as error:
        raise ServiceError("users in {}: {}".format(path, error.strerror), expected, _NEXT) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ServiceError("users in {}: {!r}".format(path, error), expected, _NEXT) from error
    if mode & (stat.S_IWGRP | stat.S_IWOTH):
        raise ServiceError("others may change {}".format(path), "a file of its owner alone", "chmod 600 " + path)
    return found


def _check(user: PageUser) -> None:
    if user.role not in ROLES or not _NAME.match(user.name):
        raise ValueError("{} with the role {!r}".format(user.name, user.role))
    kind, rounds, salt, digest = user.secret.split("$")
    sizes = len(base64.b64decode(salt)), len(base64.b64decode(digest))
    if (kind, int(rounds)) != (_KIND, ROUNDS) or sizes != (_SALT, 32):
        raise ValueError("the secret of {}".format(user.name))


def save(path: str, users: Dict[str, PageUser]) -> None:
    """Writes the file, for its owner alone. Raises BuildError."""
    users_json = {name: {"role": user.role, "secret": user.secret} for name, user in sorted(users.items())}
    record = {"schema": SCHEMA, "users": users_json}
    old = os.umask(0o077)
    try:
        write_whole(path, (json.dumps(record, indent=1) + "\n").encode("utf-8"))
    finally:
        os.umask(old)


def add(path: str, name: str, role: str, secret: str) -> None:
    """Adds a user, or gives one another role and secret. Raises UsageError for a weak secret or a wrong name."""
    if not _NAME.match(name):
        raise UsageError("the name {!r}".format(name), "up to 40 of A-Z a-z 0-9 . _ -, with a letter or digit first")
    problem = weakness(role, name, secret)
    if problem:
        raise UsageError(problem, "{} of a {}".format("the PIN" if role == OPERATOR else "the password", role))
    users = load(path) if os.path.exists(path) else {}
    users[name] = PageUser(name, role, hashed(secret))
    save(path, users)


def remove(path: str, name: str) -> None:
    """Raises UsageError where there is no such user."""
    users = load(path)
    if name not in users:
        raise UsageError("no user {!r} in {}".format(name, path), ", ".join(sorted(users)) or "nobody")
    del users[name]
    save(path, users)


def weakness(role: str, name: str, secret: str) -> str:
    """What is wrong with a new secret, in words; empty where it is good enough."""
    if len(secret) > LONGEST:
        return "more than {} characters".format(LONGEST)
    if role == OPERATOR:
        return _weakness_of_pin(secret)
    if len(secret) < LEAST_PASSWORD:
        return "a password of {} characters; it needs {}".format(len(secret), LEAST_PASSWORD)
    if len(set(secret)) < 5 or name.lower() in secret.lower():
        return "a password that is easily guessed"
    return ""


def _weakness_of_pin(pin: str) -> str:
    if not re.match(r"[0-9]+\Z", pin):
        return "a PIN has digits only"
    if len(pin) < LEAST_PIN:
        return "a PIN of {} digits; it needs {}".format(len(pin), LEAST_PIN)
    return "a PIN that is easily guessed" if _is_guessable(pin) else ""


def _is_guessable(pin: str) -> bool:
    """One digit, two that alternate, or digits in their order."""
    return len(set(pin)) < 3 or any(pin in row * 2 for row in _ROWS)


def weaknesses(path: str) -> List[str]:
    """What makes the file weak, in words. Raises ServiceError."""
    users = load(path)
    found: List[str] = []
    if os.stat(path).st_mode & (stat.S_IRGRP | stat.S_IROTH):
        found.append("others may read page.users_file: chmod 600 {}".format(path))
    if not any(may(user.role, OPERATOR) for user in users.values()):
        found.append("page.users_file has no operator and no engineer: nobody can acknowledge an alarm")
    return found


class PageUsers:
    """The users of a file, which is read again when it changes. For use by several threads."""

    def __init__(self, path: str) -> None:
        """Raises ServiceError."""
        self._path, self._seen, self._users = path, _state(path), load(path)

    def current(self) -> Dict[str, PageUser]:
        """The users by name; nobody while the file is missing or wrong, which is logged once."""
        seen = _state(self._path)
        if seen != self._seen:
            self._seen = seen
            try:
                self._users = load(self._path)
            except ServiceError as error:
                LOG.error("nobody may sign in to the page", extra=fields(found=error.found))
                self._users = {}
        return self._users


def _state(path: str) -> Any:
    """What changes when the file does."""
    try:
        about = os.stat(path)
        return about.st_mtime_ns, about.st_size, about.st_ino, about.st_mode
    except OSError:
        return None


def roles_of(users: Dict[str, Any]) -> List[str]:
    """One row for each user, sorted by name."""
    return ["{:<24} {}".format(name, users[name].role) for name in sorted(users)]
