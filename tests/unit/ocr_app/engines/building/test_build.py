"""Building engines one at a time. tests/faults kills builders at every step."""

import json

import pytest
from engine_files import DATA, IDENTITY, manifest_of

from ocr_app.core.errors import BuildError, ModelError
from ocr_app.engines import key
from ocr_app.engines.building import build, step_process
from ocr_app.engines.building.jobs import BuildJob
from ocr_app.engines.building.step_process import BuildRequest
from ocr_app.engines.cache import Cache
from ocr_app.export import network_specs

NETWORKS = network_specs.networks()


@pytest.fixture
def model(tmp_path):
    (tmp_path / "m.onnx").write_bytes(b"model")
    return str(tmp_path / "m.onnx")


@pytest.fixture
def build_request(tmp_path, model):
    job = BuildJob(NETWORKS["codes-recogniser"], model, "ab" * 32, "fp16", None)
    return BuildRequest([job], "onnxruntime", str(tmp_path / "engines"), "", "", [], 0, 64, 1, False, ())


@pytest.fixture
def steps(monkeypatch, build_request):
    """The steps that ran; "make" stores an engine. ``steps.error``: what "make" raises instead."""

    class Steps(list):
        error = None

        def run(self, request, job, step, title, expected_s, report):
            self.append((step, expected_s))
            if step == "measure":
                return {"parts": key.to_json(IDENTITY)}
            if self.error is not None:
                raise self.error
            Cache(request.folder).store(manifest_of(), DATA)
            return {"notes": ["a note"]}

    steps = Steps()
    monkeypatch.setattr(step_process, "run_step", steps.run)
    return steps


def run(request):
    messages = []
    (outcome,) = build.build(request, messages.append)
    return outcome, messages


def test_an_engine_is_built_once(build_request, steps):
    outcome, messages = run(build_request)
    assert (outcome.status, outcome.name, outcome.error) == (build.BUILT, key.name_of(IDENTITY), None)
    assert "codes-recogniser fp16: a note" in messages
    outcome, _ = run(build_request)
    assert (outcome.status, outcome.name) == (build.THERE, key.name_of(IDENTITY))
    assert [step for step, _ in steps] == ["measure", "make", "measure"]


def test_the_time_of_a_build_is_expected_of_the_next(build_request, steps, tmp_path):
    run(build_request)
    assert list(json.loads((tmp_path / "engines/work/seconds.json").read_text())) == [
        "codes-recogniser fp16 onnxruntime"
    ]
    cache = Cache(build_request.folder)
    cache.remove([key.name_of(IDENTITY) + ".json"])
    run(build_request)
    assert [expected_s is None for step, expected_s in steps if step == "make"] == [True, False]


def test_a_damaged_engine_is_only_rebuilt_on_request(build_request, steps):
    run(build_request)
    with open(Cache(build_request.folder).path(key.name_of(IDENTITY)), "wb") as stream:
        stream.write(DATA[:-1])
    outcome, _ = run(build_request)
    assert outcome.status == build.FAILED and outcome.error.code == "truncated"
    outcome, _ = run(build_request._replace(rebuild=True))
    assert outcome.status == build.BUILT


def test_a_job_that_fails_does_not_keep_the_others_from_being_built(build_request, monkeypatch, model):
    detector = BuildJob(NETWORKS["codes-detector"], model, "ab" * 32, "fp16", None)

    def run_step(request, job, step, title, expected_s, report):
        if job is detector:
            raise ModelError("broken")
        if step == "measure":
            return {"parts": key.to_json(IDENTITY)}
        Cache(request.folder).store(manifest_of(), DATA)
        return {"notes": []}

    monkeypatch.setattr(step_process, "run_step", run_step)
    outcomes = build.build(build_request._replace(jobs=[detector, *build_request.jobs]), lambda message: None)
    assert [outcome.status for outcome in outcomes] == [build.FAILED, build.BUILT]
    assert str(outcomes[0].error).startswith("broken") and outcomes[0].name is None


def test_leftovers_of_interrupted_builds_are_removed(build_request, steps, tmp_path):
    (tmp_path / "engines" / "work").mkdir(parents=True)
    for name in ("engines/x.engine", "engines/work/timing.cache.12.part"):
        (tmp_path / name).write_bytes(b"half")
    _, messages = run(build_request)
    assert "removing x.engine: an earlier build was interrupted" in messages
    assert not list((tmp_path / "engines").glob("**/*.part")) and not (tmp_path / "engines/x.engine").exists()


def test_without_memory_nothing_is_started(build_request, steps, tmp_path):
    (tmp_path / "proc").mkdir()
    (tmp_path / "proc" / "meminfo").write_text("MemAvailable: 2048 kB\nSwapFree: 0 kB\n")
    outcome, _ = run(build_request._replace(root=str(tmp_path)))
    assert outcome.error.code == "memory" and [step for step, _ in steps] == ["measure"]


def test_one_builder_at_a_time(build_request, steps):
    with Cache(build_request.folder).lock(), pytest.raises(BuildError) as caught:
        build.build(build_request, lambda message: None)
    assert caught.value.code == "busy"
