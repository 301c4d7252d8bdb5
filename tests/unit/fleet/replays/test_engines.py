"""The costs of engines: the standard library for real, the others on request."""

from __future__ import annotations

import sys

import pytest

from fleet.core.errors import ReplayMeasureError
from fleet.replays import engines


def test_the_way_there_and_back_is_measured_with_the_standard_library() -> None:
    found = engines.measure(engines.STANDARD, sys.executable, 50)
    assert 0 < found["ms"] < 1000 and found["start_s"] > 0 and found["resident_mb"] > 10


def test_an_engine_that_is_not_there_is_named() -> None:
    with pytest.raises(ReplayMeasureError, match="ray does not run: ModuleNotFoundError"):
        engines.measure("ray", sys.executable, 1)
    with pytest.raises(ReplayMeasureError, match="dask does not run"):
        engines.measure("dask", "/nowhere/python", 1)


def test_packages_are_counted_with_what_they_require() -> None:
    assert engines.installed(engines.STANDARD, sys.executable)["packages"] == 0


def test_the_page_tells_the_median_of_the_rounds() -> None:
    rounds = [{"ms": ms, "start_s": 1.0, "resident_mb": 100.0} for ms in (1.0, 9.0, 2.0)]
    record = {
        "command": "c", "created": "2026-12-01T", "tasks": 9,
        "machine": {"cpu": "c", "system": "s", "arch": "a", "threads": 2, "python": "3.11"},
        "engines": [{"name": "dask", "version": "1", "packages": 3, "installed_mb": 20.4, "rounds": rounds}],
    }  # fmt: skip
    assert "| dask 1 | 2.00 | 1.0 | 100 | 3 | 20 |" in engines.page(record)
