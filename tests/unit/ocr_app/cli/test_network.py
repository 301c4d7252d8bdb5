"""`ocr-app network`, driven as a program is, on networks made here."""

import json

import numpy as np
import pytest

from ocr_app.cli import main as cli

CONV = [("Conv", ["image", "w"], ["a"]), ("Relu", ["a"], ["logits"])]


@pytest.fixture
def model(make_model, saved):
    return saved(make_model(CONV, {"w": np.zeros((8, 1, 3, 3))}))


def run(capsys, *arguments):
    code = cli.main(["network"] + [str(argument) for argument in arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_count_as_a_table(model, capsys):
    code, out, _ = run(capsys, "count", model + ":1x1x4x10", "--layers")
    assert code == 0
    assert "model.onnx  1x1x4x10" in out and "An estimate" in out and "Conv logits" not in out
    assert [line.split()[0] for line in out.splitlines()[2:4]] == ["Conv", "Relu"]


def test_count_as_json(model, capsys, tmp_path):
    _, out, _ = run(capsys, "count", model + ":2x1x4x10", model + ":1x1x4x10", "--json", "--out", tmp_path / "c.json")
    report = json.loads(out)
    assert report == json.loads((tmp_path / "c.json").read_text())
    assert report["schema"] == "nano-ocr/network/1" and report["precision"] == "fp16"
    assert [entry["macs"] for entry in report["networks"]] == [2 * 8 * 16 * 9, 8 * 16 * 9]
    assert report["networks"][0]["weight_bytes"] == 2 * 72 and report["networks"][0]["layers"][1]["fused"]
    slow = sum(entry["estimate_ms"][0] for entry in report["networks"])
    assert report["frame"]["estimate_ms"][0] == pytest.approx(slow, abs=0.002)
    assert report["frame"]["estimate_per_s"][0] == pytest.approx(1e3 / slow, rel=0.01)
    assert report["board"]["sources"]["launch_s"]


def test_a_shape_is_asked_for_in_words(model, capsys):
    code, _, err = run(capsys, "count", model)
    assert code == 2 and "?x1x4x?" in err


def test_a_model_that_is_not_there(capsys):
    code, _, err = run(capsys, "count", "nowhere.onnx:1x1x2x2")
    assert code == 7 and "nowhere.onnx" in err


def test_check(model, make_model, saved, capsys):
    code, out, _ = run(capsys, "check", model)
    assert (code, out) == (0, "model.onnx: nothing known speaks against it\n")
    refused = saved(make_model([("NonZero", ["image"], ["logits"])], opset=14), "new.onnx")
    code, out, _ = run(capsys, "check", model, refused, "--json")
    assert code == 7
    assert [len(problems) for problems in json.loads(out)["problems"].values()] == [0, 2]


def test_nothing_asked(capsys):
    assert run(capsys)[0] == 2
