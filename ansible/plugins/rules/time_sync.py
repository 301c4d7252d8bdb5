"""Rules of the role time_sync: the clock is right, and a service keeps it so."""

from __future__ import annotations

import re
import time
from typing import Any

from .model import Observed, Rule, Settings

SERVICE = "systemd-timesyncd.service"


def rules(observed: Observed, settings: Settings) -> list[Rule]:
    """The promises of the role."""
    off_s, tolerance_s = _off_s(observed), settings.number("time_sync_tolerance_s")
    unit = observed.unit(SERVICE)
    # In a container the unit's own condition keeps it from running; that is not a fault of the node.
    runs = unit.active == "active" or unit.condition == "no"
    return [
        Rule(
            "time_sync.clock",
            f"{off_s} s from the control machine",
            f"at most {tolerance_s} s",
            holds=abs(off_s) <= tolerance_s,
        ),
        _servers(observed, settings),
        Rule(
            "time_sync.service",
            f"{unit.load}, {unit.enabled}, {unit.active}",
            "loaded, enabled, active",
            holds=unit.load == "loaded" and unit.enabled == "enabled" and runs,
        ),
    ]


def work(observed: Observed, settings: Settings) -> dict[str, Any]:
    """Whether the clock has to be set."""
    return {"set_clock": abs(_off_s(observed)) > settings.number("time_sync_tolerance_s")}


def _servers(observed: Observed, settings: Settings) -> Rule:
    text, wanted = observed.file("settings").text, " ".join(settings.texts("time_sync_servers"))
    same = text.strip() == settings.given["settings"].strip()
    named = ", ".join(re.findall(r"(?m)^NTP=(.*)$", text))
    found = (named or "not set") + (", with other lines" if named == wanted and not same else "")
    return Rule("time_sync.servers", found, wanted, holds=same)


def _off_s(observed: Observed) -> int:
    return int(observed.facts["clock"]) - int(time.time())
