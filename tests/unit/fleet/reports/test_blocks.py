"""Numbers in pages come from result files, between marks."""

import json

import pytest

from fleet.core.errors import BlockError
from fleet.reports import blocks

PAGE = "before\n<!-- results: made -->\nold\nolder\n<!-- /results -->\nafter\n"


def test_only_what_stands_between_the_marks_is_replaced(tmp_path, monkeypatch):
    monkeypatch.setattr(blocks, "MAKERS", {"results": lambda folder, page: f"from {folder.name}"})
    made = blocks.filled(PAGE, tmp_path / "2026-01-01-x", tmp_path / "README.md")
    assert made == "before\n<!-- results: made -->\nfrom 2026-01-01-x\n<!-- /results -->\nafter\n"
    assert blocks.filled(made, tmp_path / "2026-01-01-x", tmp_path / "README.md") == made


def test_a_block_that_nothing_makes_is_an_error(tmp_path):
    with pytest.raises(BlockError, match="nothing makes magic"):
        blocks.filled("<!-- magic: x -->\n<!-- /magic -->\n", tmp_path, tmp_path / "README.md")


def test_the_newest_results_are_those_of_the_latest_date(tmp_path):
    for name in ("2026-01-02-b", "2026-01-10-a", "2025-12-31-c"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "summary.json").write_text("{}")
    (tmp_path / "2027-01-01-unfinished").mkdir()
    assert blocks.newest(tmp_path).name == "2026-01-10-a"


def test_no_results_says_what_to_run(tmp_path):
    with pytest.raises(BlockError, match=r"\./inv benchmark"):
        blocks.newest(tmp_path)


def run_of(recipe, exact):
    scores = {form: {"exact": exact} for form in ("nospace", "spaced", "alnum")}
    settings = {"preprocess": "raw", "crop": "box", "recipe": {"file": "r.yaml"} if recipe else None}
    verdicts = {"pass": 7, "wrong_passes": 0} if recipe else None
    return {
        "reader": {"asked": "codes"}, "dataset": {"name": "nano-codes-100"}, "settings": settings,
        "scores": scores, "verdicts": verdicts,
    }  # fmt: skip


def test_recipes_stand_beside_free_readings(tmp_path):
    (tmp_path / "runs").mkdir()
    for name, run in (("a", run_of(False, 0.5)), ("b", run_of(True, 0.97))):
        (tmp_path / "runs" / f"{name}.json").write_text(json.dumps(run))
    table = blocks.recipes(tmp_path, tmp_path / "README.md").splitlines()
    assert table[2] == "| 100 drawn codes, inside the box | 50.0 % | 97.0 % | 7 | 0 |"
    assert table[3].endswith("| - | - | - | - |")


def test_networks_are_told_from_their_three_files(tmp_path):
    (tmp_path / "networks").mkdir()
    rates = {
        "codes": {"lines_per_s": 500.0, "first_is_faster_by": 1.0},
        "x": {"lines_per_s": 50, "first_is_faster_by": 10.0},
    }
    files = {
        "speed": {"batches": {batch: {"recognise": rates} for batch in ("1", "3")}},
        "count": {
            "networks": [{"name": "n.onnx", "shape": [1, 1, 32, 64], "macs": 2.5e8}],
            "frame": {"estimate_per_s": [45.7, 86.1]},
        },
        "half": {"datasets": [{"crops": 10, "changes": []}, {"crops": 5, "changes": [{}]}]},
    }
    for name, content in files.items():
        (tmp_path / "networks" / f"{name}.json").write_text(json.dumps(content))
    text = blocks.networks(tmp_path, tmp_path / "README.md")
    assert "| x | 50.0 | 10.0 | 50.0 | 10.0 |" in text
    assert "0.25 GMAC at 1x1x32x64" in text and "46 to 86 frames" in text and "1 of 15 crops" in text


def test_results_without_networks_say_what_to_run(tmp_path):
    with pytest.raises(BlockError, match="no networks"):
        blocks.networks(tmp_path, tmp_path / "README.md")
