"""``ocr-app speed``, driven as a program is."""

import json

import numpy as np
import pytest
from grey_lines import Levels
from one_network import Doubles, OneNetwork
from posteriors import frame_of

from ocr_app.cli import main as cli
from ocr_app.core.errors import EngineError
from ocr_app.core.types import TextLine
from ocr_app.imaging.geometry import box_quad


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


class OneLine(OneNetwork):
    """Reads the same line in every frame."""

    def read(self, image, timer=None):
        self.network.infer_one(np.ones(1))
        return [TextLine("ABCD", box_quad(0, 0, 9, 9), 0.9)]

    def posteriors(self, image, timer=None):
        self.network.infer_one(np.ones(1))
        return frame_of("ABCD")


def test_the_stages_of_a_frame_are_measured_without_and_under_a_recipe(monkeypatch, lines, capsys, tmp_path):
    monkeypatch.setattr("ocr_app.cli.speed.open_reader", lambda request: OneLine(Doubles()))
    (tmp_path / "four.yaml").write_text("name: four\nwitnesses: 1\nlines: [[{letters: 4}]]\n")
    words = ["speed", str(lines), "--stages", "--recipe", str(tmp_path / "four.yaml"), "--rounds", "1"]
    assert cli.main([*words, "--seven-zip-mips", "2946"]) == 0
    shown = capsys.readouterr().out
    assert "no recipe, ms per frame" in shown and "decode under the recipe" in shown and "Estimate for a Nano" in shown
    assert cli.main([*words, "--json"]) == 0
    assert set(json.loads(capsys.readouterr().out)["recipes"]) == {"no recipe", "four"}


@pytest.mark.parametrize("words", [["--recipe", "x.yaml"], ["--stages", "--reader", "codes", "--reader", "tesseract"]])
def test_options_that_make_no_sense_together_are_refused(lines, capsys, words):
    assert cli.main(["speed", str(lines), *words]) == 2
    assert "--stages" in capsys.readouterr().err
