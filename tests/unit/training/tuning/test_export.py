"""The fine-tuned file in the package: registered, and of the form of the file that it began with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="this is not the environment for training: no torch here")
pytest.importorskip("onnx", reason="this is not the environment for training: no onnx here")

import onnx

from training.export import register
from training.tuning import export as exporting
from training.tuning.graph import TrainableGraph


def test_a_file_is_registered_with_its_size_and_digest(tmp_path: Path) -> None:
    catalogue = tmp_path / "ppocr.json"
    catalogue.write_text(exporting.CATALOGUE.read_text(encoding="utf-8"), encoding="utf-8")
    file = tmp_path / "network.onnx"
    file.write_bytes(b"bytes")
    register(catalogue, "recogniser", file, exporting.MODEL)
    record = json.loads(catalogue.read_text(encoding="utf-8"))["models"][exporting.MODEL]["recogniser"]
    assert record["size"] == 5 and record["sha256"].startswith("277089d91c0bdf4f")


def test_the_file_of_the_package_says_how_it_was_trained() -> None:
    record = json.loads(exporting.CATALOGUE.read_text(encoding="utf-8"))["models"][exporting.MODEL]["recogniser"]
    model = onnx.load(str(exporting.DATA / "models" / record["file"]))
    metadata = {entry.key: entry.value for entry in model.metadata_props}
    training = json.loads(metadata["training"])
    assert training["steps"] > 0 and training["lines"] > training["steps"] and metadata["licence"] == "Apache-2.0"


def shipped() -> TrainableGraph:
    record = json.loads(exporting.CATALOGUE.read_text(encoding="utf-8"))["models"][exporting.MODEL]["recogniser"]
    return TrainableGraph(exporting.DATA / "models" / record["file"]).eval()


def test_a_file_with_other_weights_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "averaged", lambda config, out: (shipped(), {}))
    other = onnx.load_from_string(shipped().written({}))
    bias = next(entry for entry in other.graph.initializer if entry.name == "linear_1.b_0")
    bias.CopyFrom(onnx.numpy_helper.from_array(onnx.numpy_helper.to_array(bias) + 1, bias.name))
    monkeypatch.setattr(TrainableGraph, "written", lambda self, metadata: other.SerializeToString())
    with pytest.raises(exporting.ExportError, match=r"linear_1_b_0 is not what was trained"):
        exporting.export(None, tmp_path, tmp_path / "tried.onnx")  # type: ignore[arg-type]
    assert not list(tmp_path.iterdir())


def test_a_file_that_computes_something_else_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "averaged", lambda config, out: (shipped(), {}))
    forward = TrainableGraph.forward
    monkeypatch.setattr(TrainableGraph, "forward", lambda self, image: forward(self, image) + 1)
    with pytest.raises(exporting.ExportError, match="differs"):
        exporting.export(None, tmp_path, tmp_path / "tried.onnx")  # type: ignore[arg-type]
    assert not list(tmp_path.iterdir())
