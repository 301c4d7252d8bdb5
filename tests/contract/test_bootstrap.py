"""`./inv` on a machine without a suitable Python, and on one with an unsuitable one."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FAKE_PYTHON = """#!/bin/sh
case $1 in
-V) echo Python 3.{minor}.0 ;;
-c) exec {real} -c "import sys; sys.version_info = (3, {minor}, 0); exec(sys.argv[1])" "$2" ;;
*) exit 1 ;;
esac
"""


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
        "inv: found no Python 3.10, 3.11, 3.12, 3.13 or 3.14",
        "     looked for: python3.13 python3.12 python3.11 python3.10 python3.14 python3 python (on PATH), "
        "and pyenv's versions",
        "     install one: apt install python3 python3-venv   (Debian 12 and 13, Ubuntu 22.04 and later)",
        "              or: pyenv install 3.13",
        "     or name one: OCR_PYTHON=/path/to/python3.13 ./inv",
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
    assert done.stderr.startswith(
        "inv: OCR_PYTHON=/nonexistent/python is not a program that runs; "
        "this needs Python 3.10, 3.11, 3.12, 3.13 or 3.14\n"
    )


@pytest.mark.parametrize("minor, accepted", [(9, False), (10, True), (13, True), (14, True), (15, False)])
def test_python_3_10_to_3_14_are_accepted_and_others_are_refused_by_version(bare, minor, accepted):
    """A stand-in interpreter of that version: it evaluates the check, and has no venv module."""
    run, tools, _ = bare
    fake = tools / "some-python"
    fake.write_text(FAKE_PYTHON.format(real=sys.executable, minor=minor))
    fake.chmod(0o755)
    done = run(OCR_PYTHON=str(fake))
    assert done.returncode == 1
    if accepted:
        assert f"setting up .venv with Python 3.{minor}.0" in done.stderr
    else:
        assert f"some-python is Python 3.{minor}.0; this needs Python 3.10, 3.11" in done.stderr


def test_it_is_executable_posix_shell():
    assert os.access(ROOT / "inv", os.X_OK)
    assert (ROOT / "inv").read_text().startswith("#!/bin/sh\n")
