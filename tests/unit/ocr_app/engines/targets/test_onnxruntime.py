"""Engines for ONNX Runtime, on a small network."""

import platform

import numpy as np
import pytest

from ocr_app.core.errors import BuildError, ModelError
from ocr_app.core.files import sha256_of
from ocr_app.engines.building.jobs import BuildJob
from ocr_app.engines.key import ShapeProfile
from ocr_app.engines.targets import onnxruntime as engines
from ocr_app.engines.targets.target import CompileRequest
from ocr_app.export import network_specs
from ocr_app.networks import half
from ocr_app.networks.onnx_runtime import OnnxNetwork
from ocr_app.verification.precision_plan import ACCEPTED, PrecisionPlan

runtime = pytest.importorskip("onnxruntime")
SHAPE = (1, 1, 4, 8)
IMAGE = np.arange(32, dtype=np.float32).reshape(SHAPE)


@pytest.fixture
def request_of(small_net, saved):
    """(precision, plan) -> what to compile, from the small network."""
    path = saved(small_net)

    def make(precision, plan=None):
        spec = network_specs.networks()["codes-recogniser"]
        return CompileRequest(
            BuildJob(spec, path, sha256_of(small_net), precision, plan), ShapeProfile(SHAPE, SHAPE, SHAPE), 64
        )

    return make


def load(request, data):
    identity = request.job.identity(engines.current_platform(), request.profile)
    from engine_files import manifest_of

    return engines.load(data, manifest_of(identity, data), threads=1)


def test_the_platform_is_this_computer():
    found = engines.current_platform()
    assert found == ("onnxruntime", runtime.__version__, "", "", platform.machine())


def test_an_engine_answers_as_its_model(request_of):
    request = request_of("fp32")
    compiled = engines.make(request)
    assert compiled.timing is None and compiled.notes == []
    engine, model = load(request, compiled.data), OnnxNetwork(request.job.path, "cpu", 1)
    assert (engine.inputs, engine.outputs) == (("image",), ("logits",))
    np.testing.assert_allclose(engine.infer_one(IMAGE), model.infer_one(IMAGE), rtol=1e-6)


def test_simulated_half_precision_rounds_and_a_plan_keeps_layers(request_of):
    plan = PrecisionPlan("model.onnx", "ab" * 32, 5, ACCEPTED, "", (), {})
    request = request_of(half.PRECISION, plan)
    rounded = load(request, engines.make(request).data).infer_one(IMAGE)
    exact = OnnxNetwork(request.job.path, "cpu", 1).infer_one(IMAGE)
    assert np.array_equal(rounded, rounded.astype(np.float16)) and not np.array_equal(rounded, exact)


def test_a_model_that_changed_or_is_not_one_is_refused(request_of, tmp_path):
    request = request_of("fp32")
    (tmp_path / "noise.onnx").write_bytes(b"noise")
    noise = request.job._replace(path=str(tmp_path / "noise.onnx"))
    with pytest.raises(ModelError, match="has sha256"):
        engines.make(request._replace(job=noise))
    with pytest.raises(BuildError, match="does not accept") as caught:
        engines.make(request._replace(job=noise._replace(sha256=sha256_of(b"noise"))))
    assert caught.value.code == "unfit"
