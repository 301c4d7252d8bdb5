"""One lock serves the control side on each Python it claims."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from fleet.core.errors import InterpreterMissing
from fleet.core.files import ROOT
from fleet.environments import interpreters, proofs
from fleet.environments.declarations import lock_path
from fleet.environments.locks import locked

MODULES = ("cv2", "hypothesis", "invoke", "jinja2", "jsonschema", "matplotlib", "mypy", "onnxruntime", "PIL", "pytest")


@pytest.mark.parametrize("minor", ["3.10", "3.11", "3.12"])
def test_the_control_lock_installs_whole(minor: str, tmp_path: Path) -> None:
    try:
        interpreter = interpreters.find(minor)
    except InterpreterMissing as error:
        pytest.skip(str(error))
    lock, python = lock_path("control", ROOT), tmp_path / "bin" / "python"
    subprocess.run([str(interpreter.path), "-m", "venv", str(tmp_path)], check=True)
    install = [str(python), "-m", "pip", "install", "--quiet", "--require-hashes", "--no-deps", "-r", str(lock)]
    subprocess.run(install, check=True, capture_output=True)
    assert proofs.incomplete(python) == []
    assert proofs.import_proof(python, MODULES) == []
    assert locked(lock, interpreter.version).items() <= proofs.installed(python).items()
