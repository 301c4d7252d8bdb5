"""The export of networks that are ONNX files already, and the command."""

import json
import os
import sys
from pathlib import Path

import pytest

from ocr_app.core.errors import ModelError
from ocr_app.export import network_specs, program
from ocr_app.export.record import load_record, record_path
from ocr_app.networks import onnx_model

ROOT = Path(__file__).resolve().parents[4]


def test_an_export_has_its_record(tmp_path, code_models):
    record = program.export(network_specs.select(["codes-recogniser"])[0], str(tmp_path))
    assert load_record(str(tmp_path), "codes-recogniser") == record
    model = onnx_model.load(str(tmp_path / "codes-recogniser.onnx"))
    assert record["opset"] == model.opset == 11
    assert record["sources"] == {"code-recogniser.onnx": code_models["recogniser"]["sha256"]}
    assert model.metadata["sources"] == "code-recogniser.onnx:" + code_models["recogniser"]["sha256"]
    assert json.loads(model.metadata["characters"])[0] == ""
    assert record["parity"] is None
    assert sorted(os.listdir(str(tmp_path))) == ["codes-recogniser.json", "codes-recogniser.onnx"]


def test_the_same_export_twice_is_the_same_file(tmp_path, code_models):
    network = network_specs.select(["codes-recogniser"])[0]
    records = [program.export(network, str(tmp_path / name)) for name in "ab"]
    assert records[0]["sha256"] == records[1]["sha256"]


@pytest.mark.parametrize("name", ["codes-detector", "codes-recogniser"])
def test_an_export_has_the_bytes_that_were_published(tmp_path, code_models, name):
    """Whatever the version of onnx and protobuf: engines and precision plans belong to a file by its sha256."""
    published = json.loads((ROOT / "docs" / "results" / "export.json").read_text(encoding="utf-8"))["networks"]
    (expected,) = [entry["sha256"] for entry in published if entry["network"] == name]
    assert program.export(network_specs.select([name])[0], str(tmp_path))["sha256"] == expected


def test_an_export_that_is_cut_off_leaves_no_record_of_another_file(tmp_path, monkeypatch, code_models):
    network = network_specs.select(["codes-detector"])[0]
    program.export(network, str(tmp_path))

    def full(path, data):
        with open(path + ".part", "wb") as stream:
            stream.write(data[:100])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(program.files, "write_whole", full)
    with pytest.raises(OSError):
        program.export(network, str(tmp_path))
    assert not os.path.exists(record_path(str(tmp_path / "codes-detector.onnx")))
    with pytest.raises(ModelError):
        load_record(str(tmp_path), "codes-detector")
    monkeypatch.undo()
    program.export(network, str(tmp_path))
    assert load_record(str(tmp_path), "codes-detector")["network"] == "codes-detector"


@pytest.mark.parametrize(
    ("name", "library", "environment"),
    [
        ("easyocr-detector", "easyocr", "py36-easyocr"),
        ("paddleocr-v4-detector", "paddle2onnx.paddle2onnx_cpp2py_export", "py37-paddle"),
    ],
)
def test_networks_of_another_python_say_which(name, library, environment, tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, library, None)  # as where it is not installed
    assert program.main([name, "--out", str(tmp_path)]) == 6
    assert environment in capsys.readouterr().err


def test_the_command_says_what_it_wrote(tmp_path, capsys, code_models):
    assert program.main(["codes-detector", "--out", str(tmp_path)]) == 0
    assert "codes-detector.onnx: " in capsys.readouterr().out
    assert program.main(["nothing"]) == 2
