"""One image under its recipe: expected values and the final verdict."""

import pytest

from ocr_app.core.errors import ReaderFailed, ReaderUnavailable, RecipeError, UsageError
from ocr_app.line.health.status import ServiceStatus
from ocr_app.line.reading import job_reader
from ocr_app.line.reading.jobs import JobQueue
from ocr_app.line.reading.setup import LineSetup
from ocr_app.line.settings.reading import RecipeSettings
from ocr_app.line.settings.service import ServiceSettings


def test_expected_values_and_stale_ones(fake, recipe, picture, tmp_path):
    (tmp_path / "expected.json").write_text('{"number": "7"}')
    served = fake("--recipe", recipe, "--expect-file", str(tmp_path / "expected.json")).ready()
    assert served.read(picture(1))[1]["verdict"] == "pass"
    (tmp_path / "expected.json").write_text('{"number": "8"}')
    assert served.read(picture(1))[1]["verdict"] == "fail"
    (tmp_path / "expected.json").unlink()
    result = served.read(picture(1))[1]
    assert result["verdict"] == "hold" and "expected-value-stale" in result["reasons"]
    assert "degraded:expected_value_stale" in result["reasons"]


LINE = {"verdict": "pass", "reasons": [], "text": "A", "image": "/tmp/x"}


class FakeChild:
    """Answers one line, or fails; remembers what it was asked."""

    def __init__(self, answer, ended=False):
        self.answer, self.ended, self.requests = answer, ended, []

    def ask(self, verb, limit_s, kind, **request):
        self.requests.append(dict(request, verb=verb, limit_s=limit_s))
        if isinstance(self.answer, Exception):
            raise self.answer
        return dict(self.answer)


@pytest.fixture
def clock():
    return [100.0]


@pytest.fixture
def processed(clock, monkeypatch):
    """(child, recipe settings, age in seconds, plain) -> the result, the status and the errors of on_exit."""
    monkeypatch.setattr(job_reader.platform, "clock_synced", lambda: False)

    def process(child, recipe=None, age_s=0.0, plain=False, degraded=()):
        status, exits = ServiceStatus(lambda: clock[0]), []
        status.degraded.set("challenge", degraded)
        jobs = JobQueue(1, lambda: clock[0])
        settings = ServiceSettings(recipe=recipe or RecipeSettings())
        reader = job_reader.JobReader(settings, status, jobs, exits.append)
        job = jobs.offer("/tmp/x", "a.png", plain=plain, arrived=clock[0] - age_s)
        reader.process(job, child)
        return job.wait(0), status, exits

    return process


def test_the_result_has_the_name_of_the_caller(processed):
    child = FakeChild(LINE)
    assert processed(child)[0] == dict(LINE, image="a.png")
    (request,) = child.requests
    assert (request["verb"], request["path"], request["limit_s"]) == ("read", "/tmp/x", 10.0)


@pytest.mark.parametrize("clock_setting,trusted", [("synced", False), ("always", True), ("never", False)])
def test_when_the_clock_is_trusted(processed, clock_setting, trusted):
    child = FakeChild(LINE)
    processed(child, RecipeSettings(clock=clock_setting))
    assert child.requests[0]["trust_clock"] is trusted


def test_the_time_in_the_queue_counts_against_the_deadline(processed):
    child = FakeChild(LINE)
    recipe = RecipeSettings(file="r.yaml", deadline_ms=500)
    assert processed(child, recipe, age_s=0.2)[0]["verdict"] == "pass"
    assert child.requests[0]["deadline_ms"] == pytest.approx(300.0)
    result, status, _ = processed(FakeChild(AssertionError("not read")), recipe, age_s=0.5)
    assert (result["verdict"], result["reasons"][0]) == ("fail", "deadline-missed")
    assert "deadline_missed" in status.degraded.current()


def test_a_challenge_image_has_no_deadline_and_no_expected_values(processed):
    child = FakeChild(LINE)
    recipe = RecipeSettings(file="r.yaml", deadline_ms=1, expected={"a": "b"})
    assert processed(child, recipe, age_s=9.0, plain=True, degraded=["challenge_failed"])[0]["verdict"] == "pass"
    assert (child.requests[0]["expected"], child.requests[0]["deadline_ms"]) == ({}, None)


def test_nothing_passes_while_the_challenge_set_does_not(processed):
    result, _, _ = processed(FakeChild(LINE), degraded=["challenge_failed"])
    assert (result["verdict"], result["reasons"][0]) == ("hold", "challenge-failed")


@pytest.mark.parametrize("ended", [True, False])
def test_a_failed_reading_is_an_error_result_and_an_exit_is_reported(processed, ended):
    error = ReaderFailed("it hung", code="hung")
    result, _, exits = processed(FakeChild(error, ended))
    assert (result["verdict"], result["error"]["code"]) == ("error", "hung")
    assert exits == ([error] if ended else [])


