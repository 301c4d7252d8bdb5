"""The cells of the benchmark matrix."""

import pytest

from fleet.core.errors import MatrixError
from fleet.core.toml import load_toml
from fleet.measurement import matrix
from fleet.measurement.cells import Cell, cells
from fleet.reports.identity import labels

CONFIG = {
    "baseline": "one",
    "threads": 1,
    "warm_up": 3,
    "repeat": 1,
    "quick": {"limit": 2, "warm_up": 1, "readers": ["one"], "datasets": ["small"]},
    "readers": [{"name": "one"}, {"name": "two:big@far"}],
    "datasets": [{"name": "small", "source": "s"}, {"name": "real", "source": "r", "texts": False}],
    "extra": [{"dataset": "small", "readers": ["one"], "preprocess": ["gray"]}],
}


def names(found):
    return [(cell.reader, cell.dataset, cell.preprocess, cell.limit, cell.texts) for cell in found]


def test_every_reader_meets_every_data_set_and_the_extras_follow():
    assert names(cells(CONFIG, False, [])) == [
        ("one", "small", "raw", None, True),
        ("two:big@far", "small", "raw", None, True),
        ("one", "real", "raw", None, False),
        ("two:big@far", "real", "raw", None, False),
        ("one", "small", "gray", None, True),
    ]


def test_quick_is_fewer_images_and_readers():
    assert names(cells(CONFIG, True, [])) == [("one", "small", "raw", 2, True)]
    assert cells(CONFIG, True, [])[0].warm_up == 1


def test_only_chooses_readers_by_their_beginning():
    assert {cell.reader for cell in cells(CONFIG, False, ["two"])} == {"two:big@far"}
    with pytest.raises(MatrixError, match="no reader starts with three"):
        cells(CONFIG, False, ["three"])


def test_the_committed_matrix_is_whole():
    config = load_toml(matrix.MATRIX)
    found = cells(config, False, [])
    assert len({cell.slug for cell in found}) == len(found)
    assert config["baseline"] in {cell.identity for cell in found}
    names = labels(config)
    assert len(names) == len(set(names.values())) == len(config["readers"])
    known = {name for entry in [config["quick"], *config["extra"]] for name in entry["readers"]}
    assert known <= set(names)
    for name in ("codes", "easyocr@py36-easyocr", "paddleocr@py37-paddle"):
        assert {f"{name} onnxruntime fp32", f"{name} tensorrt fp32", f"{name} tensorrt fp16"} <= set(names)
    assert all(not cell.texts for cell in found if "shared/real" in cell.source)


def test_a_cells_command_says_everything(tmp_path):
    words = Cell("two:big@far", "real", "r", "gray", texts=False, limit=2).command(tmp_path / "x.json", "now")
    assert words[1:6] == ["-m", "ocr_app", "benchmark", "r", "--reader"]
    assert words[6:] == [
        *("two:big@far", "--preprocess", "gray", "--threads", "2", "--warm-up", "30", "--crop", "box", "--repeat", "1"),
        *("--session", "now", "--out", str(tmp_path / "x.json"), "--json", "--limit", "2", "--no-texts"),
    ]


def test_engines_make_another_reader(tmp_path):
    engines = {"name": "one", "engine": "onnxruntime", "precision": "fp16-simulated"}
    found = cells(dict(CONFIG, readers=[*CONFIG["readers"], engines]), False, ["one"])
    assert [(cell.identity, cell.preprocess) for cell in found if cell.dataset == "small"] == [
        ("one", "raw"), ("one onnxruntime fp16-simulated", "raw"), ("one", "gray"),
    ]  # fmt: skip
    cell = found[1]
    assert cell.slug == "small__one-onnxruntime-fp16-simulated__raw"
    command = cell.command(tmp_path / "x.json", "now")
    assert command[-4:] == ["--engine", "onnxruntime", "--precision", "fp16-simulated"]
    assert "--engine" not in found[0].command(tmp_path / "x.json", "now")


def test_another_crop_is_another_cell():
    cell = Cell("one", "small", "s", crop="squeezed")
    assert (cell.variant, cell.slug) == ("raw, squeezed", "small__one__raw-squeezed")


def test_a_recipe_makes_another_cell(tmp_path):
    config = dict(CONFIG, extra=[{"dataset": "small", "readers": ["one"], "preprocess": ["raw"], "recipe": "r.yaml"}])
    last = cells(config, False, ["one"])[-1]
    assert last.variant == "raw, recipe" and last.slug.endswith("raw-recipe")
    command = last.command(tmp_path / "x.json", "now")
    assert command[command.index("--recipe") + 1] == "r.yaml"


def test_a_set_for_extras_is_not_read_by_everyone():
    config = dict(CONFIG, datasets=[*CONFIG["datasets"], {"name": "more", "source": "m", "extra_only": True}], extra=[])
    assert {cell.dataset for cell in cells(config, False, [])} == {"small", "real"}
