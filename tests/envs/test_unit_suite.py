"""The unit tests of what runs on the Pythons of the device side, there."""

from __future__ import annotations

import subprocess
from collections.abc import Callable

import grimp
import pytest

NOT_OF_WORKERS = ("benchmark", "cli", "line", "recipes", "reading", "replay")
"""Python 3.7 runs PaddleOCR's worker, the export of its networks and their comparison: nothing of these floors."""
FOLDERS = {
    "py36-app": ["tests/unit/ocr_app", "tests/unit/node_agent"],
    "py37-app": ["tests/unit/ocr_app", *(f"--ignore=tests/unit/ocr_app/{folder}" for folder in NOT_OF_WORKERS)],
}


@pytest.mark.parametrize("name", FOLDERS)
def test_the_unit_suite_is_green(name: str, run_in: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    """With bytecode, which `run_in` leaves out: each process that a test starts would compile the application."""
    words = ("-m", "pytest", "-q", "--tb=short", "-p", "no:cacheprovider", *FOLDERS[name])
    done = run_in(name, *words, timeout=1500, PYTHONDONTWRITEBYTECODE="")
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert " passed" in done.stdout


def test_a_worker_imports_nothing_of_what_is_left_out() -> None:
    """By all imports, those inside functions included."""
    graph = grimp.build_graph("ocr_app")
    starts = {"ocr_app.opening.worker", "ocr_app.readers.paddleocr.reader", "ocr_app.export.program"}
    starts |= {"ocr_app.verification.parity", "ocr_app.engines.building.child"}
    found = set(starts)
    for start in starts:
        found |= graph.find_upstream_modules(start)
    left_out = {f"ocr_app.{folder}" for folder in NOT_OF_WORKERS}
    assert {".".join(module.split(".")[:2]) for module in found} & left_out == set()