def test_verdicts_and_times_are_counted(processed):
    _, status, _ = processed(FakeChild(LINE), age_s=0.12)
    text = status.metrics.text(status.snapshot(), 0, 1, "")
    assert 'readings_total{verdict="pass"} 1.0' in text and "reading_seconds_count 1.0" in text
    assert status.snapshot().latency_ms["0.5"] == pytest.approx(120.0)


# --- other recipes than that of the settings -------------------------------------------------------------------------


def judged_by(digest, **more):
    return LineSetup("p", "r", digest, "text of " + digest, ("lot",), more.pop("expected", {}), more.pop("regions", ()))


@pytest.fixture
def reading():
    """(JobReader, its jobs, its status, errors of on_exit)"""
    status, exits, jobs = ServiceStatus(), [], JobQueue(8)
    return job_reader.JobReader(ServiceSettings(), status, jobs, exits.append), jobs, status, exits


def process_one(reading, child, offer):
    job = offer()
    reading[1].take(0.0)
    reading[0].process(job, child)
    return job.wait(0)


def test_a_process_learns_a_recipe_before_the_first_image_that_needs_it_and_once(reading):
    _reader, jobs, _, _ = reading
    child = FakeChild(LINE)
    jobs.setup = judged_by("d", expected={"lot": "7"}, regions=((0, 0, 1, 1),))
    for _ in range(2):
        assert process_one(reading, child, lambda: jobs.offer("/tmp/x", "a.png"))["verdict"] == "pass"
    assert [request["verb"] for request in child.requests] == ["learn", "read", "read"]
    assert child.requests[0]["text"] == "text of d"
    assert (child.requests[1]["recipe"], child.requests[1]["regions"]) == ("d", ((0, 0, 1, 1),))
    assert child.requests[1]["expected"] == {"lot": "7"}
    other = FakeChild(LINE)
    process_one(reading, other, lambda: jobs.offer("/tmp/x", "a.png"))
    assert other.requests[0]["verb"] == "learn", "a process that was started again knows nothing"


def test_a_process_is_prepared_while_it_waits(reading):
    reader, jobs, _, exits = reading
    child = FakeChild(LINE)
    reader.prepare(child)
    jobs.setup = judged_by("d")
    reader.prepare(child)
    reader.prepare(child)
    assert [request["verb"] for request in child.requests] == ["learn"] and exits == []
    dead = FakeChild(ReaderFailed("died", code="crashed"), ended=True)
    reader.prepare(dead)
    assert [error.code for error in exits] == ["crashed"]


def test_a_process_keeps_a_few_recipes_and_forgets_the_oldest(reading):
    _, jobs, _, _ = reading
    child = FakeChild(LINE)
    for digest in "abcde":
        jobs.setup = judged_by(digest)
        process_one(reading, child, lambda: jobs.offer("/tmp/x", "a.png"))
    learned = [(request["digest"], request["forgotten"]) for request in child.requests if request["verb"] == "learn"]
    assert learned == [("a", []), ("b", []), ("c", []), ("d", []), ("e", ["a"])]


def test_a_look_aside_counts_nowhere_and_has_no_deadline(reading):
    _, jobs, status, _ = reading
    status.degraded.set("test", ["disk_low"])
    child = FakeChild(LINE)
    found = process_one(
        reading, child, lambda: jobs.offer_aside("/tmp/x", "a.png", judged_by("d", expected={"lot": "8"}))
    )
    assert (found["verdict"], found["reasons"]) == ("pass", [])
    assert (child.requests[1]["expected"], child.requests[1]["deadline_ms"]) == ({"lot": "8"}, None)
    text = status.metrics.text(status.snapshot(), 0, 1, "")
    assert 'nano_ocr_readings_total{verdict="pass"} 0.0' in text


def test_a_recipe_that_a_process_refuses_fails_the_image_and_not_the_service(reading):
    _, jobs, _, exits = reading
    jobs.setup = judged_by("d")
    child = FakeChild(RecipeError("no recipe"))
    reading[0].prepare(child)
    for _ in range(2):
        found = process_one(reading, child, lambda: jobs.offer("/tmp/x", "a.png"))
        assert found["verdict"] == "error" and "no recipe" in found["error"]["found"] and exits == []
    assert len(child.requests) == 1, "it is asked once, and each image says what it said"


@pytest.mark.parametrize("error", [UsageError("no regions here"), ReaderUnavailable("one network")])
def test_whatever_a_process_says_of_an_image_the_service_goes_on(reading, error):
    _, jobs, _, exits = reading
    offers = (lambda: jobs.offer("/tmp/x", "a.png"), lambda: jobs.offer_aside("/tmp/x", "a.png", judged_by("d")))
    for offer in offers:
        assert process_one(reading, FakeChild(error), offer)["verdict"] == "error" and exits == []


def test_without_a_setup_an_image_is_read_and_not_judged(reading):
    _, jobs, _, _ = reading
    jobs.setup = judged_by("d")
    child = FakeChild(LINE)
    process_one(reading, child, lambda: jobs.offer_aside("/tmp/x", "a.png", None))
    (request,) = child.requests
    assert (request["verb"], request["recipe"], request["regions"]) == ("read", "", [])
