"""`./inv passes`: which parts there are, and the record of a small one."""

import json

import pytest

from fleet.core.errors import MatrixError
from fleet.core.files import ROOT
from fleet.core.toml import load_toml
from fleet.measurement import passes
from fleet.measurement.matrix import MATRIX
from fleet.measurement.passes import PassesPart, PassesRequest, parts

CONFIG = {
    "passes": {
        "reader": "codes:v2",
        "threads": 1,
        "degrees": [8, 90],
        "kinds": {"ed": "recipes/packs.yaml"},
        "sets": [
            {"dataset": "nano-codes-100", "recipe": "recipes/nano-codes.yaml", "crop": "box"},
            {"dataset": "nano-codes-100", "recipe": "recipes/nano-codes.yaml", "turned": True},
            {"dataset": "photos"},
        ],
    },
    "datasets": [
        {"name": "nano-codes-100", "source": "data/nano-codes-100"},
        {"name": "photos", "source": "not-here/photos.json"},
    ],
}


def test_a_set_may_be_cropped_and_turned():
    assert [part.name for part in parts(CONFIG, None)] == [
        "nano-codes-100 in the box",
        "nano-codes-100",
        "photos",
        "nano-codes-100 turned by 8",
        "nano-codes-100 turned by 90",
    ]


def test_parts_are_chosen_by_the_beginnings_of_their_names():
    assert [part.dataset for part in parts(CONFIG, ["pho"])] == ["photos"]
    with pytest.raises(MatrixError, match="no part begins with walls"):
        list(parts(CONFIG, ["walls"]))


def test_the_record_of_a_small_measurement_says_what_was_not_here(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(passes, "load_toml", lambda path: CONFIG)
    passes.main(PassesRequest(sets=["nano-codes-100 in", "photos"], limit=2), tmp_path / "out.json")
    record = json.loads((tmp_path / "out.json").read_text())
    assert record["schema"] == passes.SCHEMA and record["missing"] == ["photos"]
    (part,) = record["parts"]
    assert part["recipes"] == ["recipes/nano-codes.yaml"]
    assert len(part["cases"]) == 2 and all(case["good"] for case in part["cases"])
    assert "nano-codes-100 in the box" in capsys.readouterr().out


def test_every_part_of_the_matrix_has_its_set_and_its_recipes():
    config = load_toml(MATRIX)
    known = {entry["name"] for entry in config["datasets"]}
    assert {part.dataset for part in parts(config, None)} <= known
    files = {part.recipe for part in parts(config, None) if part.recipe} | set(config["passes"]["kinds"].values())
    assert not [path for path in files if not (ROOT / path).is_file()]
    assert set(config["passes"]["kinds"]) == set(config["side_by_side"]["kinds"])


def test_a_part_says_how_far_it_is_turned():
    assert PassesPart("x", "r", "none", -12).name == "x turned by -12"


def kept_record(*names, app="1"):
    parts_of_it = [{"name": name} for name in names]
    return {"reader": "r", "engine": "e", "environment": {"app": {"sha256": app}}, "parts": parts_of_it}


def test_a_long_measurement_can_be_made_part_by_part():
    whole = passes.with_kept(kept_record("b"), kept_record("c", "b", "a"), ["a", "b", "c"])
    assert [part["name"] for part in whole["parts"]] == ["a", "b", "c"]
    with pytest.raises(MatrixError, match="the earlier record is of 2"):
        passes.with_kept(kept_record("b"), kept_record("a", app="2"), ["a", "b"])
