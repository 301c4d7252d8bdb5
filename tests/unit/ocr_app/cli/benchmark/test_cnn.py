"""``ocr-app benchmark cnn``."""

import json

from ocr_app.benchmark.cnn import suite
from ocr_app.cli.main import main


def test_the_command_is_refused_here(capsys, monkeypatch, tmp_path):
    monkeypatch.setattr(suite.nano, "board_name", lambda root="/": None)
    assert main(["benchmark", "cnn"]) == 4
    assert "not a Jetson Nano" in capsys.readouterr().err


def test_the_command_prints_and_writes(capsys, monkeypatch, tmp_path):
    monkeypatch.setattr(suite, "child", lambda command, threads: {"fps": 9.0, "ms": 110.0, "precision": "fp32"})
    out = str(tmp_path / "cnn.json")
    assert main(["benchmark", "cnn", "--device", "cpu", "--network", "resnet18", "--out", out]) == 0
    assert "no published figure" in capsys.readouterr().out
    with open(out) as stream:
        assert json.load(stream)["schema"] == "nano-ocr/cnn/1"


def test_a_data_set_called_cnn_is_still_reached(capsys, tmp_path):
    assert main(["benchmark", str(tmp_path / "cnn")]) == 9
