# ruff: noqa: RUF009 - the defaults are declarations of attrs, not calls that are evaluated once
"""The section about the operator's page."""

import re
from typing import Any, Dict

import attr

from ocr_app.line.settings.fields import setting

NO_ADDRESS = "none"
LOOPBACK = ("127.0.0.1", "localhost", "::1")
SIGN_IN, OPEN = "sign-in", "open"
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


def _are_times(value: Any) -> bool:
    return all(name and isinstance(text, str) and _TIME.fullmatch(text) for name, text in value.items())


@attr.s(auto_attribs=True, frozen=True, kw_only=True)
class PageSettings:
    """The operator's page in a browser. Other computers reach it by TLS only, and only where users are set."""

    listen: str = setting(NO_ADDRESS, "Where to listen.", form="HOST:PORT, or none")
    users_file: str = setting(
        "",
        "Who may sign in, written by `ocr-app line users`; without it, everyone of this computer may look.",
        path=True,
    )
    look: str = setting(
        SIGN_IN,
        "Where users are set: whether looking needs a sign-in too, or only what changes something.",
        choices=(SIGN_IN, OPEN),
    )
    idle_min: int = setting(30, "Time without a click after which a sign-in ends.", "min", 1, 1440)
    name: str = setting("", "Name by which browsers reach this board; it stands in the certificate that is made.")
    shifts: Dict[str, str] = setting(
        dict,
        "Shifts, each with the local time at which it begins; parts are counted for each.",
        form="times like '06:00' by name",
        fits=_are_times,
    )
    certificate_file: str = setting(
        "", "Certificate of the page; without one, other computers get one that is made at the first start.", path=True
    )
    key_file: str = setting("", "Private key of that certificate.", path=True)

    @property
    def enabled(self) -> bool:
        """Whether there is a page."""
        return self.listen not in ("", NO_ADDRESS)

    @property
    def host(self) -> str:
        """The address without its port, and without brackets."""
        return self.listen.rpartition(":")[0].strip("[]")

    @property
    def is_local(self) -> bool:
        """Whether only this computer reaches the page."""
        return self.host in LOOPBACK
