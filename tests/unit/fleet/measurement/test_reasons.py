"""Why cells were not run."""

import json

from fleet.core.files import ROOT
from fleet.measurement.cells import Cell
from fleet.measurement.reasons import cell_reason, no_record, reason_of, recorded_reasons
from ocr_app.core.errors import EngineError

PLAIN = Cell("easyocr@far", "small", "s")
ENGINES = Cell("easyocr@far", "small", "s", engine="onnxruntime", precision="fp16-simulated")
BUILD = "./inv build-engines --target onnxruntime --reader easyocr --precision fp16-simulated"


def test_the_reason_is_the_errors_own_words():
    noise = "FutureWarning: x\nocr-app benchmark: no such environment\n  next: ./inv envs\n"
    assert reason_of(noise, 6) == "no such environment; next: ./inv envs"
    assert reason_of("Traceback\nValueError: odd\n", 1) == "ValueError: odd"
    assert reason_of("", 137) == "exit code 137"


def test_a_reason_names_no_folder_of_this_machine():
    assert reason_of(f"ocr-app benchmark: no engine in {ROOT}/.engines\n", 12) == "no engine in .engines"


def test_a_missing_engine_names_the_command_that_builds_it():
    stderr = "ocr-app benchmark: no engine\n  expected: one\n  next: ocr-app engine build\n"
    assert cell_reason(ENGINES, stderr, EngineError.exit_code) == f"no engine; expected: one; next: {BUILD}"
    stale = stderr.replace("engine build", "engine build --rebuild")
    assert cell_reason(ENGINES, stale, EngineError.exit_code) == f"no engine; expected: one; next: {BUILD} --rebuild"


def test_other_errors_keep_their_next_step():
    stderr = "ocr-app benchmark: no environment\n  next: ./inv envs\n"
    assert cell_reason(ENGINES, stderr, 6) == "no environment; next: ./inv envs"
    assert cell_reason(PLAIN, stderr, EngineError.exit_code) == "no environment; next: ./inv envs"


def test_a_cell_without_a_record_says_how_to_get_its_engines():
    assert no_record(PLAIN) == "there is no record of it"
    assert no_record(ENGINES) == f"there is no record of it; next: {BUILD}"


def test_recorded_reasons_are_found_by_identity(tmp_path):
    config = {"readers": [{"name": "one", "label": "One"}, {"name": "one", "label": "One", "engine": "tensorrt"}]}
    rows = [{"reader": name, "dataset": "d", "reason": name} for name in ("One", "One, TensorRT engines, fp32", "x")]
    assert recorded_reasons(config, tmp_path) == {}
    (tmp_path / "summary.json").write_text(json.dumps({"not_run": rows}))
    assert recorded_reasons(config, tmp_path) == {
        ("one", "d"): "One", ("one tensorrt fp32", "d"): "One, TensorRT engines, fp32", ("x", "d"): "x",
    }  # fmt: skip
