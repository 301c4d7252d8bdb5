"""`./inv build-engines`: here on a Nano; elsewhere by the fleet's play, or for ONNX Runtime on this computer."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from fleet import provision
from fleet.errors import FleetError
from ocr_app.board import environment
from ocr_app.core.errors import UsageError
from ocr_app.engines.building.jobs import specs_of
from ocr_app.workers.environments import exists, path_of

ROOT = Path(__file__).resolve().parent.parent
_BUILD = ("-m", "ocr_app", "engine", "build")
TARGETS = ("tensorrt", "onnxruntime")
Call = Callable[[list[str], Path, dict[str, str]], int]


class EnginesProblem(FleetError):
    """Engines cannot be built the way that was asked for."""

    exit_code = 30
    code = "engines"


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
    """Returns the exit code of the command that does the work, which is said before; the first that is not 0.

    onnxruntime: on this computer, each reader in the environment that has its framework. tensorrt: on this board when
    it is one and no hosts are named, else by ansible/engines.yml. Raises EnginesProblem, and ProvisionError for a
    missing inventory.
    """
    if target not in TARGETS:
        raise EnginesProblem(f"unknown target: {target}", ", ".join(TARGETS))
    if target == "onnxruntime" and (limit or inventory):
        raise EnginesProblem("hosts, and engines for this computer", "--target onnxruntime alone, or hosts alone")
    call = _call if call is None else call
    here = target == "onnxruntime" or not (limit or inventory or environment.l4t_release(root) is None)
    if here:
        options = ["--precision", precision] + ["--rebuild"] * rebuild
        each = [(sys.executable, reader)] if target == "tensorrt" else list(_pythons(reader))
        commands = [[python, *_BUILD, "--target", target, "--reader", own, *options] for python, own in each]
        codes = [call(command, ROOT, dict(os.environ)) for command in commands]
        return next((code for code in codes if code), 0)
    wanted = {"engines_reader": reader, "engines_precision": precision, "engines_rebuild": rebuild}
    command = [*provision.command("engines", inventory, limit), "--extra-vars", json.dumps(wanted)]
    folder = provision.tools()
    return call(command, provision.FOLDER, {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ.get('PATH', '')}"})


def _pythons(readers: str) -> Iterator[tuple[str, str]]:
    """Which Python builds which readers (comma separated). Raises EnginesProblem, also for one that is not built."""
    groups: dict[str | None, list[str]] = {}
    for reader in readers.split(","):
        try:
            groups.setdefault(specs_of(reader)[0].environment, []).append(reader)
        except UsageError as error:
            raise EnginesProblem(error.found, error.expected) from error
    for name in groups:
        if name is not None and not exists(name):
            raise EnginesProblem(f"the environment {name} is not built", path_of(name), f"./inv envs --name {name}")
    for name, own in groups.items():
        yield sys.executable if name is None else path_of(name), ",".join(own)


def _call(command: list[str], folder: Path, environ: dict[str, str]) -> int:
    parts = ["python" if part == sys.executable else part.replace(f"{ROOT}{os.sep}", "") for part in command]
    words = shlex.join(parts)
    print(words if folder == ROOT else f"cd {folder.name} && {words}", flush=True)
    return subprocess.run(command, cwd=folder, env=environ, check=False).returncode
