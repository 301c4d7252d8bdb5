"""``ocr-app network count``."""

import json

import pytest


def test_count_as_a_table(model, network):
    code, out, _ = network("count", model + ":1x1x4x10", "--layers")
    assert code == 0
    assert "model.onnx  1x1x4x10" in out and "An estimate" in out and "Conv logits" not in out
    assert [line.split()[0] for line in out.splitlines()[2:4]] == ["Conv", "Relu"]


def test_count_as_json(model, network, tmp_path):
    _, out, _ = network("count", model + ":2x1x4x10", model + ":1x1x4x10", "--json", "--out", tmp_path / "c.json")
    report = json.loads(out)
    assert report == json.loads((tmp_path / "c.json").read_text())
    assert report["schema"] == "nano-ocr/network/1" and report["precision"] == "fp16"
    assert [entry["macs"] for entry in report["networks"]] == [2 * 8 * 16 * 9, 8 * 16 * 9]
    assert report["networks"][0]["weight_bytes"] == 2 * 72 and report["networks"][0]["layers"][1]["fused"]
    slow = sum(entry["estimate_ms"][0] for entry in report["networks"])
    assert report["frame"]["estimate_ms"][0] == pytest.approx(slow, abs=0.002)
    assert report["frame"]["estimate_per_s"][0] == pytest.approx(1e3 / slow, rel=0.01)
    assert report["board"]["sources"]["launch_s"]
