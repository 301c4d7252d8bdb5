"""Where the Python environments of the readers live, and what their processes are started with."""

import os
import re
import sys
from typing import Dict, List

from ocr_app.core.errors import ReaderUnavailable, UsageError
from ocr_app.core.paths import HOME

FINISHED = "nano-ocr-environment.json"  # written last by the builder, so a half-built environment lacks it
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*\Z")
_NOT_INHERITED = ("PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP", "PYTHONWARNINGS", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__")
_THREAD_LIMITS = ("OMP_NUM_THREADS", "OMP_THREAD_LIMIT", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")


def repository() -> str:
    """The folder that holds the package ``ocr_app``."""
    return HOME


def folder() -> str:
    """The environments' folder: ``$OCR_ENVS``, else ``.envs`` beside the package."""
    return os.environ.get("OCR_ENVS") or os.path.join(repository(), ".envs")


def path_of(environment: str) -> str:
    """Where the Python of ``environment`` should be. Raises UsageError for what cannot be a name."""
    if not _NAME.match(environment):
        raise UsageError("not the name of an environment: {!r}".format(environment), "letters, digits, '.', '_', '-'")
    return os.path.join(folder(), environment, "bin", "python")


def exists(environment: str) -> bool:
    """Whether ``environment`` has a Python that can be started and was built to its end."""
    python = path_of(environment)
    marker = os.path.join(os.path.dirname(os.path.dirname(python)), FINISHED)
    return os.access(python, os.X_OK) and os.path.isfile(marker)


def python_of(environment: str) -> str:
    """Path of the environment's Python. Raises ReaderUnavailable with the command that builds it."""
    path = path_of(environment)
    if not exists(environment):
        raise ReaderUnavailable(
            "the environment {} is not built, or not to its end".format(environment),
            path,
            "./inv envs --name {}".format(environment),
        )
    return path


def worker_command(python: str) -> List[str]:
    """The command that starts a reader's process on ``python``."""
    return [python, "-m", "ocr_app.opening.worker"]


def child_environ(threads: int) -> Dict[str, str]:
    """Environment variables of a reader's process.

    It finds this very copy of ``ocr_app`` and nothing of the caller's own Python, and its libraries take at most
    ``threads`` threads. Waiting OpenMP threads sleep instead of spinning: spinning ones starve the
    computing ones as soon as another process keeps a core busy.
    """
    inherited = {name: value for name, value in os.environ.items() if name not in _NOT_INHERITED}
    limits = {name: str(threads) for name in _THREAD_LIMITS}
    own = {
        "PYTHONPATH": repository(),
        "PYTHONNOUSERSITE": "1",
        "PYTHONIOENCODING": "utf-8",
        "OMP_WAIT_POLICY": "PASSIVE",
    }
    return dict(inherited, **dict(limits, **own))


def python_version() -> str:
    """Version of the running Python: "3.6.15"."""
    return "{}.{}.{}".format(*sys.version_info[:3])
