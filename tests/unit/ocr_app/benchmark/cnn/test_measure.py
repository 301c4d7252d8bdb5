"""One network of the board check, measured in a process of its own."""

import json
import sys

import pytest

from ocr_app.benchmark.cnn import measure
from ocr_app.core.errors import DeviceUnavailable


def test_figures_of_a_run():
    calls = []
    found = measure.timed(lambda: calls.append(1), lambda: calls.append(0), runs=4, warm_up=2)
    assert sum(calls) == 2 + 4 + 4 and calls.count(0) == 1 + 1 + 4
    assert found["fps"] > 0 and found["ms"] >= 0


def test_without_torch_the_reason_is_told(capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    assert measure.main(["resnet18", "--device", "cpu", "--engine", "pytorch"]) == 4
    assert "torch" in json.loads(capsys.readouterr().out)["error"]


def test_tensorrt_needs_a_gpu():
    with pytest.raises(DeviceUnavailable, match="runs on a GPU, not on cpu"):
        measure._check(None, "cpu", "tensorrt")
