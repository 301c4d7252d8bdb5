"""The matrix: which cells there are, that they resume, and that nothing is left out in silence."""

import json
from dataclasses import replace

import pytest

from fleet.core.errors import MatrixError
from fleet.core.files import ROOT
from fleet.measurement import matrix
from fleet.measurement.cells import Cell
from fleet.measurement.matrix import CellOutcome, finished, main
from fleet.reports.blocks import newest
from ocr_app.board import environment
from ocr_app.datasets.loading import open_dataset

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


def record_of(cell, dataset):
    return {
        "dataset": {"sha256": dataset.sha256},
        "reader": {"asked": cell.reader, "threads": cell.threads, "precision": "fp32"},
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


def test_a_cell_with_engines_is_kept_only_for_the_same_engines_and_precision(tmp_path, monkeypatch):
    source = ROOT / "data" / "nano-codes-100"
    cell = Cell("one", "small", str(source), limit=3, engine="onnxruntime", precision="fp16-simulated")
    record = record_of(cell, open_dataset(str(source), limit=3))
    monkeypatch.setattr(matrix, "load_run", lambda path: record)
    assert finished(cell, tmp_path) is None
    record["reader"].update(engines="onnxruntime", precision="fp16-simulated")
    assert finished(cell, tmp_path) is record
    assert finished(replace(cell, precision="fp32"), tmp_path) is None
    assert finished(replace(cell, engine="none", precision="fp32"), tmp_path) is None


def test_missing_engines_are_not_run_with_their_command_and_nothing_is_built(tmp_path, monkeypatch):
    monkeypatch.setenv("OCR_ENGINES", str(tmp_path / "engines"))
    cell = Cell("codes", "small", "data/nano-codes-100", limit=1, warm_up=0, engine="onnxruntime")
    outcome = matrix.run_cell(cell, tmp_path / "cell.json", "now")
    assert outcome.record is None and not (tmp_path / "engines").exists()
    assert outcome.reason.startswith("no engine of ppocr-v6-tiny-codes-detector in fp32 for onnxruntime ")
    assert outcome.reason.endswith("next: ./inv build-engines --target onnxruntime --reader codes --precision fp32")


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


def test_the_committed_report_is_that_of_the_committed_records(tmp_path):
    """Cells that were measured before readers had engines keep their rows; the others are listed as not run."""
    committed = newest()
    (tmp_path / "runs").symlink_to(committed / "runs")
    (tmp_path / "summary.json").write_bytes((committed / "summary.json").read_bytes())
    matrix.report(tmp_path)
    for name in ("report.md", "summary.json"):
        assert (tmp_path / name).read_text() == (committed / name).read_text(), "run ./inv docs"
    rows = json.loads((tmp_path / "summary.json").read_text())["not_run"]
    assert "codes, TensorRT engines, fp16" in {row["reader"] for row in rows}


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


def test_a_set_that_cannot_be_made_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(matrix, "ROOT", tmp_path)
    entry = {"name": "more", "source": "m", "made_by": ["no_such_module"]}
    cell = Cell("one", "more", "m")
    with pytest.raises(MatrixError, match="more cannot be made"):
        matrix.make_missing({"datasets": [entry]}, {cell.dataset})


def test_a_half_made_set_is_named_and_never_measured(tmp_path, monkeypatch):
    monkeypatch.setattr(matrix, "ROOT", tmp_path)
    (tmp_path / "m").mkdir()
    entry = {"name": "more", "source": "m", "made_by": ["no_such_module"]}
    with pytest.raises(MatrixError, match=r"is incomplete: it has no manifest\.json"):
        matrix.make_missing({"datasets": [entry]}, {"more"})


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
