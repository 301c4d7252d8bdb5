"""One step of a build in a process of its own: how it is watched, and how it ended."""

import json
import os
import sys

import pytest

from ocr_app.core.errors import BuildError, ModelError
from ocr_app.engines.building import memory, step_process
from ocr_app.engines.building.jobs import BuildJob
from ocr_app.engines.building.step_process import BuildRequest
from ocr_app.export import network_specs

JOB = BuildJob(network_specs.networks()["codes-recogniser"], "m.onnx", "ab" * 32, "fp32", None)


@pytest.fixture
def build_request(tmp_path):
    """A request whose exports are missing, so that a step fails at once."""
    folders = [str(tmp_path / name) for name in ("engines", "exports", "plans")]
    return BuildRequest([JOB], "onnxruntime", folders[0], *folders[1:], ["data"], 1, 64, 1, False, (), 0.1)


@pytest.fixture
def child_that(monkeypatch):
    """The step's process runs this code; ``argv[1]`` is the path of the request."""
    plain = step_process.subprocess.Popen

    def replace(code):
        monkeypatch.setattr(
            step_process.subprocess,
            "Popen",
            lambda command, env: plain([sys.executable, "-c", code, command[-1]], env=env),
        )

    return replace


def run_step(request, messages=None, expected_s=None):
    report = (lambda message: None) if messages is None else messages.append
    return step_process.run_step(request, JOB, "make", "building it", expected_s, report)


ANSWERS = "import json, sys; r = json.load(open(sys.argv[1])); json.dump({}, open(r['answer'], 'w'))"


def test_the_answer_comes_back_and_the_step_knows_its_request(build_request, child_that):
    child_that(ANSWERS.format("r"))
    answer = run_step(build_request)
    assert (answer["step"], answer["network"], answer["precision"]) == ("make", "codes-recogniser", "fp32")
    assert answer["calibration"] == ["data"] and not os.path.exists(answer["answer"]), "its folder is gone"


def test_an_error_of_the_step_is_raised_as_what_it_is(build_request, child_that):
    error = json.dumps(ModelError("broken", "an export").to_json()).replace("null", "None")
    child_that(ANSWERS.format("{{'error': {}}}".format(error)))
    with pytest.raises(ModelError, match="broken"):
        run_step(build_request)


def test_a_step_that_is_killed_or_answers_nothing_is_an_error(build_request, child_that):
    child_that("import os; os.kill(os.getpid(), 9)")
    with pytest.raises(BuildError, match="was killed by signal 9") as caught:
        run_step(build_request)
    assert caught.value.code == "killed" and "oom" in caught.value.next_step
    child_that("raise SystemExit(3)")
    with pytest.raises(BuildError, match="ended with exit code 3"):
        run_step(build_request)


def test_progress_is_reported_with_the_time_of_the_last_build(build_request, child_that):
    child_that("import time; time.sleep(0.6);" + ANSWERS.format("{}"))
    messages = []
    run_step(build_request, messages, expected_s=12.0)
    assert messages[0] == "building it (the last time it took about 12 s)"
    assert len(messages) > 1 and messages[1].startswith("building it: ")
    child_that(ANSWERS.format("{}"))
    run_step(build_request, messages)
    assert "for the first time here" in messages[-1]


def test_a_step_is_ended_when_memory_runs_out(build_request, child_that, monkeypatch):
    child_that("import time; time.sleep(60)")
    started = []
    plain = step_process._start
    monkeypatch.setattr(step_process, "_start", lambda *arguments: started.append(plain(*arguments)) or started[-1])

    def no_memory(title, floor, root):
        raise BuildError("no memory", code="memory")

    monkeypatch.setattr(memory, "check_floor", no_memory)
    with pytest.raises(BuildError, match="no memory"):
        run_step(build_request)
    assert started[0].returncode == -9


def test_the_child_imports_this_copy_of_the_package(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "elsewhere")
    environment = step_process._environment(3)
    assert environment["PYTHONPATH"].split(os.pathsep) == [step_process.HOME, "elsewhere"]
    assert environment["OMP_NUM_THREADS"] == "3"
