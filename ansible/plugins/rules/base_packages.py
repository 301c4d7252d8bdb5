"""Rules of the role base_packages: every package is installed."""

from __future__ import annotations

from typing import Any

from .model import Observed, Rule, Settings, listed


def plan(settings: Settings) -> dict[str, Any]:
    """The packages: those that are named, or else those of the release; and the additional ones."""
    names = settings.texts("base_packages_names") or list(settings.series.apt)
    return {"packages": names + settings.texts("base_packages_extra")}


def rules(observed: Observed, settings: Settings) -> list[Rule]:
    """The promises of the role."""
    missing = work(observed, settings)["missing"]
    return [Rule("base_packages.installed", listed(missing, "no ", "all of them"), "all of them")]


def work(observed: Observed, settings: Settings) -> dict[str, Any]:
    """The packages that have to be installed."""
    return {"missing": [name for name in plan(settings)["packages"] if not observed.package(name).version]}
