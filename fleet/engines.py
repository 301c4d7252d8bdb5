"""`./inv build-engines`: here on a Nano; elsewhere by the fleet's play, or for ONNX Runtime on this computer."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from fleet import provision
from fleet.errors import FleetError
from ocr_app.benchmark import environment

ROOT = Path(__file__).resolve().parent.parent
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
    """Returns the exit code of the command that does the work, which is said before.

    onnxruntime: on this computer. tensorrt: on this board when it is one and no hosts are named, else by
    ansible/engines.yml. Raises EnginesProblem, and ProvisionError for a missing inventory.
    """
    if target not in TARGETS:
        raise EnginesProblem(f"unknown target: {target}", ", ".join(TARGETS))
    if target == "onnxruntime" and (limit or inventory):
        raise EnginesProblem("hosts, and engines for this computer", "--target onnxruntime alone, or hosts alone")
    call = _call if call is None else call
    here = target == "onnxruntime" or not (limit or inventory or environment.l4t_release(root) is None)
    if here:
        options = ["--target", target, "--reader", reader, "--precision", precision] + ["--rebuild"] * rebuild
        command = [sys.executable, "-m", "ocr_app", "engine", "build", *options]
        return call(command, ROOT, dict(os.environ))
    wanted = {"engines_reader": reader, "engines_precision": precision, "engines_rebuild": rebuild}
    command = [*provision.command("engines", inventory, limit), "--extra-vars", json.dumps(wanted)]
    folder = provision.tools()
    return call(command, provision.FOLDER, {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ.get('PATH', '')}"})


def _call(command: list[str], folder: Path, environ: dict[str, str]) -> int:
    words = shlex.join("python" if part == sys.executable else part for part in command)
    print(words if folder == ROOT else f"cd {folder.name} && {words}", flush=True)
    return subprocess.run(command, cwd=folder, env=environ, check=False).returncode
