"""ONNX Runtime as a network: its numbers and metadata, and the device and precision that it must not replace."""

import numpy as np
import pytest

from ocr_app.core.errors import DeviceUnavailable, ModelError, PrecisionUnavailable
from ocr_app.networks import half, onnx_runtime


def test_onnx_runtime_takes_what_is_written(small_net, saved):
    network = onnx_runtime.OnnxNetwork(saved(small_net), threads=1)
    image = np.arange(16, dtype=np.float32).reshape(1, 1, 4, 4)
    answer = network.infer_one(image)
    expected = np.maximum(image.reshape(1, 1, 16) * [[-1.0], [0.15], [1.3]] + [[0.1], [0.2], [700.3]], 0)
    np.testing.assert_allclose(answer, expected, rtol=1e-6)
    assert network.metadata["characters"] == '["", "A"]'


def test_a_runtime_that_drops_the_casts_is_found_out(small_net, saved, monkeypatch):
    class Drops:
        def run(self, names, feeds):
            return [feeds["x"]]

    monkeypatch.setattr(onnx_runtime, "session", lambda *args, **options: Drops())
    with pytest.raises(PrecisionUnavailable, match="drops casts"):
        onnx_runtime.OnnxNetwork(saved(small_net), threads=1, precision=half.PRECISION)


def test_any_other_precision_is_refused(small_net, saved):
    with pytest.raises(PrecisionUnavailable):
        onnx_runtime.OnnxNetwork(saved(small_net), precision="fp16")


def test_a_file_that_is_not_a_model_is_refused_by_name(saved):
    with pytest.raises(ModelError, match=r"broken\.onnx does not load"):
        onnx_runtime.OnnxNetwork(saved(b"not a model", "broken.onnx"))


def test_another_device_is_never_taken_instead(small_net, saved, monkeypatch):
    monkeypatch.setattr(onnx_runtime, "available_devices", lambda: ("cpu",))
    with pytest.raises(DeviceUnavailable, match=r"it has: cpu"):
        onnx_runtime.OnnxNetwork(saved(small_net), "cuda")


def test_a_session_on_another_device_than_asked_for_is_refused(small_net, saved, monkeypatch):
    import onnxruntime

    class Falls:
        def get_providers(self):
            return ["CPUExecutionProvider"]

    monkeypatch.setattr(onnxruntime, "InferenceSession", lambda *args, **options: Falls())
    with pytest.raises(DeviceUnavailable, match="took CPUExecutionProvider"):
        onnx_runtime.session(saved(small_net), "CUDAExecutionProvider", 1, "x")


def test_the_processor_is_always_there():
    assert "cpu" in onnx_runtime.available_devices()
    assert onnx_runtime.check_device("cpu") == "CPUExecutionProvider"
