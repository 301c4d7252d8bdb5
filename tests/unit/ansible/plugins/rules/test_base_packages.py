"""Rules of the role base_packages: what is missing is named, and installed."""

from __future__ import annotations

from typing import Any

from rules import base_packages
from rules.model import Observed

from tests.unit.ansible.answers import broken, package, settings

ROLE = "base_packages"


def packages(*missing: str, **more: str) -> dict[str, Any]:
    names = base_packages.plan(settings(ROLE))["packages"]
    return {"packages": {name: package("" if name in missing else "1") for name in [*names, *more]}}


def test_everything_is_there() -> None:
    assert broken(ROLE, packages()) == {}


def test_what_is_missing_is_named() -> None:
    assert broken(ROLE, packages("python3-distutils")) == {"installed": "no python3-distutils"}


def test_packages_of_the_fleet_count_too() -> None:
    found = Observed(packages("htop", htop=""))
    assert base_packages.work(found, settings(ROLE, base_packages_extra=["htop"])) == {"missing": ["htop"]}


def test_the_packages_are_those_of_the_release_unless_they_are_named() -> None:
    later = base_packages.plan(settings(ROLE, fleet_l4t="r39", fleet_board="agx-thor"))["packages"]
    assert "libgeos-c1t64" in later and "python3-distutils" not in later
    assert base_packages.plan(settings(ROLE, base_packages_names=["jq"]))["packages"] == ["jq"]
