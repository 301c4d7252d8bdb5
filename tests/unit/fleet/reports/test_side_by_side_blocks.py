"""The README's tables come from the records of photographs and passes, and from nothing else."""

import json

import pytest

from fleet.core.errors import BlockError
from fleet.reports import side_by_side_blocks as blocks

MACHINE = {"cpu": "Some CPU", "cores": 2, "machine": "x86_64", "python": "3.11.2", "system": "Linux", "threads": 1}


def image(read, ms):
    return {"id": "ed_1.jpg", "lines": [[1, 1, 1], [1, read, read]], "ms": ms, "cpu_ms": ms, "error": None}


def crop(exact):
    return {"id": "d.png", "lines": [[1, exact, exact]], "ms": 1.0, "cpu_ms": 1.0, "error": None}


@pytest.fixture
def results(tmp_path):
    """The folder of a run, as committed results have it."""
    (tmp_path / "results" / "run").mkdir(parents=True)
    (tmp_path / "models").mkdir()
    return tmp_path / "results"


def test_readers_stand_beside_the_reference(results, monkeypatch):
    monkeypatch.setattr(blocks, "format_machine", lambda environment: environment["cpu"])
    photographs = {
        "created": "2026-11-30T01:02:03Z", "threads": 1, "reference": "a", "photographs": ["real-photos"],
        "environment": MACHINE, "results": {
            "a": {"real-photos": [image(0, 40.0)], "real-dates": [crop(1)], "real-lines": [crop(0)]},
            "b": {"real-photos": [image(1, 60.0)], "real-dates": [crop(1)], "real-lines": [crop(1)]},
        },
    }  # fmt: skip
    (results / "photographs.json").write_text(json.dumps(photographs))
    table = blocks.photographs(results / "run", results / "README.md").splitlines()
    assert table[2] == "| a | 1 of 1 | 0 of 1 | 100.0 % | 50.0 % | 0 | 40 | 1.00 |"
    assert table[3] == "| b | 1 of 1 | 1 of 1 | 100.0 % | 100.0 % | 1 | 60 | 1.50 |"
    assert "on Some CPU" in table[-1] and "1 with 2 lines" in table[-1] and "2026-11-30" in table[-1]


def test_passes_are_told_set_by_set(results):
    cases = [{"good": True, "grade": "right"}, {"good": True, "grade": None}, {"good": False, "grade": "wrong"}]
    record = {"created": "2026-11-30", "reader": "codes:balanced", "parts": [{"name": "dates", "cases": cases}]}
    (results.parent / "models" / "passes.json").write_text(json.dumps(record))
    table = blocks.passes(results / "run", results / "README.md").splitlines()
    assert table[2] == "| dates | 2 | 50.0 % | 1 | 0 |"


def test_a_record_that_is_not_there_is_named_with_its_command(results):
    with pytest.raises(BlockError) as caught:
        blocks.passes(results / "run", results / "README.md")
    assert caught.value.next_step == "./inv passes --publish"
