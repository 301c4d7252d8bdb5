"""`./inv provision|verify|ansible`: runs the playbooks of ansible/ with the locked environment."""

from __future__ import annotations

import logging
import os
import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path

from fleet.core.errors import PlaybookError
from fleet.core.files import ROOT
from fleet.environments import builder
from fleet.environments.steps import python_of

log = logging.getLogger(__name__)

Say = Callable[[str], None]
FOLDER = ROOT / "ansible"
NAME = "ansible"


def tools(root: Path = ROOT, say: Say = log.info) -> Path:
    """The folder of ansible-playbook. Builds the environment on first use and after its lock has changed.

    Raises EnvironmentBuildError.
    """
    if next(entry.state for entry in builder.status(root) if entry.name == NAME) != "ready":
        builder.build([NAME], root, say=say)
    return python_of(NAME, root).parent


def activation(root: Path = ROOT) -> str:
    """The shell command that puts ansible-playbook on the PATH."""
    folder = tools(root)
    return f'export PATH={shlex.quote(str(folder))}:"$PATH"'


def command(playbook: str, inventory: str = "", limit: str = "", tags: str = "", check: bool = False) -> list[str]:
    """The command line of ansible-playbook, for the folder ansible/. Raises PlaybookError for a missing inventory."""
    arguments = ["ansible-playbook", playbook + ".yml"]
    if inventory:
        path = Path(inventory).absolute()
        if not path.exists():
            raise PlaybookError(
                f"no inventory {path}", "a file or folder", "./inv fleet up --nodes 3, or inventory.ini"
            )
        arguments += ["--inventory", str(path)]
    for option, value in (("--limit", limit), ("--tags", tags)):
        arguments += [option, value] if value else []
    return arguments + ["--check", "--diff"] * check


def play(playbook: str, inventory: str = "", limit: str = "", tags: str = "", check: bool = False) -> int:
    """Log and run a playbook; returns its exit code: 0, 2 (a host failed), or 4 (a host did not answer)."""
    arguments = command(playbook, inventory, limit, tags, check)
    folder = tools()
    log.info("cd ansible && %s", shlex.join(arguments))
    environ = {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ.get('PATH', '')}"}
    return subprocess.run(arguments, cwd=FOLDER, env=environ, check=False).returncode
