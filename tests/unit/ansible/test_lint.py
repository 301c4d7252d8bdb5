"""ansible-lint (production profile), yamllint, and the syntax of every playbook. A few seconds."""

import os
import subprocess
from pathlib import Path

import pytest

from fleet.environments.steps import python_of
from tests.conftest import absent

ROOT = Path(__file__).resolve().parents[3]
ANSIBLE = ROOT / "ansible"


@pytest.fixture
def tool(tmp_path):
    """Runs a program of the environment `ansible` in ansible/; returns (exit code, output)."""
    folder = python_of("ansible", ROOT).parent
    if not (folder / "ansible-lint").is_file():
        absent("the environment ansible", 'its lint and syntax tests did not run: eval "$(./inv ansible)" builds it')
    path = f"{folder}:{os.environ['PATH']}"
    environ = dict(os.environ, PATH=path, NO_COLOR="1", ANSIBLE_HOME=str(tmp_path), NANO_OCR_REPORTS=str(tmp_path))

    def run(name, *arguments):
        command = [str(folder / name), *arguments]
        done = subprocess.run(command, cwd=ANSIBLE, env=environ, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    return run


def test_production_profile(tool):
    code, told = tool("ansible-lint", "--offline")
    assert code == 0, told
    assert "Profile 'production' was required, and it passed" in told


def test_yamllint(tool):
    assert tool("yamllint", "--strict", ".") == (0, "")


@pytest.mark.parametrize("name", sorted(path.name for path in ANSIBLE.glob("*.yml")))
def test_syntax(tool, name):
    code, told = tool("ansible-playbook", "--syntax-check", name)
    assert code == 0, told
    assert "WARNING" not in told, told


def test_the_modules_of_this_folder_are_documented(tool):
    code, told = tool("ansible-doc", "--playbook-dir", ".", "observe")
    assert code == 0 and "timeout_s" in told, told
