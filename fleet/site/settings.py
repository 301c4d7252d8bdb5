# ruff: noqa: RUF009 - the defaults are declarations of attrs, not calls that are evaluated once
"""The settings file of the site: the same strict form as that of a line (docs/reference/site-settings.md)."""

import os
import re
import socket
from pathlib import Path
from typing import Any

import attr
import psycopg

from fleet.core.errors import SiteError
from ocr_app.core.errors import UsageError
from ocr_app.core.yaml_tree import DocumentKind
from ocr_app.line.settings import loading
from ocr_app.line.settings.fields import section, setting
from ocr_app.line.settings.outputs import BrokerSettings

GUIDE = "docs/reference/site-settings.md"
KIND = DocumentKind("a settings file of the site", UsageError, GUIDE)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,60}")
_ADDRESS = re.compile(r"(\S+:[0-9]{1,5})?")
_PASSWORD = re.compile(r"password\s*=|//[^/@]*:[^/@]*@")


def _is_name(value: str) -> bool:
    return not value or _NAME.fullmatch(value) is not None


def _is_address(value: str) -> bool:
    return _ADDRESS.fullmatch(value) is not None


def _is_url(value: str) -> bool:
    """A connection string that libpq takes, without a password in it."""
    if _PASSWORD.search(value):
        return False
    try:
        psycopg.conninfo.conninfo_to_dict(value)
    except psycopg.ProgrammingError:
        return False
    return True


@attr.s(auto_attribs=True, frozen=True, kw_only=True)
class SiteBroker(BrokerSettings):
    """The MQTT broker that the boards send to; `prefix` is `mqtt.prefix` of the lines."""

    host: str = setting("127.0.0.1", "Name or address of the broker.")


@attr.s(auto_attribs=True, frozen=True, kw_only=True)
class SiteDatabase:
    """The PostgreSQL that has the results."""

    url: str = setting(
        "postgresql:///nano_ocr",
        "Where it is.",
        form="a connection string of PostgreSQL without a password",
        fits=_is_url,
    )
    password_file: str = setting(
        "", "File whose first line is the password; a socket of the host needs none.", path=True
    )

    @property
    def password(self) -> str:
        """The password, empty for none. Raises SiteError where its file cannot be read."""
        if not self.password_file:
            return ""
        try:
            found = Path(self.password_file).read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise SiteError(f"database.password_file: {error}", "a file whose first line is the password") from error
        if not found or not found[0]:
            raise SiteError(f"database.password_file {self.password_file} is empty", "the password in its first line")
        return found[0]


@attr.s(auto_attribs=True, frozen=True, kw_only=True)
class SiteCollecting:
    """A collector: a member of a shared subscription that writes batches."""

    group: str = setting("site", "The shared subscription; all collectors of a site name the same.", fits=_is_name)
    name: str = setting(
        "", "Name of this collector at the broker, which no other may have; without one, that of the computer.",
        form="letters, digits, _ . -", fits=_is_name,
    )  # fmt: skip
    batch: int = setting(1000, "Results in one transaction, at most.", "results", 1, 20000)
    linger_ms: float = setting(50.0, "How long a batch waits for more.", "ms", 0.0, 10000.0)
    window: int = setting(
        2000, "Results that the broker may send before the first of them is acknowledged.", "results", 1, 65535
    )
    expiry_s: int = setting(
        60, "How long the broker keeps results for this collector while it is away.", "s", 1, 2000000000
    )
    metrics: str = setting(
        "127.0.0.1:9108", "Where Prometheus asks; empty for nowhere.", form="HOST:PORT", fits=_is_address
    )

    @property
    def own_name(self) -> str:
        """The name at the broker."""
        return self.name or re.sub(r"[^A-Za-z0-9_.-]", "-", socket.gethostname())[:60] or "collector"


@attr.s(auto_attribs=True, frozen=True, kw_only=True)
class SiteKeeping:
    """What the site does about gaps, and for how long it keeps what."""

    months: int = setting(24, "Months of results that are kept, the present one not counted.", "months", 1, 1200)
    dead_days: int = setting(90, "Days for which messages are kept that could not be stored.", "days", 1, 36500)
    look_s: float = setting(2.0, "How often gaps are looked for.", "s", 0.1, 3600.0)
    grace_s: float = setting(10.0, "Age of a gap before its board is asked for the parts.", "s", 0.0, 86400.0)
    again_s: float = setting(
        30.0, "Pause before a board is asked again that sent nothing; it doubles each time.", "s", 0.1, 86400.0
    )
    tries: int = setting(6, "How often it is asked before a gap is given up.", "times", 1, 1000)
    history: bool = setting(True, "Ask a new board for what it decided before the site heard of it.")


@attr.s(auto_attribs=True, frozen=True, kw_only=True)
class SitePage:
    """The page of the site."""

    listen: str = setting("127.0.0.1:8095", "Where the page listens.", form="HOST:PORT", fits=_is_address)
    open: bool = setting(False, "Everybody on the network may look; there are no users and there is no TLS.")
    pictures: str = setting(
        "",
        "Where boards upload pictures of rejects to (`upload.url` of the lines), as browsers reach it.",
    )
    silent_min: float = setting(
        15.0, "Minutes without a word after which a board counts as silent.", "min", 0.1, 100000.0
    )


@attr.s(auto_attribs=True, frozen=True, kw_only=True)
class SiteSettings:
    """Everything that `./inv site` can be asked for."""

    mqtt: SiteBroker = section(SiteBroker)
    database: SiteDatabase = section(SiteDatabase)
    collect: SiteCollecting = section(SiteCollecting)
    keep: SiteKeeping = section(SiteKeeping)
    page: SitePage = section(SitePage)


def load(path: str) -> SiteSettings:
    """The settings in a file. Raises UsageError for an unknown key, a wrong type or a value out of bounds."""
    found: Any = loading.load_as(SiteSettings, path, KIND)
    assert isinstance(found, SiteSettings)
    return found


def exists(path: str) -> None:
    """Raises SiteError where there is no such file."""
    if not os.path.isfile(path):
        raise SiteError(f"no settings file {path}", "site.yaml", "docs/how-to/collect-results.md has one to copy")
