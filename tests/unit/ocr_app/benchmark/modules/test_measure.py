"""One exported network with one engine, measured in a process of its own."""

import hashlib

import pytest

from ocr_app.benchmark.modules import measure
from ocr_app.core.errors import EngineError, OcrError
from ocr_app.engines.cache import Cache
from ocr_app.engines.key import EngineIdentity, Platform, ShapeProfile
from ocr_app.engines.manifest import EngineManifest
from ocr_app.export import network_specs
from ocr_app.export.record import load_record

NAMES = ("codes-recogniser",)


class FakeTarget:
    """Stands for TensorRT, which a PC does not have: a board, and an engine that counts its runs."""

    runs = 0

    @staticmethod
    def current_platform(root="/"):
        return Platform("tensorrt", "8.2.1.8", "32.7.6", "5.3", "aarch64")

    @classmethod
    def load(cls, data, manifest):
        assert data == b"engine"
        return cls

    @classmethod
    def infer_one(cls, array):
        cls.runs += 1
        return array


def store(folder, exports, precision, platform=None, sha256=None):
    """A manifest and an engine in the cache, made from the export unless told otherwise."""
    record = load_record(exports, "codes-recogniser")
    shape = (1, 1, 32, 64)
    profile = ShapeProfile(shape, shape, shape)
    digest = hashlib.sha256(b"plan").hexdigest() if precision == "fp16" else ""
    platform = platform or FakeTarget.current_platform()
    identity = EngineIdentity("codes-recogniser", sha256 or record["sha256"], platform, precision, digest, profile)
    check = {"against": "onnxruntime", "samples": 3, "changed": 0, "largest_error": 0.0}
    digest = hashlib.sha256(b"engine").hexdigest()
    manifest = EngineManifest(identity, digest, 6, "codes-recogniser.onnx", {}, ["image"], ["logits"],
                   None, check, {})  # fmt: skip
    Cache(folder).store(manifest, b"engine")


@pytest.fixture
def engines(tmp_path, monkeypatch):
    folder = str(tmp_path / "engines")
    monkeypatch.setenv("OCR_ENGINES", folder)
    monkeypatch.setattr(measure.target, "module_of", lambda name: FakeTarget)
    return folder


def tensorrt(exports, precision):
    (spec,) = network_specs.select(NAMES)
    return measure.measure(spec, "tensorrt-" + precision, "cuda", (1, 1, 32, 64), 3, 1, exports)


def test_an_engine_that_was_built_here_is_measured(exports, engines):
    store(engines, exports, "fp16")
    FakeTarget.runs = 0
    assert tensorrt(exports, "fp16")["with"] == "TensorRT 8.2.1.8 fp16"
    assert FakeTarget.runs == 3 + measure.WARM_UP


def test_engines_of_another_precision_board_or_export_are_not(exports, engines):
    store(engines, exports, "fp32")
    store(engines, exports, "fp16", platform=FakeTarget.current_platform()._replace(l4t="32.7.1"))
    store(engines, exports, "fp16", sha256=hashlib.sha256(b"older").hexdigest())
    with pytest.raises(EngineError) as caught:
        tensorrt(exports, "fp16")
    assert caught.value.code == "missing" and "ocr-app engine build" in str(caught.value)


def test_a_damaged_export_is_refused(exports):
    with open(exports + "/codes-recogniser.onnx", "ab") as stream:
        stream.write(b"x")
    (spec,) = network_specs.select(NAMES)
    with pytest.raises(OcrError):
        measure.measure(spec, "onnxruntime", "cpu", (1, 1, 32, 64), 1, 1, exports)
