"""Rules of the role headless: no desktop, neither now nor after a reboot."""

from __future__ import annotations

from typing import Any

from .model import Observed, Rule, Settings

DESKTOP = "display-manager.service"


def rules(observed: Observed, settings: Settings) -> list[Rule]:
    """The promises of the role."""
    off, desktop = settings.switch("headless_enabled"), observed.unit(DESKTOP)
    running = desktop.active in ("active", "activating")
    return [
        Rule("headless.target", observed.command("target").out, target(off)),
        Rule(
            "headless.desktop",
            "running" if running else "not running",
            "not running" if off else "running",
            holds=running != off or desktop.load == "not-found",
        ),
    ]


def work(observed: Observed, settings: Settings) -> dict[str, Any]:
    """The target to start at boot, and what becomes of the desktop."""
    off, desktop = settings.switch("headless_enabled"), observed.unit(DESKTOP)
    return {
        "target": target(off),
        "desktop": ("stopped" if off else "started") if desktop.load == "loaded" else "",
    }


def target(off: bool) -> str:
    """The systemd target of a board without or with a desktop."""
    return "multi-user.target" if off else "graphical.target"
