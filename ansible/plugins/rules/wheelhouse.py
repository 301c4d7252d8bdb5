"""Rules of the role wheelhouse: there is room for what is installed; what to do when an installation fails."""

from __future__ import annotations

import re
from typing import Any

from .model import Observed, Rule, Settings, shortened

GROWTH = 4  # installed packages take about three times the space of their wheels, and the wheels are there too
FULL = "No space left"
SPACE = "free some space on the board (apt clean, docker system prune), or use a larger card"
APT = (
    "on the board `dpkg --configure --pending` and `apt-get update` show what fails; mend it or the network, "
    "or provision from a bundle (fleet_bundle)"
)
# What apt says, and the page that explains it; the first that matches counts.
PAGES = (
    (re.compile("not yet valid|not valid yet"), "certificate-not-yet-valid"),
    (re.compile("EXPKEYSIG|KEYEXPIRED|NO_PUBKEY|signatures? (were|was|couldn't be)"), "apt-key-expired"),
    (re.compile(r"404 +Not Found|Release file"), "archive-gone"),
)


def rules(observed: Observed, settings: Settings) -> list[Rule]:
    """Whether the packages fit and leave the reserve free; given: `files` of the plan and `needed` names."""
    size_mb = int(sum(file["size"] for file in _files(settings)) * GROWTH / 1000000)
    wanted_mb, free_mb = size_mb + settings.number("wheelhouse_reserve_mb"), observed.free_mb("venv")
    return [
        Rule(
            "wheelhouse.room",
            f"{free_mb} MB free in {observed.folder('venv')}",
            f"{wanted_mb} MB",
            holds=free_mb >= wanted_mb,
            next="free some space (apt clean, docker system prune), or use a larger card",
        )
    ]


def work(observed: Observed, settings: Settings) -> dict[str, Any]:
    """The files that the board lacks."""
    return {"files": _files(settings)}


def failure(settings: Settings) -> dict[str, Any]:
    """Why a task failed and what to do next, for packages of Python and of Ubuntu; given: `failed`, its result."""
    failed = settings.given["failed"]
    reason = _reason(failed)
    told = " ".join(f"{reason} {failed.get('stderr', '')}".split())
    return {
        "reason": reason,
        "next": SPACE if FULL in reason else "./inv wheels verify on the control machine",
        "apt_reason": shortened(told, 400),
        "apt_next": SPACE if FULL in told else _page(told) + APT,
    }


def _page(told: str) -> str:
    """The page of a known message of apt, as the first step; empty for an unknown one."""
    page = next((name for pattern, name in PAGES if pattern.search(told)), "")
    return f"docs/how-to/breakages/{page}.md; " if page else ""


def build(settings: Settings) -> dict[str, Any]:
    """The folder, the unit and the specification of a long build; given: `build`, its name, and `stages`."""
    name, stages = settings.given["build"], settings.given["stages"]
    folder = f"{settings.text('wheelhouse_build_folder')}/{name}"
    unpack = {"name": "unpack", "run": "for file in *.tar.gz; do tar xzf $file; done"}
    return {
        "folder": folder,
        "unit": f"nano-ocr-build-{name}",
        "spec": {"folder": folder, "stages": [unpack, *stages]},
    }


def _files(settings: Settings) -> list[dict[str, Any]]:
    needed = {*settings.given["needed"], "pip"}
    return [file for file in settings.given["files"] if file["name"] in needed]


def _reason(failed: dict[str, Any]) -> str:
    """The message of a failed task; a loop fails with the messages of its items."""
    items = [item for item in failed.get("results", [failed]) if item.get("failed")]
    message = str(items[0].get("msg", "no message")) if items else "no message"
    return shortened(" ".join(message.split()), 600)
