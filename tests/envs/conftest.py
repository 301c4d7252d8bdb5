"""The environments as they really are: built when need be, with the package index or its cache at hand."""

from __future__ import annotations

import logging
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from fleet.core.errors import InterpreterMissing
from fleet.core.files import ROOT
from fleet.environments import builder, interpreters, model_files
from fleet.environments.declarations import environments

log = logging.getLogger(__name__)

Run = Callable[..., "subprocess.CompletedProcess[str]"]
NETWORKS = {
    "py36-easyocr": ("easyocr-detector", "easyocr-recogniser"),
    "py37-paddle": ("paddleocr-v4-detector", "paddleocr-v4-recogniser"),
}
"""Environment -> the networks that its framework exports."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder belongs to the slow suite `envs`."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.envs)


@pytest.fixture(scope="session")
def built() -> Callable[..., Path]:
    """Builds an environment by name unless it is ready; returns its Python. Skips when its interpreter is missing."""

    def build(name: str, say: Callable[[str], None] = log.info) -> Path:
        try:
            interpreters.find_first(environments()[name].python)
        except InterpreterMissing as error:
            pytest.skip(str(error))
        return builder.build([name], say=say)[0]

    return build


@pytest.fixture(scope="session")
def run_in(built: Callable[[str], Path]) -> Run:
    """Runs an environment's Python at the root of the repository, with one thread, and nothing from outside.

    Keyword arguments in capitals are environment variables.
    """

    def run(
        name: str, *arguments: str, path: str = "", timeout: float = 300, **extra: str
    ) -> subprocess.CompletedProcess[str]:
        variables = {
            "PATH": "/usr/bin:/bin",
            "OMP_NUM_THREADS": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONPATH": path,
            **extra,
        }
        command = [str(built(name)), *arguments]
        return subprocess.run(
            command, cwd=ROOT, env=variables, capture_output=True, text=True, check=False, timeout=timeout
        )

    return run


@pytest.fixture(scope="session")
def exported(run_in: Run, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Exports the networks of an environment, once a run; returns the folder. Weights are fetched when need be."""
    folder, done = tmp_path_factory.mktemp("exports"), set()

    def export(environment: str) -> Path:
        if environment not in done:
            model_files.fetch(sets=("easyocr", "paddleocr"))
            words = ("-m", "ocr_app.export.program", *NETWORKS[environment], "--out", str(folder))
            made = run_in(environment, *words, timeout=900)
            assert made.returncode == 0, made.stderr[-3000:]
            done.add(environment)
        return folder

    return export
