"""One lock serves the control side on each Python it claims."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from fleet.core.errors import InterpreterMissing
from fleet.core.files import ROOT
from fleet.environments import interpreters, proofs
from fleet.environments.declarations import lock_path
from fleet.environments.locks import locked

MODULES = (
    "attrs", "cattrs", "cv2", "grimp", "hypothesis", "importlinter", "invoke", "jinja2", "jsonschema", "matplotlib",
    "mypy", "onnx", "onnxruntime", "PIL", "pre_commit", "prometheus_client", "pytest", "rapidfuzz", "urllib3",
)  # fmt: skip


@pytest.mark.parametrize("minor", ["3.10", "3.11", "3.12", "3.13", "3.14"])
def test_the_control_lock_installs_whole(minor: str, tmp_path: Path) -> None:
    try:
        interpreter = interpreters.find(minor)
    except InterpreterMissing as error:
        pytest.skip(str(error))
    lock, python = lock_path("control", ROOT), tmp_path / "bin" / "python"
    subprocess.run([str(interpreter.path), "-m", "venv", str(tmp_path)], check=True)
    install = [str(python), "-m", "pip", "install", "--quiet", "--require-hashes", "--no-deps", "--no-compile"]
    subprocess.run([*install, "-r", str(lock)], check=True, capture_output=True)
    assert proofs.incomplete(python) == []
    assert proofs.import_proof(python, MODULES) == []
    assert locked(lock, interpreter.version).items() <= proofs.installed(python).items()


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
@pytest.mark.parametrize("minor", ["3.10", "3.11", "3.12", "3.13", "3.14"])
def test_every_package_of_the_control_lock_has_a_wheel(
    minor: str, machine: str, tmp_path: Path, built: Callable[[str], Path]
) -> None:
    """Asked of the index, so that it holds for a Python that this machine lacks too."""
    uv = built("locks").with_name("uv")
    command = [str(uv), "--no-config", "pip", "install", "--dry-run", "--no-deps", "--require-hashes"]
    command += ["--only-binary", ":all:", "--target", str(tmp_path), "--python-version", minor]
    command += ["--python-platform", f"{machine}-manylinux_2_28", "-r", str(lock_path("control", ROOT))]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
