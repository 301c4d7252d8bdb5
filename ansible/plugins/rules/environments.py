"""Shared by the roles with a virtual environment: its description for the module `venv`, and its rules."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .model import CHANGED, WRITTEN, Observed, Rule, Settings, listed

INDEX = Path(__file__).resolve().parents[3] / "ocr_app" / "data" / "models.json"
ENVS = "/opt/nano-ocr/envs"
"""OCR_ENVS of the application: one folder for each reader with a Python of its own, as in the container images."""
MARK = "nano-ocr-environment.json"
"""The file that the application takes for a finished environment (ocr_app/workers/environments.py)."""
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


def lent(environment: str, venv: Mapping[str, Any], role: str) -> dict[str, Any]:
    """How the application finds the environment of a reader: a program that starts its Python, and a mark beside it."""
    exports = "".join(f"export {name}={value}\n" for name, value in venv["environment"].items() if value)
    why = f"# Written by Ansible (role {role}): the Python of a reader, as ocr-app starts it.\n"
    folder = f"{ENVS}/{environment}"
    return {
        "folder": folder,
        "program": f"{folder}/bin/python",
        "text": f'#!/bin/sh\n{why}{exports}exec {venv["path"]}/bin/python "$@"\n',
        "mark": f"{folder}/{MARK}",
    }


def found_by_the_application(role: str, observed: Observed, reader: Mapping[str, Any]) -> Rule:
    """The rule that the application finds the environment."""
    same = observed.file("program").text == reader["text"] and observed.file("mark").exists
    return Rule(role + ".reader", WRITTEN if same else CHANGED, WRITTEN)


def weights_of(settings: Settings, role: str, artefact: str) -> dict[str, str]:
    """File name -> SHA-256 that the application asks for, of an artefact; empty when weights are not wanted."""
    files = json.loads(INDEX.read_text())["files"] if settings.switch(f"{role}_weights") else {}
    return {name: file["sha256"] for name, file in files.items() if file["artefact"].startswith(artefact + " ")}


def weighing(settings: Settings, role: str, artefact: str) -> dict[str, Any]:
    """What a plan says about weights: the artefact, its files, their folders, and the command that hashes them."""
    names = list(weights_of(settings, role, artefact))
    folder = settings.text(f"{role}_models")
    return {
        "artefact": artefact,
        "weights": names,
        "weight_folders": sorted({str(Path(folder, name).parent) for name in names}),
        "hash": ["sha256sum", "/dev/null", *(f"{folder}/{name}" for name in names)],
    }


def weighed(settings: Settings, role: str, artefact: str, observed: Observed, fetch: str) -> Rule:
    """The rule that the weights are those of the application. ``fetch`` names them for `./inv wheels fetch --only`."""
    read, folder = observed.command("weights").out.splitlines(), settings.text(f"{role}_models")
    wanted = weights_of(settings, role, artefact)
    wrong = [name for name, digest in wanted.items() if f"{digest}  {folder}/{name}" not in read]
    return Rule(
        role + ".weights",
        listed(wrong, "absent or changed: ", "as the application wants"),
        "as the application wants",
        next=f"./inv wheels fetch --only {fetch} on the control machine, then this role again; "
        "see docs/how-to/wheels.md",
    )
