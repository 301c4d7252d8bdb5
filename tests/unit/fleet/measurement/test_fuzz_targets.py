"""Each target accepts its sound inputs, refuses damage, and makes the same inputs from the same seed."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from fleet.measurement.fuzz_targets import TARGETS, damage
from ocr_app.core.errors import OcrError


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_inputs_are_accepted_or_refused(name: str, tmp_path: Path) -> None:
    target = TARGETS[name](tmp_path)
    chance, again = random.Random(3), random.Random(3)
    outcomes = set()
    try:
        for _ in range(60):
            case = target.make(chance)
            assert case == target.make(again)
            try:
                outcomes.add(target.try_(case) == "")
            except OcrError:
                outcomes.add(False)
    finally:
        target.close()
    assert False in outcomes


def test_damage_changes_most_inputs_and_nothing_else() -> None:
    chance, data = random.Random(1), b"0123456789"
    found = [damage(chance, data, (b"word",)) for _ in range(50)]
    assert data == b"0123456789" and sum(each != data for each in found) > 40
    assert damage(chance, b"") is not None
