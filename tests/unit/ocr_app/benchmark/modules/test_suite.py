"""Networks one by one: a real run on ONNX Runtime, and reasons for what cannot run."""

from ocr_app.benchmark.modules import suite
from ocr_app.export import network_specs

NAMES = ("codes-recogniser",)


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
