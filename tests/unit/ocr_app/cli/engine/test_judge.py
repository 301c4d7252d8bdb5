"""``ocr-app engine preflight`` and ``gate``: words, JSON, files and exit codes."""

import json

import pytest

from ocr_app.cli.main import main
from ocr_app.verification import precision_plan

RECOGNISER = "code-recogniser.onnx"


def run(capsys, *arguments):
    code = main(["engine", *arguments])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def test_preflight_of_a_shipped_network(code_models, capsys, tmp_path):
    out = tmp_path / "report.json"
    code, words, _ = run(capsys, "preflight", RECOGNISER + ":3x1x32x352", "--out", str(out))
    assert code == 0 and "accepted, as far as is known" in words and "estimate" in words
    (own,) = json.loads(out.read_text(encoding="utf-8"))["models"]
    assert own["memory"]["fits"] and own["shape"] == [3, 1, 32, 352]


def test_int8_is_refused_with_its_own_exit_code(code_models, capsys):
    code, words, _ = run(capsys, "preflight", RECOGNISER, "--precision", "int8")
    assert code == 5 and "no INT8" in words


def test_a_model_that_is_refused(make_model, saved, capsys):
    path = saved(make_model([("NonZero", ["image"], ["logits"])]))
    code, words, _ = run(capsys, "preflight", path, "--json")
    assert code == 7 and json.loads(words)["models"][0]["refused"]


def test_unknown_models(capsys):
    code, _, error = run(capsys, "preflight", "nobody.onnx")
    assert code == 2 and "belongs to no reader" in error
    code, _, error = run(capsys, "gate", RECOGNISER, "--reader", "codes")
    assert code == 2 and "belong together" in error


@pytest.mark.parametrize("as_json", [False, True])
def test_gate_writes_the_plan(code_models, capsys, tmp_path, as_json):
    out = tmp_path / "own.json"
    words = ["gate", RECOGNISER, "--calibration", "data/nano-codes-100", "--limit", "1", "--out", str(out)]
    code, printed, _ = run(capsys, *words, *(["--json"] if as_json else []))
    own = precision_plan.read(str(out))
    assert code == (0 if own.verdict == precision_plan.ACCEPTED else 5)
    if as_json:
        assert json.loads(printed) == precision_plan.to_json(own)
    else:
        assert own.verdict in printed and str(out) in printed
