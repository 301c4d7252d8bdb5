"""Networks one by one: a real run on ONNX Runtime, and reasons for what cannot run."""

import hashlib

import pytest

from ocr_app.benchmark.modules import measure, suite
from ocr_app.cli.main import main
from ocr_app.core.errors import EngineError, OcrError
from ocr_app.engines.cache import Cache
from ocr_app.engines.key import EngineIdentity, Platform, ShapeProfile
from ocr_app.engines.manifest import EngineManifest
from ocr_app.export import network_specs, program
from ocr_app.export.record import load_record

NAMES = ("codes-recogniser",)


@pytest.fixture
def exports(tmp_path, code_models):
    folder = str(tmp_path / "exports")
    for network in network_specs.select(NAMES):
        program.export(network, folder)
    return folder


def request(folder, engines, names=NAMES):
    return suite.ModulesRequest(network_specs.select(names), engines, "cpu", (640, 480), 2, 1, folder)


def test_a_network_runs_on_onnx_runtime(exports):
    record = suite.measure(request(exports, ["onnxruntime"]), lambda message: None)
    (row,) = record["rows"]
    assert row["ms"] > 0 and row["p95_ms"] >= row["ms"] and row["runs"] == 2
    assert row["shape"] == [3, 1, 32, 352] and abs(3 * row["ms_each"] - row["ms"]) < 0.01
    assert "onnxruntime" in row["with"]
    assert "too-few-samples" in {reason["code"] for reason in record["invalid_reasons"]}


def test_tensorrt_that_is_not_there_is_a_row_with_the_reason(exports):
    record = suite.measure(request(exports, ["tensorrt-fp32", "tensorrt-fp16"]), lambda message: None)
    assert ["TensorRT" in row["error"] for row in record["rows"]] == [True, True]
    assert all("ms" not in row for row in record["rows"])


def test_a_network_whose_own_framework_is_onnx_runtime_says_so(exports):
    (row,) = suite.measure(request(exports, ["original"]), lambda message: None)["rows"]
    assert "ONNX Runtime" in row["error"]


def test_an_environment_that_is_not_built_is_named(exports, monkeypatch, tmp_path):
    monkeypatch.setenv("OCR_ENVS", str(tmp_path))
    (row,) = suite.measure(request(exports, ["original"], ["easyocr-detector"]), lambda message: None)["rows"]
    assert "./inv envs --name py36-easyocr" in row["error"]


def test_an_original_runs_in_the_python_that_has_it(exports, monkeypatch):
    seen = []
    monkeypatch.setattr(suite.environments, "exists", lambda name: True)

    def run(command, threads):
        seen.append(command)
        return {"ms": 10.0, "p95_ms": 11.0, "runs": 2}

    suite.measure(request(exports, ["original"], ["easyocr-detector"]), lambda message: None, run)
    assert "py36-easyocr" in seen[0][0] and seen[0][3] == "easyocr-detector"
    assert seen[0][seen[0].index("--shape") + 1] == "1x3x480x640"


def test_frames_are_rounded_up_to_what_a_detector_takes():
    (spec,) = network_specs.select(["easyocr-detector"])
    assert suite.shape_of(spec, (380, 260)) == (1, 3, 288, 384)
    (spec,) = network_specs.select(["easyocr-recogniser"])
    assert suite.shape_of(spec, (380, 260)) == spec.shape


def test_times_of_the_thesis_stand_beside_their_own_modules():
    rows = suite.published()
    assert suite.thesis_ms("easyocr:english_g2", "detector", "original", rows) == 217.5
    assert suite.thesis_ms("easyocr:english_g2", "recogniser", "tensorrt-fp16", rows) == 77.7
    assert suite.thesis_ms("easyocr:english_g2", "recogniser", "onnxruntime", rows) is None
    assert suite.thesis_ms("codes:v1", "detector", "original", rows) is None


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


def test_the_command_prints_a_table_and_the_reasons(exports, capsys, tmp_path):
    words = ["--network", "codes-recogniser", "--engine", "onnxruntime", "--engine", "tensorrt-fp16", "--runs", "2"]
    assert main(["benchmark", "modules", "--exports", exports, "--threads", "1"] + words) == 0
    printed = capsys.readouterr().out
    assert "recognisers" in printed and "Not run:" in printed and "codes-recogniser tensorrt-fp16: " in printed


def test_a_command_that_could_run_nothing_fails(tmp_path, capsys):
    words = ["--network", "codes-recogniser", "--engine", "onnxruntime"]
    assert main(["benchmark", "modules", "--exports", str(tmp_path)] + words) == 7
    assert "./inv export" in capsys.readouterr().err


def test_a_frame_is_a_size(capsys):
    with pytest.raises(SystemExit):
        main(["benchmark", "modules", "--frame", "640"])
