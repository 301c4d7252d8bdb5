"""Proofs of an environment name what died, and how."""

from __future__ import annotations

import sys
from pathlib import Path

from fleet.environments import proofs
from fleet.environments.proofs import ImportFailure

PYTHON = Path(sys.executable)


def program(folder: Path, body: str) -> Path:
    """A shell script in place of an interpreter."""
    path = folder / "python"
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


def test_modules_that_import_are_not_mentioned() -> None:
    assert proofs.import_proof(PYTHON, ("json", "csv")) == []


def test_a_module_that_does_not_import_is_named_with_the_reason() -> None:
    how = "ModuleNotFoundError: No module named 'no_such_module'"
    assert proofs.import_proof(PYTHON, ("json", "no_such_module")) == [ImportFailure("no_such_module", how)]


def test_a_module_that_kills_its_process_is_named_with_the_signal(tmp_path: Path) -> None:
    assert proofs.import_proof(program(tmp_path, "kill -4 $$"), ("numpy",)) == [
        ImportFailure("numpy", "ended by signal 4")
    ]


def test_a_module_that_hangs_is_named(tmp_path: Path) -> None:
    deaths = proofs.import_proof(program(tmp_path, "exec sleep 9"), ("numpy",), timeout_s=0.1)
    assert deaths == [ImportFailure("numpy", "no answer within 0.1 s")]


def test_only_the_waived_lines_of_pip_check_are_forgiven(tmp_path: Path) -> None:
    python = program(tmp_path, "echo 'a 1 requires b, which is not installed.'; echo 'c 1 requires d'; exit 1")
    waived = ("a 1 requires b, which is not installed.",)
    assert proofs.incomplete(python, waived) == ["c 1 requires d"]
    assert proofs.incomplete(python, (*waived, "c 1 requires d")) == []


def test_installed_lists_canonical_names() -> None:
    assert "typing-extensions" in proofs.installed(PYTHON)
