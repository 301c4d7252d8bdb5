"""The application's unit tests under the Pythons of the device side."""

from __future__ import annotations

import subprocess
from collections.abc import Callable

import pytest

CONTROL_SIDE = ("training", "fleet", "ansible")


@pytest.mark.parametrize("name", ["py36-app", "py37-app"])
def test_the_unit_suite_is_green(name: str, run_in: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    ignored = [f"--ignore=tests/unit/{folder}" for folder in CONTROL_SIDE]
    done = run_in(
        name, "-m", "pytest", "-q", "--tb=short", "-p", "no:cacheprovider", *ignored, "tests/unit", timeout=1500
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert " passed" in done.stdout
