"""Export: equal to the trained network, or refused; registered in the catalogue."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="this is not the environment for training: no torch here")
pytest.importorskip("onnx", reason="this is not the environment for training: no onnx here")

import onnx
import torch
from torch import nn

from training import export as exporting

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of the exporter that writes opset 11


def network(bias: float) -> nn.Module:
    torch.manual_seed(0)
    layer = nn.Conv2d(1, 2, 3, padding=1)
    nn.init.constant_(layer.bias, bias)
    return layer.eval()


def export(deployed: nn.Module, target: Path) -> float:
    sample = torch.randn(2, 1, 8, 8)
    return exporting.export(deployed, network(0.0), sample, target, "maps", {0: "n"}, {0: "n"}, {"training": "x"})


def test_an_equal_network_is_written_with_its_metadata(tmp_path: Path) -> None:
    assert export(network(0.0), tmp_path / "a.onnx") < exporting.LARGEST_ERROR
    model = onnx.load(str(tmp_path / "a.onnx"))
    assert {entry.key: entry.value for entry in model.metadata_props} == {"training": "x"}
    assert [path.name for path in tmp_path.iterdir()] == ["a.onnx"]


def test_a_network_that_differs_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(exporting.ExportError, match=r"differs by 0\.5"):
        export(network(0.5), tmp_path / "a.onnx")
    assert not (tmp_path / "a.onnx").exists()


def test_a_file_is_registered_by_size_and_digest(tmp_path: Path) -> None:
    (tmp_path / "net.onnx").write_bytes(b"net")
    catalogue = tmp_path / "codes.json"
    catalogue.write_text(json.dumps({"default": "m", "models": {"m": {"detector": {"file": "net.onnx"}}}}))
    exporting.register(catalogue, "detector", tmp_path / "net.onnx")
    record = json.loads(catalogue.read_text())["models"]["m"]["detector"]
    assert record == {"file": "net.onnx", "size": 3, "sha256": hashlib.sha256(b"net").hexdigest()}
