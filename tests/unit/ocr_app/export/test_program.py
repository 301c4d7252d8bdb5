"""The export of networks that are ONNX files already: table, files, records."""

import json
import os
import sys
from pathlib import Path

import pytest

from ocr_app.core.errors import ModelError, UsageError
from ocr_app.export import network_specs, program
from ocr_app.export.record import load_record, record_path
from ocr_app.networks import onnx_model
from ocr_app.readers.codes import reader as codes
from ocr_app.readers.ppocr import reader as ppocr

ROOT = Path(__file__).resolve().parents[4]


def test_the_table_has_every_network_of_every_reader_on_onnx_runtime():
    known = {(network.reader, network.part, network.files) for network in network_specs.networks().values()}
    for name, catalogue in (("codes", codes.catalogue()), ("ppocr", ppocr.catalogue())):
        for model, record in catalogue["models"].items():
            for part in ("detector", "recogniser"):
                assert (name + ":" + model, part, (record[part]["file"],)) in known


def test_every_network_of_the_table_is_within_what_tensorrt_parses():
    for network in network_specs.networks().values():
        assert network.opset <= network_specs.rules()["opset_most"] <= 13  # what TensorRT 8.2.1's parser takes at most
        assert len(network.shape) == len(network.input.dims)
        fixed = [(own, size) for own, size in zip(network.input.dims, network.shape) if isinstance(own, int)]
        assert all(own == size for own, size in fixed)
        assert (network.environment is None) == (network.way == "onnx")


def test_an_unknown_network_is_named_with_those_there_are():
    with pytest.raises(UsageError) as caught:
        network_specs.select(["codes-detektor"])
    assert "codes-detektor" in str(caught.value) and "codes-detector" in str(caught.value)


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


def test_a_file_that_was_changed_is_refused(tmp_path, code_models):
    program.export(network_specs.select(["codes-detector"])[0], str(tmp_path))
    path = tmp_path / "codes-detector.onnx"
    path.write_bytes(path.read_bytes()[:-7])
    with pytest.raises(ModelError) as caught:
        load_record(str(tmp_path), "codes-detector")
    assert "./inv export" in str(caught.value)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"schema": "nano-ocr/export/1"}', "null"])
def test_a_damaged_record_is_refused(tmp_path, text, code_models):
    program.export(network_specs.select(["codes-detector"])[0], str(tmp_path))
    (tmp_path / "codes-detector.json").write_text(text)
    with pytest.raises(ModelError):
        load_record(str(tmp_path), "codes-detector")


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
