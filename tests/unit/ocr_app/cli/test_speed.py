"""``ocr-app speed``, driven as a program is."""

import json

from grey_lines import Levels

from ocr_app.cli import main as cli
from ocr_app.core.errors import EngineError


def test_readers_are_measured_side_by_side(monkeypatch, lines, capsys, tmp_path):
    monkeypatch.setattr("ocr_app.cli.speed.open_reader", lambda request: Levels())
    out = str(tmp_path / "speed.json")
    words = ["speed", str(lines), "--reader", "codes", "--reader", "ppocr:v6-tiny", "--rounds", "1", "--out", out]
    assert cli.main(words) == 0
    assert "first is faster" in capsys.readouterr().out
    record = json.loads((tmp_path / "speed.json").read_text())
    assert [entry["reader"] for entry in record["readers"]] == ["codes", "ppocr:v6-tiny"]


def test_every_reader_is_measured_with_every_kind_of_engine(monkeypatch, lines, capsys):
    requests = []

    def open_reader(request):
        requests.append((str(request.name), request.engine, request.precision))
        return Levels()

    monkeypatch.setattr("ocr_app.cli.speed.open_reader", open_reader)
    words = ["speed", str(lines), "--reader", "codes", "--engine", "none", "--engine", "onnxruntime"]
    assert cli.main([*words, "--precision", "fp16-simulated", "--rounds", "1"]) == 0
    assert requests == [("codes", "none", "fp32"), ("codes", "onnxruntime", "fp16-simulated")]
    assert "codes onnxruntime fp16-simulated" in capsys.readouterr().out


def test_a_reader_that_cannot_be_opened_is_an_error_not_a_row(monkeypatch, lines, capsys):
    def open_reader(request):
        raise EngineError("no engine", "one", "", "missing")

    monkeypatch.setattr("ocr_app.cli.speed.open_reader", open_reader)
    assert cli.main(["speed", str(lines), "--reader", "codes", "--engine", "onnxruntime"]) == 12
    assert "no engine" in capsys.readouterr().err
