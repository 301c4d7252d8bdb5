"""What is to be built: networks, exports, plans, precisions."""

import json

import pytest

from ocr_app.core import files
from ocr_app.core.errors import ModelError, PrecisionUnavailable, UsageError
from ocr_app.engines.building import jobs
from ocr_app.engines.key import Platform, ShapeProfile
from ocr_app.export import network_specs
from ocr_app.verification import precision_plan

NETWORKS = network_specs.networks()
PLATFORM = Platform("onnxruntime", "1.10.0", "", "", "aarch64")


def test_networks_of_a_reader():
    assert [spec.name for spec in jobs.specs_of("codes:v2")] == ["codes-detector", "codes-recogniser"]
    assert [spec.part for spec in jobs.specs_of("ppocr:v6-tiny")] == ["detector", "recogniser"]
    assert jobs.specs_of("ppocr")[0].name == "ppocr-v6-small-detector"
    assert [spec.name for spec in jobs.specs_of("easyocr")] == ["easyocr-detector", "easyocr-recogniser"]
    for unknown in ("tesseract", "codes:v9", "nothing"):
        with pytest.raises(UsageError):
            jobs.specs_of(unknown)


def test_networks_of_a_team_are_those_of_its_members():
    ours, tiny, small = ["codes-detector", "codes-recogniser"], "ppocr-v6-tiny-codes-", "ppocr-v6-small-codes-"
    assert [spec.name for spec in jobs.specs_of("codes:fast")] == ours
    balanced = [spec.name for spec in jobs.specs_of("codes:balanced")]
    assert balanced == [tiny + "detector", tiny + "recogniser", *ours, small + "detector", small + "recogniser"]
    assert jobs.specs_of("codes") == jobs.specs_of("codes:balanced")
    assert jobs.specs_of("codes:thorough") == jobs.specs_of("codes:balanced")


@pytest.fixture
def folders(tmp_path, code_models):
    pytest.importorskip("onnxruntime")
    return str(tmp_path / "exports"), str(tmp_path / "plans")


def jobs_in(folders, precision):
    return jobs.jobs_of([NETWORKS["codes-recogniser"]], [precision], *folders)


def test_a_job_exports_what_is_onnx_already(folders):
    job = jobs_in(folders, "fp32")[0]
    assert files.sha256_of(jobs.model_bytes(job)) == job.sha256 and job.plan is None


def test_an_export_of_other_models_is_made_anew(folders, monkeypatch):
    job = jobs_in(folders, "fp32")[0]
    record_path = job.path[: -len(".onnx")] + ".json"
    with open(record_path) as stream:
        record = json.load(stream)
    record["sources"] = {"code-recogniser.onnx": "ab" * 32}
    with open(record_path, "w") as stream:
        json.dump(record, stream)
    assert jobs_in(folders, "fp32")[0] == job
    with open(record_path) as stream:
        assert json.load(stream)["sources"] == jobs.sources_of(job.spec)


def write_plan(folders, job, **changes):
    own = precision_plan.PrecisionPlan("m.onnx", job.sha256, 3, precision_plan.ACCEPTED, "for a test", (), {})._replace(
        **changes
    )
    precision_plan.write(own, "{}/{}.json".format(folders[1], job.spec.name))


def test_half_precision_needs_an_accepted_plan_of_this_model(folders):
    with pytest.raises(PrecisionUnavailable, match="no precision plan"):
        jobs_in(folders, "fp16")
    job = jobs_in(folders, "fp32")[0]
    write_plan(folders, job, verdict=precision_plan.REFUSED)
    with pytest.raises(PrecisionUnavailable, match="refused"):
        jobs_in(folders, "fp16")
    write_plan(folders, job, sha256="ab" * 32)
    with pytest.raises(ModelError):
        jobs_in(folders, "fp16")
    write_plan(folders, job)
    half = jobs_in(folders, "fp16")[0]
    assert half.identity(PLATFORM, ShapeProfile((1,), (1,), (1,))).plan == precision_plan.digest(half.plan)


def test_a_precision_that_the_target_cannot_build_is_refused():
    assert jobs.precisions_of("fp32,fp16", ("fp32", "fp16")) == ["fp32", "fp16"]
    for text, reason in (("int8", "compute capability 5.3"), ("fp32,fp64", "precision fp64"), ("", "(none)")):
        with pytest.raises(PrecisionUnavailable) as caught:
            jobs.precisions_of(text, ("fp32", "fp16"))
        assert reason in caught.value.found and caught.value.expected == "fp32, fp16"


def test_a_model_that_changed_after_its_job_was_made_is_refused(folders):
    job = jobs_in(folders, "fp32")[0]
    with open(job.path, "ab") as stream:
        stream.write(b"x")
    with pytest.raises(ModelError, match="has sha256"):
        jobs.model_bytes(job)
    with pytest.raises(ModelError, match="cannot read"):
        jobs.model_bytes(job._replace(path=job.path + ".gone"))
