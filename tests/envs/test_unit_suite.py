"""The unit tests of what runs on the Pythons of the device side, there."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import grimp
import pytest

UNIT = Path(__file__).resolve().parents[1] / "unit"
PROGRAMS_OF_PYTHON_3_7 = (
    "ocr_app.opening.worker", "ocr_app.readers.paddleocr.reader", "ocr_app.export.program",
    "ocr_app.verification.parity", "ocr_app.engines.building.child",
)  # fmt: skip
"""PaddleOCR's worker, the export of its networks and their comparison: Python 3.7 runs nothing else."""


def modules_of_python_3_7() -> set[str]:
    """The programs and all that they import, inside functions, too."""
    graph = grimp.build_graph("ocr_app")
    found = set(PROGRAMS_OF_PYTHON_3_7)
    return found.union(*(graph.find_upstream_modules(program) for program in PROGRAMS_OF_PYTHON_3_7))


def files_testing(modules: set[str]) -> Iterator[str]:
    """The files that test these modules."""
    for name in sorted(modules):
        *folders, module = name.split(".")
        file = UNIT.joinpath(*folders, f"test_{module}.py")
        if file.exists():
            yield str(file.relative_to(UNIT.parents[1]))


CHOSEN: dict[str, Callable[[], list[str]]] = {
    "py36-app": lambda: ["tests/unit/ocr_app", "tests/unit/node_agent"],
    "py37-app": lambda: list(files_testing(modules_of_python_3_7())),
}


@pytest.mark.parametrize("name", CHOSEN)
def test_the_unit_suite_is_green(name: str, run_in: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    """With bytecode, which `run_in` leaves out: each process that a test starts would compile the application."""
    words = ("-m", "pytest", "-q", "--tb=short", "-p", "no:cacheprovider", *CHOSEN[name]())
    done = run_in(name, *words, timeout=1500, PYTHONDONTWRITEBYTECODE="")
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert " passed" in done.stdout


def test_the_tests_for_python_3_7_are_those_of_its_programs() -> None:
    """Of a program, of what it imports, and of nothing above it."""
    files = set(files_testing(modules_of_python_3_7()))
    assert {"tests/unit/ocr_app/opening/test_worker.py", "tests/unit/ocr_app/core/test_files.py"} <= files
    assert not [file for file in files if file.startswith(("tests/unit/ocr_app/cli", "tests/unit/ocr_app/line"))]
    assert len(files) > 40
