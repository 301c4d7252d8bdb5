"""`./inv build-engines`: on this Nano, on a board of the fleet by a playbook, or for ONNX Runtime on this computer."""

from __future__ import annotations

import json
import logging
import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from fleet.core.errors import EngineRequestError
from fleet.core.files import ROOT
from fleet.plays import playbooks
from ocr_app.board import environment
from ocr_app.core.errors import UsageError
from ocr_app.engines.building.jobs import specs_of
from ocr_app.workers.environments import exists, path_of

log = logging.getLogger(__name__)

_BUILD = ("-m", "ocr_app", "engine", "build")
TARGETS = ("tensorrt", "onnxruntime")
Call = Callable[[list[str], Path, dict[str, str]], int]


def build(
    limit: str = "",
    precision: str = "fp32",
    reader: str = "codes",
    target: str = "tensorrt",
    inventory: str = "",
    rebuild: bool = False,
    root: str = "/",
    call: Call | None = None,
) -> int:
    """Build engines; returns the first exit code that is not 0.

    With hosts named, by ``limit`` or an inventory, ansible/engines.yml builds: on one board of each kind for all of
    that kind, for either target (virtual boards have ONNX Runtime). Without hosts, onnxruntime builds on this computer,
    each reader in the environment of its framework, and tensorrt on this machine if it is a Nano.
    Raises EngineRequestError, and PlaybookError for a missing inventory.
    """
    if target not in TARGETS:
        raise EngineRequestError(f"unknown target: {target}", ", ".join(TARGETS))
    call = _call if call is None else call
    here = not (limit or inventory) and (target == "onnxruntime" or environment.l4t_release(root) is not None)
    if here:
        options = ["--precision", precision] + ["--rebuild"] * rebuild
        each = [(sys.executable, reader)] if target == "tensorrt" else list(_pythons(reader))
        commands = [[python, *_BUILD, "--target", target, "--reader", own, *options] for python, own in each]
        codes = [call(command, ROOT, dict(os.environ)) for command in commands]
        return next((code for code in codes if code), 0)
    wanted = {"engines_reader": reader, "engines_precision": precision, "engines_rebuild": rebuild}
    if target != "tensorrt":
        wanted["engines_target"] = target
    command = [*playbooks.command("engines", inventory, limit), "--extra-vars", json.dumps(wanted)]
    folder = playbooks.tools()
    return call(command, playbooks.FOLDER, {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ.get('PATH', '')}"})


def _pythons(readers: str) -> Iterator[tuple[str, str]]:
    """(Python, its readers). Raises EngineRequestError for unknown readers and missing environments."""
    groups: dict[str | None, list[str]] = {}
    for reader in readers.split(","):
        try:
            groups.setdefault(specs_of(reader)[0].environment, []).append(reader)
        except UsageError as error:
            raise EngineRequestError(error.found, error.expected) from error
    for name in groups:
        if name is not None and not exists(name):
            raise EngineRequestError(f"the environment {name} is not built", path_of(name), f"./inv envs --name {name}")
    for name, own in groups.items():
        yield sys.executable if name is None else path_of(name), ",".join(own)


def _call(command: list[str], folder: Path, environ: dict[str, str]) -> int:
    parts = ["python" if part == sys.executable else part.replace(f"{ROOT}{os.sep}", "") for part in command]
    words = shlex.join(parts)
    log.info(words if folder == ROOT else f"cd {folder.name} && {words}")
    return subprocess.run(command, cwd=folder, env=environ, check=False).returncode
