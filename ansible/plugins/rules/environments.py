"""Shared by the roles with a virtual environment: its description for the module `venv`, and its rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .model import Observed, Rule

OPENCV_WHEELS = ("opencv-python-headless", "opencv-python")
OF_THE_A57 = {"OPENBLAS_CORETYPE": "ARMV8"}


def described(
    path: str,
    python: str,
    proofs: Mapping[str, str],
    system_site_packages: bool,
    forbidden: tuple[str, ...] = (),
    environment: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Options of the module `venv`, except the list of packages."""
    return {
        "path": path,
        "python": python,
        "system_site_packages": system_site_packages,
        "forbidden": list(forbidden),
        "proofs": dict(proofs),
        "environment": dict(environment or {}),
    }


def judged(role: str, observed: Observed, next_proof: str) -> list[Rule]:
    """The rules for the locked packages of an environment, and for the proofs that they work."""
    state = observed.facts["environment"]
    return [
        Rule(role + ".packages", "; ".join(state["problems"]) or "as locked", "as locked"),
        Rule(role + ".proofs", "; ".join(state["unproved"]) or "all work", "all work", next=next_proof),
    ]
