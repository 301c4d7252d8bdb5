"""The matrix: which cells there are, that they resume, and that nothing is left out in silence."""

import json

import pytest

from fleet.core.errors import MatrixError
from fleet.core.files import ROOT
from fleet.core.toml import load_toml
from fleet.measurement import matrix
from fleet.measurement.matrix import Cell, CellOutcome, cells, finished, main, reason_of
from ocr_app.benchmark import environment
from ocr_app.benchmark.datasets import open_dataset

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
    assert config["baseline"] in {cell.reader for cell in found}
    assert all(not cell.texts for cell in found if "shared/real" in cell.source)


def test_a_cells_command_says_everything(tmp_path):
    words = Cell("two:big@far", "real", "r", "gray", texts=False, limit=2).command(tmp_path / "x.json", "now")
    assert words[1:6] == ["-m", "ocr_app", "benchmark", "r", "--reader"]
    assert words[6:] == [
        *("two:big@far", "--preprocess", "gray", "--threads", "2", "--warm-up", "30", "--crop", "box", "--repeat", "1"),
        *("--session", "now", "--out", str(tmp_path / "x.json"), "--json", "--limit", "2", "--no-texts"),
    ]


def test_another_crop_is_another_cell():
    cell = Cell("one", "small", "s", crop="squeezed")
    assert (cell.variant, cell.slug) == ("raw, squeezed", "small__one__raw-squeezed")


def test_the_reason_is_the_errors_own_words():
    noise = "FutureWarning: x\nocr-app benchmark: no such environment\n  next: ./inv envs\n"
    assert reason_of(noise, 6) == "no such environment; next: ./inv envs"
    assert reason_of("Traceback\nValueError: odd\n", 1) == "ValueError: odd"
    assert reason_of("", 137) == "exit code 137"


def record_of(cell, dataset):
    return {
        "dataset": {"sha256": dataset.sha256},
        "reader": {"asked": cell.reader, "threads": cell.threads},
        "settings": {"preprocess": cell.preprocess, "crop": cell.crop, "warm_up": cell.warm_up, "repeat": cell.repeat},
        "environment": {"app": {"sha256": environment.source_fingerprint()}},
    }


def test_a_finished_cell_is_kept_only_for_the_same_inputs(tmp_path, monkeypatch):
    source = ROOT / "data" / "nano-codes-100"
    cell = Cell("one", "small", str(source), limit=3)
    record = record_of(cell, open_dataset(str(source), limit=3))
    monkeypatch.setattr(matrix, "load_run", lambda path: record)
    assert finished(cell, tmp_path) is record
    assert finished(Cell("one", "small", str(source), limit=4), tmp_path) is None
    assert finished(Cell("one", "small", str(source), limit=3, threads=1), tmp_path) is None
    assert finished(Cell("one", "small", str(tmp_path / "gone"), limit=3), tmp_path) is None


def test_an_unfinished_file_is_run_again(tmp_path):
    (tmp_path / "x.json").write_text("{")
    assert finished(Cell("one", "small", "data/nano-codes-100"), tmp_path / "x.json") is None


def test_a_report_is_written_anew_from_what_is_there(tmp_path, monkeypatch):
    kept = []
    monkeypatch.setattr(matrix, "load_run", lambda path: {"path": path})
    monkeypatch.setattr(matrix, "write_report", lambda folder, config, results: kept.extend(results))
    with pytest.raises(MatrixError, match="no records"):
        matrix.report(tmp_path)
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / "real-dates__tesseract__raw.json").write_text("{}")
    row = {"reader": "TrOCR", "dataset": "real-lines", "preprocess": "raw", "reason": "no weights"}
    (tmp_path / "summary.json").write_text(json.dumps({"not_run": [row]}))
    matrix.report(tmp_path)
    assert [cell.slug for cell, record, _ in kept if record] == ["real-dates__tesseract__raw"]
    assert {(cell.reader, cell.dataset): reason for cell, record, reason in kept}[("trocr@server", "real-lines")] == (
        "no weights"
    )


def test_when_nothing_can_run_every_reason_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(matrix, "load_toml", lambda path: CONFIG)
    monkeypatch.setattr(matrix, "run_cell", lambda cell, out, session: CellOutcome(cell, reason="no camel"))
    with pytest.raises(MatrixError, match="one: no camel"):
        main(quick=True, out=tmp_path)


def test_a_real_cell_runs_and_is_then_kept(tmp_path, capsys):
    """The matrix's own machinery on the one reader that is a program: a reason is as good as a record here."""
    cell = Cell("tesseract", "small", "data/nano-codes-100", limit=1, warm_up=0)
    first = matrix.run_cell(cell, tmp_path / "cell.json", "now")
    second = matrix.run_cell(cell, tmp_path / "cell.json", "now")
    assert bool(first.record) != bool(first.reason)
    assert second.kept == bool(first.record)
    if first.record:
        assert json.loads((tmp_path / "cell.json").read_text())["session"] == "now"


def test_a_recipe_makes_another_cell(tmp_path):
    config = dict(CONFIG, extra=[{"dataset": "small", "readers": ["one"], "preprocess": ["raw"], "recipe": "r.yaml"}])
    last = matrix.cells(config, False, ["one"])[-1]
    assert last.variant == "raw, recipe" and last.slug.endswith("raw-recipe")
    command = last.command(tmp_path / "x.json", "now")
    assert command[command.index("--recipe") + 1] == "r.yaml"


def test_a_set_for_extras_is_not_read_by_everyone():
    config = dict(CONFIG, datasets=[*CONFIG["datasets"], {"name": "more", "source": "m", "extra_only": True}], extra=[])
    assert {cell.dataset for cell in matrix.cells(config, False, [])} == {"small", "real"}


def test_a_set_that_cannot_be_made_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(matrix, "ROOT", tmp_path)
    entry = {"name": "more", "source": "m", "made_by": ["no_such_module"]}
    cell = matrix.Cell("one", "more", "m")
    with pytest.raises(MatrixError, match="more cannot be made"):
        matrix.make_missing({"datasets": [entry]}, [cell])


def test_a_half_made_set_is_named_and_never_measured(tmp_path, monkeypatch):
    monkeypatch.setattr(matrix, "ROOT", tmp_path)
    (tmp_path / "m").mkdir()
    entry = {"name": "more", "source": "m", "made_by": ["no_such_module"]}
    with pytest.raises(MatrixError, match=r"is incomplete: it has no manifest\.json"):
        matrix.make_missing({"datasets": [entry]}, [matrix.Cell("one", "more", "m")])


def test_networks_are_measured_by_the_commands_of_the_matrix(tmp_path):
    settings = {
        "datasets": ["no/such/place"], "on_datasets": [], "findings_allowed": [],
        "commands": {"count": ["network", "count"]},
    }  # fmt: skip
    matrix.measure_networks(settings, tmp_path / "networks")
    assert json.loads((tmp_path / "networks" / "count.json").read_text())["networks"]
    settings["commands"] = {"count": ["network", "count", "no-such-file.onnx"]}
    with pytest.raises(MatrixError, match=r"network count no-such-file\.onnx"):
        matrix.measure_networks(settings, tmp_path / "networks")
