"""What `./inv fuzz` counts: accepted, refused by an error of ours, and found."""

from __future__ import annotations

import json
import logging
import random
from pathlib import Path

import pytest

from fleet.core.errors import FuzzingFound
from fleet.measurement import fuzzing
from fleet.measurement.fuzz_targets import Target
from ocr_app.core.errors import ImageError


class Dice(Target):
    """Accepts 1, refuses 2 and 3, fails on 6."""

    sides = 3

    def make(self, chance: random.Random) -> bytes:
        return b"%d" % chance.randint(1, self.sides)

    def try_(self, case: bytes) -> str:
        if case == b"2":
            raise ImageError("two", code="empty")
        if case == b"6":
            raise KeyError("six")
        return "three" if case == b"3" else ""


@pytest.fixture
def record(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> object:
    monkeypatch.setattr(fuzzing, "ROOT", tmp_path)

    def run(sides: int) -> dict[str, object]:
        made = type("Made", (Dice,), {"sides": sides})
        monkeypatch.setattr(fuzzing, "TARGETS", {"dice": made})
        try:
            fuzzing.run(0.01, 7, None, tmp_path / "fuzz.json")
        finally:
            found: dict[str, object] = json.loads((tmp_path / "fuzz.json").read_text())
            run.last = found  # type: ignore[attr-defined]
        return found

    return run


def test_cases_are_counted_by_what_happened(record, capsys):
    tally = record(3)["targets"]["dice"]
    assert tally["cases"] == tally["accepted"] + tally["refused"] > 100
    assert set(tally["reasons"]) == {"ImageError:empty", "three"} and tally["findings"] == []
    assert "| dice |" in capsys.readouterr().out


def test_another_exception_is_found_and_its_input_kept(record, tmp_path):
    with pytest.raises(FuzzingFound, match="neither accepted nor refused"):
        record(6)
    found = record.last["targets"]["dice"]["findings"]
    assert found[0]["what"] == "KeyError: 'six'" and (tmp_path / found[0]["file"]).read_bytes() == b"6"
    assert len(found) <= 20


def test_what_is_logged_afterwards_is_as_before(record):
    level = logging.getLogger("ocr_app").level
    record(3)
    assert logging.getLogger("ocr_app").level == level
