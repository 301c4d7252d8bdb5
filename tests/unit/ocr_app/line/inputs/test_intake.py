"""What is accepted, what is refused, and what is answered at the deadline."""

import logging
import threading

import attr
import pytest

from ocr_app.line.health import health_file
from ocr_app.line.health.status import ServiceStatus
from ocr_app.line.inputs.intake import MAX_NAME, Intake, RequestRefused
from ocr_app.line.reading.jobs import JobQueue
from ocr_app.line.settings.reading import RecipeSettings
from ocr_app.line.settings.service import ServiceSettings
from ocr_app.line.settings.serving import HttpSettings


def test_it_is_live_but_not_ready_while_it_warms_up(fake, picture, tmp_path):
    (tmp_path / "ways").write_text("gpu")
    served = fake("--retry", "0.2")
    served.degraded_by("gpu_missing")
    health = served.health()
    assert health["live"] and not health["ready"]
    status, answer = served.read(picture(1))
    assert (status, answer["refused"]["code"]) == (503, "not-ready") and "gpu_missing" in answer["refused"]["found"]
    assert served.ask("GET", "/health")[0] == 200 and served.ask("GET", "/ready")[0] == 503
    (tmp_path / "ways").unlink()
    assert "gpu_missing" not in served.ready().health()["degraded"]


def test_a_full_queue_refuses_with_the_reason_and_drops_nothing_it_took(fake, picture):
    served = fake("--queue", "2").ready()
    answers = []

    def one():
        answers.append(served.read(picture(60)))

    callers = [threading.Thread(target=one) for _ in range(8)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    refused = [answer for status, answer in answers if status == 503]
    read = [answer for status, answer in answers if status == 200]
    assert len(refused) + len(read) == 8 and len(read) >= 3 and refused
    assert {answer["refused"]["code"] for answer in refused} == {"queue-full"}
    assert metric(served, 'refused_total{reason="queue-full"}') == [float(len(refused))]
    assert all(answer["text"] == "AB7" for answer in read)


def test_a_missed_deadline_rejects(fake, recipe, picture):
    served = fake("--recipe", recipe, "--deadline-ms", "300").ready()
    assert served.read(picture(1))[1]["verdict"] == "pass"
    result = served.read(picture(80))[1]
    assert result["verdict"] == "fail" and result["reasons"][0] == "deadline-missed"
    served.degraded_by("deadline_missed")
    assert metric(served, "deadline_missed_total")[0] >= 1


def test_what_waits_when_the_reader_fails_for_good_is_told_so(fake, picture, tmp_path):
    served = fake("--read-limit", "3", "--restarts", "0").ready()
    answers = []
    callers = [
        threading.Thread(target=lambda level=level: answers.append(served.read(picture(level))))
        for level in (255, 1, 1)
    ]
    callers[0].start()
    served.until((tmp_path / "ways.hanging").exists, "the reader to hang on the first image")
    for caller in callers[1:]:
        caller.start()
    for caller in callers:
        caller.join()
    assert sorted(status for status, _ in answers) == [200, 503, 503]
    assert {answer["refused"]["code"] for status, answer in answers if status == 503} <= {"stopping", "not-ready"}
    assert served.process.wait(60) == 14


def metric(served, name):
    _, text = served.ask("GET", "/metrics")
    return [float(line.rsplit(" ", 1)[1]) for line in text.splitlines() if line.startswith("nano_ocr_" + name)]


@pytest.fixture
def intake():
    """(settings) -> an intake whose reader is open, and whose queue nobody empties."""

    def make(**changes):
        settings = attr.evolve(ServiceSettings(http=HttpSettings(answer_s=0.1)), **changes)
        status, jobs = ServiceStatus(), JobQueue(1)
        status.enter(health_file.READING, {"reader": "codes"})
        return Intake(settings, status, jobs, "abc", lambda: 7, lambda: False)

    return make


def refusal(intake, name="a.png"):
    with pytest.raises(RequestRefused) as caught:
        intake.read_bytes(b"x", name)
    return caught.value


def test_without_a_deadline_a_caller_waits_for_a_limited_time(intake, caplog):
    found = intake()
    refused = refusal(found)
    assert (refused.status, refused.code) == (504, "no-answer")
    assert found.status.degraded.current() == ["output_lost"]
    assert [record.getMessage() for record in caplog.records] == ["result lost"]


def test_a_full_queue_refuses_at_once(intake):
    found = intake()
    found._jobs.offer("a", "a")
    refused = refusal(found)
    assert (refused.status, refused.code, refused.retry_after_s) == (503, "queue-full", 1)


def test_at_the_deadline_the_image_is_rejected(intake):
    found = intake(recipe=RecipeSettings(file="r.yaml", deadline_ms=50))
    result = found.read_bytes(b"x", "a.png")
    assert (result["verdict"], result["image"], result["reader"]) == ("fail", "a.png", "codes")
    assert result["reasons"] == ["deadline-missed", "degraded:deadline_missed"]
    assert 'nano_ocr_readings_total{verdict="fail"} 1.0' in found.metrics()


def test_names_are_bounded_and_those_without_one_are_numbered(intake):
    found = intake()
    assert found._named("x" * 1000) == "x" * MAX_NAME
    assert found._named("") == "image-2"


def test_a_challenge_needs_a_set(intake):
    with pytest.raises(RequestRefused, match="no challenge set"):
        intake().challenge()


def test_a_service_that_is_not_ready_refuses_with_its_reasons(intake):
    found = intake()
    found.status.enter(health_file.STARTING)
    found.status.degraded.set("reader", ["gpu_missing"])
    assert refusal(found).found == "not ready: starting (gpu_missing)"


def test_a_flood_of_refusals_is_counted_completely_and_logged_now_and_then(intake, caplog):
    caplog.set_level(logging.INFO, "ocr_app")
    found = intake()
    for _ in range(5):
        found.record_refusal(RequestRefused(503, "queue-full", "8 images wait"))
    found.record_refusal(RequestRefused(403, "origin", "a web page"))
    assert 'nano_ocr_refused_total{reason="queue-full"} 5.0' in found.metrics()
    assert [record.fields["code"] for record in caplog.records] == ["queue-full", "origin"]
