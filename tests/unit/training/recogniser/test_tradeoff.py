"""The variants that are compared, and their table."""

from __future__ import annotations

import pytest

pytest.importorskip("torch", reason="this is not the environment for training: no torch here")
pytest.importorskip("onnx", reason="this is not the environment for training: no onnx here")

import tomllib

from training.recogniser import tradeoff


def test_variants_differ_from_the_shipped_network_where_they_say_so() -> None:
    settings = tomllib.loads(tradeoff._CONFIG.read_text(encoding="utf-8"))
    found = tradeoff.variants(settings)
    assert found[0].name == "shipped" and len({variant.name for variant in found}) == len(found)
    assert any(variant.target.cased for variant in found) and not found[0].target.cased
    assert all(variant.target.step == variant.widths.step for variant in found)


def test_the_table_has_a_row_per_variant() -> None:
    row = {"variant": "shipped", "alnum": 90.14, "mmac": 41.5, "parameters": 715982, "relative_time": 1.0}
    lines = tradeoff.table({"rows": [row]}).splitlines()
    assert lines[2] == "| shipped | 90.1 | 42 | 715,982 | 1.00 |"
