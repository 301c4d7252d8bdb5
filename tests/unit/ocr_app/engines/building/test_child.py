"""The steps of a build, in this process. tests/faults runs them in processes that are killed."""

import json
import os

import pytest

from ocr_app.core.errors import BuildError
from ocr_app.engines import key
from ocr_app.engines.building import child
from ocr_app.engines.building.reference import WORK, StepRequest
from ocr_app.engines.cache import Cache

pytest.importorskip("onnxruntime")


@pytest.fixture
def step_request(tmp_path, code_models, monkeypatch):
    monkeypatch.setattr(child, "_die_with_parent", lambda: None)  # this process is not a child of a builder
    folders = [str(tmp_path / name) for name in ("exports", "plans", "engines")]
    os.makedirs(os.path.join(folders[2], WORK))
    return StepRequest(
        "make", "codes-recogniser", "fp32", "onnxruntime", folders[0], folders[1], ["data/nano-codes-100"], 2, 64, 1,
        folders[2], str(tmp_path / "answer.json"),
    )  # fmt: skip


def run(request, tmp_path):
    (tmp_path / "request.json").write_text(json.dumps(request._asdict()))
    code = child.main([str(tmp_path / "request.json")])
    return code, json.loads((tmp_path / "answer.json").read_text())


def test_the_engine_that_is_measured_is_the_one_that_is_made(step_request, tmp_path):
    code, answer = run(step_request._replace(step="measure"), tmp_path)
    identity = key.from_json(answer["parts"])
    assert code == 0 and Cache(step_request.folder).names() == []
    code, answer = run(step_request, tmp_path)
    assert code == 0 and answer["name"] == key.name_of(identity) and answer["check"]["changed"] == 0
    data, manifest = Cache(step_request.folder).read(identity)
    assert manifest.size == len(data) and manifest.model == "codes-recogniser.onnx" and manifest.plan is None
    assert manifest.check["samples"] == 2 and manifest.check["against"] == "the model by ONNX Runtime in fp32"
    assert {"at", "host", "seconds", "workspace_mb", "python", "app", "calibration", "check_seconds", "peak_mb"} == set(
        manifest.build
    )


def test_an_error_is_the_answer_and_its_exit_code(step_request, tmp_path):
    code, answer = run(step_request._replace(precision="fp16-simulated"), tmp_path)
    assert code == 5 and "no precision plan" in answer["error"]["found"]


def test_what_the_parser_refuses_is_refused_before_it_costs_time(step_request, make_model, saved):
    job = child.job_of(step_request)
    path = saved(make_model([("NonZero", ["image"], ["logits"])]))
    child._refuse_problems(step_request, job._replace(path=path))
    with pytest.raises(BuildError, match="TensorRT would refuse") as caught:
        child._refuse_problems(step_request._replace(target="tensorrt"), job._replace(path=path))
    assert caught.value.code == "unfit" and "NonZero" in caught.value.found
