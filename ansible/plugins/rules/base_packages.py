"""Rules of the role base_packages: every package is installed."""

from __future__ import annotations

from typing import Any

from .model import Observed, Rule, Settings, listed


def rules(observed: Observed, settings: Settings) -> list[Rule]:
    """The promises of the role."""
    missing = work(observed, settings)["missing"]
    return [Rule("base_packages.installed", listed(missing, "no ", "all of them"), "all of them")]


def work(observed: Observed, settings: Settings) -> dict[str, Any]:
    """The packages that have to be installed."""
    wanted = settings.texts("base_packages_names") + settings.texts("base_packages_extra")
    return {"missing": [name for name in wanted if not observed.package(name).version]}
