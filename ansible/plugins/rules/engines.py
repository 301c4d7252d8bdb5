"""Commands of the role engines: how the application on a board is asked to build, pack, list and check engines."""

from __future__ import annotations

from typing import Any

from .model import Settings

OPTIONS = ("reader", "precision", "limit", "exports", "plans")


def plan(settings: Settings) -> dict[str, Any]:
    """The beginning of every command, its common options, and the command that builds."""
    first = [*settings.texts("engines_app"), "engine"]
    there = ["--engines", settings.text("engines_folder"), "--target", settings.text("engines_target")]
    return {"first": first, "there": there, "build": [*first, "build", *there, *_options(settings), "--json"]}


def _options(settings: Settings) -> list[str]:
    words = [word for name in OPTIONS for word in ("--" + name, settings.text("engines_" + name))]
    words += [word for path in settings.texts("engines_calibration") for word in ("--calibration", path)]
    if settings.text("engines_services"):
        words += ["--services", settings.text("engines_services")]
    return words + (["--rebuild"] if settings.switch("engines_rebuild") else [])
