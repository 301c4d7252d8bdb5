"""The Python environments of the readers, and how their processes are started."""

import os
import re
import sys
from typing import Dict, List

from ocr_app.core.errors import ReaderUnavailable, UsageError
from ocr_app.core.paths import HOME

FINISHED = "nano-ocr-environment.json"  # the builder writes it last, so an unfinished environment does not have it
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*\Z")
_NOT_INHERITED = ("PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP", "PYTHONWARNINGS", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__")
_THREAD_LIMITS = ("OMP_NUM_THREADS", "OMP_THREAD_LIMIT", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")


def repository() -> str:
    """The folder that contains the package ``ocr_app``."""
    return HOME


def folder() -> str:
    """The folder of the environments: ``$OCR_ENVS``, or ``.envs`` beside the package."""
    return os.environ.get("OCR_ENVS") or os.path.join(repository(), ".envs")


def path_of(environment: str) -> str:
    """The path that the Python of ``environment`` should have. Raises UsageError for an invalid name."""
    if not _NAME.match(environment):
        raise UsageError("not the name of an environment: {!r}".format(environment), "letters, digits, '.', '_', '-'")
    return os.path.join(folder(), environment, "bin", "python")


def exists(environment: str) -> bool:
    """Whether ``environment`` was built completely and its Python can be started."""
    python = path_of(environment)
    marker = os.path.join(os.path.dirname(os.path.dirname(python)), FINISHED)
    return os.access(python, os.X_OK) and os.path.isfile(marker)


def python_of(environment: str) -> str:
    """The path of the environment's Python. Raises ReaderUnavailable with the command that builds it."""
    path = path_of(environment)
    if not exists(environment):
        raise ReaderUnavailable(
            "the environment {} is not built, or not completely".format(environment),
            path,
            "./inv envs --name {}".format(environment),
        )
    return path


def worker_command(python: str) -> List[str]:
    """The command that starts a reader's process with ``python``."""
    return [python, "-m", "ocr_app.opening.worker"]


def child_environ(threads: int) -> Dict[str, str]:
    """The environment variables of a reader's process.

    The process imports this copy of ``ocr_app`` and inherits no settings of the caller's Python. Its libraries use at
    most ``threads`` threads. OpenMP threads sleep while they wait: if they spin, they starve the threads that compute
    as soon as another process keeps a core busy.
    """
    inherited = {name: value for name, value in os.environ.items() if name not in _NOT_INHERITED}
    limits = {name: str(threads) for name in _THREAD_LIMITS}
    fixed = {
        "PYTHONPATH": repository(),
        "PYTHONNOUSERSITE": "1",
        "PYTHONIOENCODING": "utf-8",
        "OMP_WAIT_POLICY": "PASSIVE",
    }
    return dict(inherited, **dict(limits, **fixed))


def python_version() -> str:
    """The version of the running Python, such as "3.6.15"."""
    return "{}.{}.{}".format(*sys.version_info[:3])
