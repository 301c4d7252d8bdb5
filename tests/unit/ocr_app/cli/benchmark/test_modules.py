"""``ocr-app benchmark modules``."""

import pytest

from ocr_app.cli.main import main
from ocr_app.export import network_specs, program


@pytest.fixture
def exports(tmp_path, code_models):
    folder = str(tmp_path / "exports")
    program.export(network_specs.select(["codes-recogniser"])[0], folder)
    return folder


def test_the_command_prints_a_table_and_the_reasons(exports, capsys, tmp_path):
    words = ["--network", "codes-recogniser", "--engine", "onnxruntime", "--engine", "tensorrt-fp16", "--runs", "2"]
    assert main(["benchmark", "modules", "--exports", exports, "--threads", "1"] + words) == 0
    printed = capsys.readouterr().out
    assert "recognisers" in printed and "Not run:" in printed and "codes-recogniser tensorrt-fp16: " in printed


def test_a_command_that_could_run_nothing_fails(tmp_path, capsys):
    words = ["--network", "easyocr-recogniser", "--engine", "onnxruntime"]
    assert main(["benchmark", "modules", "--exports", str(tmp_path)] + words) == 7
    assert "./inv export" in capsys.readouterr().err


def test_a_network_that_is_an_onnx_file_is_exported_where_that_is_missing(tmp_path, capsys):
    words = ["--network", "codes-recogniser", "--engine", "onnxruntime", "--runs", "2", "--threads", "1"]
    assert main(["benchmark", "modules", "--exports", str(tmp_path)] + words) == 0
    assert "Not run" not in capsys.readouterr().out and (tmp_path / "codes-recogniser.onnx").is_file()


def test_a_frame_is_a_size(capsys):
    with pytest.raises(SystemExit):
        main(["benchmark", "modules", "--frame", "640"])
