"""Good and wrong passes by the lead that is required."""

from __future__ import annotations

import pytest

pytest.importorskip("tqdm", reason="the verbs of the application show progress with it")

from training import measure_passes
from training.measure_passes import GAPS, Case

CASES = [Case(0.5, False), Case(2.5, True), Case(6.5, True)]


def test_only_codes_with_the_lead_count() -> None:
    assert measure_passes.counted(CASES, 0.0) == {"gap": 0.0, "good": 2, "wrong": 1}
    assert measure_passes.counted(CASES, 2.5) == {"gap": 2.5, "good": 2, "wrong": 0}
    assert measure_passes.counted(CASES, 8.0) == {"gap": 8.0, "good": 0, "wrong": 0}


def test_the_table_has_a_row_per_gap_and_marks_the_default() -> None:
    passes = [measure_passes.counted(CASES, gap) for gap in GAPS]
    lines = measure_passes.table({"default_gap": 3.0, "sets": [{"name": "drawn", "passes": passes}]}).splitlines()
    assert lines[0] == "| gap | good: drawn | wrong: drawn |" and len(lines) == 2 + len(GAPS)
    assert "| 3 (default) | 1 | 0 |" in lines
