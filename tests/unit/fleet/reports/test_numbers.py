"""The content of the generated blocks, from run records."""

import json

import pytest

from fleet.core.errors import BlockError
from fleet.reports import numbers


def run_of(recipe, exact):
    scores = {form: {"exact": exact} for form in ("nospace", "spaced", "alnum")}
    settings = {"preprocess": "raw", "crop": "box", "recipe": {"file": "r.yaml"} if recipe else None}
    verdicts = {"pass": 7, "wrong_passes": 0} if recipe else None
    return {
        "reader": {"asked": "codes", "precision": "fp32"}, "dataset": {"name": "nano-codes-100"}, "settings": settings,
        "scores": scores, "verdicts": verdicts,
    }  # fmt: skip


def test_recipes_stand_beside_free_readings(tmp_path):
    (tmp_path / "runs").mkdir()
    for name, run in (("a", run_of(False, 0.5)), ("b", run_of(True, 0.97))):
        (tmp_path / "runs" / f"{name}.json").write_text(json.dumps(run))
    table = numbers.all_recipes(tmp_path, tmp_path / "README.md").splitlines()
    assert table[2] == "| 100 drawn codes, inside the box | 50.0 % | 97.0 % | 7 | 0 |"
    assert table[3].endswith("| - | - | - | - |")
    assert sum(line.startswith("| ") for line in table) - 2 == 6


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
    text = numbers.networks(tmp_path, tmp_path / "README.md")
    assert "| x | 50.0 | 10.0 | 50.0 | 10.0 |" in text
    assert "0.25 GMAC at 1x1x32x64" in text and "46 to 86 frames" in text and "1 of 15 crops" in text


def test_results_without_networks_say_what_to_run(tmp_path):
    with pytest.raises(BlockError, match="no networks"):
        numbers.networks(tmp_path, tmp_path / "README.md")
