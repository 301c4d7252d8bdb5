"""`./inv` on a machine without a suitable Python, and on one with an unsuitable one."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def bare(tmp_path):
    """A checkout with nothing built, and a PATH that holds a shell's tools but no Python."""
    (tmp_path / "requirements").mkdir()
    shutil.copy(ROOT / "inv", tmp_path / "inv")
    shutil.copy(ROOT / "requirements" / "control.txt", tmp_path / "requirements" / "control.txt")
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("sh", "dirname", "cmp", "grep", "tail", "rm", "touch", "cp"):
        (tools / name).symlink_to(shutil.which(name))

    def run(**environment):
        clean = {"PATH": str(tools), "HOME": str(tmp_path / "nobody"), **environment}
        return subprocess.run(
            [str(tmp_path / "inv"), "--list"], env=clean, capture_output=True, text=True, check=False, timeout=60
        )

    return run, tools, tmp_path


def test_no_python_says_what_it_looked_for_and_what_to_install(bare):
    run, _, folder = bare
    done = run()
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "inv: found no Python 3.10, 3.11 or 3.12",
        "     looked for: python3.12 python3.11 python3.10 python3 python (on PATH), and pyenv's versions",
        "     install one: apt install python3 python3-venv   (Debian 12, Ubuntu 22.04 and 24.04)",
        "              or: pyenv install 3.11",
        "     or name one: OCR_PYTHON=/path/to/python3.11 ./inv",
    ]
    assert not (folder / ".venv").exists()


def test_an_old_python_is_not_taken(bare):
    run, tools, _ = bare
    fake = tools / "python3"
    fake.write_text("#!/bin/sh\nexit 1\n")
    fake.chmod(0o755)
    assert "found no Python" in run().stderr


def test_a_named_python_that_does_not_suit_is_said(bare):
    run, _, _ = bare
    done = run(OCR_PYTHON="/nonexistent/python")
    assert done.returncode == 1
    assert done.stderr.startswith("inv: OCR_PYTHON=/nonexistent/python is no Python 3.10, 3.11 or 3.12")


def test_it_is_executable_posix_shell():
    assert os.access(ROOT / "inv", os.X_OK)
    assert (ROOT / "inv").read_text().startswith("#!/bin/sh\n")
