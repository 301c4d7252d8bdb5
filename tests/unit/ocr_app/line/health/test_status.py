"""State, watchdog, numbers, the last word on results: parts without a process."""

import json

import pytest

from ocr_app.core.errors import ServiceError
from ocr_app.line import challenge, expectations
from ocr_app.line.health import health_file, metrics
from ocr_app.line.health.status import ServiceStatus, document
from ocr_app.line.inputs import http
from ocr_app.line.inputs.jobs import JobQueue
from ocr_app.line.reading import final_verdict
from ocr_app.line.settings import ReadingSettings


@pytest.fixture
def clock():
    return [100.0]


@pytest.fixture
def status(clock):
    return ServiceStatus(lambda: clock[0])


def test_a_main_loop_that_is_overdue_is_not_live(status, clock):
    status.enter(health_file.READING)
    status.busy(20.0)
    clock[0] += 20.0
    assert status.snapshot().live and status.snapshot().ready
    clock[0] += 0.1
    assert not status.snapshot().live and not status.snapshot().ready
    status.busy(1.0)
    assert status.snapshot().live
    status.give_up()
    assert not status.snapshot().live


def test_a_reader_that_is_proved_still_warms_up(status):
    status.enter(health_file.READING)
    status.prove(True)
    assert (status.snapshot().state, status.snapshot().ready, status.serving) == (health_file.WARMING_UP, False, True)
    status.prove(False)
    assert status.snapshot().ready


def test_nothing_comes_after_stopping(status):
    status.enter(health_file.STOPPING)
    status.enter(health_file.READING)
    assert status.snapshot().state == health_file.STOPPING


def test_latency_is_that_of_the_last_minute(status, clock):
    status.took(500.0)
    clock[0] += 61
    for ms in range(1, 101):
        status.took(float(ms))
    assert status.snapshot().latency_ms == {"0.5": 50.0, "0.95": 95.0, "0.99": 99.0}
    assert document(status.snapshot(), "r", 7)["latency_ms"] == 95.0
    clock[0] += 61
    assert "latency_ms" not in document(status.snapshot(), "r", 8)


def test_metrics_in_the_format_of_prometheus(status):
    status.enter(health_file.READING, {"reader": 'a "b"\n'})
    status.count("readings", "pass")
    status.degraded.hold("x", ["disk_low"])
    text = metrics.text(status.snapshot(), 2, 8, "abc")
    assert 'nano_ocr_info{reader="a \\"b\\"\\n",release="abc"} 1\n' in text
    assert 'nano_ocr_readings_total{verdict="pass"} 1\n' in text and "nano_ocr_queue_length 2\n" in text
    assert 'nano_ocr_degraded{reason="disk_low"} 1\n' in text and 'reason="gpu_missing"} 0\n' in text
    for line in text.splitlines():
        assert line.startswith("#") or float(line.rsplit(" ", 1)[1]) >= 0


def test_a_full_queue_says_so():
    jobs = JobQueue(1)
    assert jobs.offer("a", "a") and jobs.offer("b", "b") is None
    assert jobs.take(0.0).name == "a" and jobs.take(0.0) is None


def test_a_result_has_one_taker():
    job = JobQueue(1).offer("a", "a")
    assert job.abandon() is None and not job.finish(LINE) and job.wait(0) is None
    job = JobQueue(1).offer("a", "a")
    assert job.finish(LINE) and job.abandon() == LINE and not job.abandoned


LINE = {"verdict": "pass", "reasons": ["exif-rotated"], "text": "A", "image": "/tmp/x"}


def test_a_late_line_fails_and_one_in_time_stays():
    assert final_verdict.late(LINE, 10.0, 10.0) == LINE and final_verdict.late(LINE, 10.0, None) == LINE
    assert final_verdict.late(LINE, 10.1, 10.0)["verdict"] == "fail"
    assert final_verdict.late(dict(LINE, verdict="error"), 99.0, 10.0)["verdict"] == "error"


def test_only_a_pass_is_held():
    assert final_verdict.held(LINE, "why")["reasons"] == ["why", "exif-rotated"]
    for verdict in ("fail", "no-read", "hold", "error", "read"):
        assert final_verdict.held(dict(LINE, verdict=verdict), "why")["verdict"] == verdict


def test_a_path_of_ours_is_not_shown_to_callers():
    line = dict(LINE, error={"found": "/tmp/x is not an image", "code": "a"})
    assert final_verdict.named(line, "/tmp/x", "b.png")["error"]["found"] == "b.png is not an image"


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"a": 1}', "{"])
def test_expected_values_that_are_none(tmp_path, text):
    (tmp_path / "e.json").write_text(text)
    found = expectations.current(ReadingSettings(expected=(("b", "2"),), expected_file=str(tmp_path / "e.json")))
    assert found.problem and found.values == {"b": "2"}


def test_expected_values_grow_old(tmp_path):
    path = tmp_path / "e.json"
    path.write_text('{"a": "1"}')
    wanted = ReadingSettings(expected_file=str(path), expected_age_s=60.0)
    written = path.stat().st_mtime
    assert expectations.current(wanted, lambda: written + 59) == expectations.Expected({"a": "1"})
    assert "61 s old" in expectations.current(wanted, lambda: written + 61).problem
    assert expectations.current(wanted, lambda: written - 3600).problem
    assert not expectations.current(wanted._replace(expected_age_s=0.0), lambda: written + 9999).problem


@pytest.mark.parametrize("text", ["{", "[]", '[{"image": "a.png"}]', "7"])
def test_a_malformed_challenge_set_is_refused(tmp_path, text):
    (tmp_path / "expected.json").write_text(text)
    with pytest.raises(ServiceError):
        challenge.load(str(tmp_path))


def test_a_challenge_set_names_images_that_are_there(tmp_path):
    entries = [{"image": "a.png", "verdict": "pass", "text": "x"}]
    (tmp_path / "expected.json").write_text(json.dumps(entries))
    (tmp_path / "b.png").write_bytes(b"")
    with pytest.raises(ServiceError, match=r"a\.png"):
        challenge.load(str(tmp_path))
    (tmp_path / "a.png").write_bytes(b"")
    assert [path.rsplit("/", 1)[1] for path in challenge.load(str(tmp_path)).images] == ["a.png"]


def test_the_comparison_is_that_of_the_gate():
    gate = pytest.importorskip("node_agent.release.gate")
    from node_agent.errors import ProbeFailed
    from node_agent.host import ChallengeAnswer

    wanted = [{"image": "a.png", "verdict": "pass", "text": "x"}, {"image": "b.png", "verdict": "fail", "text": "y"}]
    for first, second in (("x", "y"), ("x", "z"), ("", "y")):
        pairs = (("/c/a.png", "pass", first), ("b.png", "fail", second))
        lines = [{"image": image, "verdict": verdict, "text": text} for image, verdict, text in pairs]
        for count in (1, 2):
            answers = [
                ChallengeAnswer(line["image"].split("/")[-1], line["verdict"], line["text"], 1.0)
                for line in lines[:count]
            ]
            try:
                gate.compare(answers, wanted)
                passed = True
            except ProbeFailed:
                passed = False
            assert passed == (not challenge.differences(lines[:count], wanted))


def test_addresses():
    assert http.address_of("127.0.0.1:80") == ("127.0.0.1", 80)
    assert http.address_of("[::1]:80") == ("::1", 80)
    assert http.address_of("unix:/run/a") == ("/run/a", -1)


@pytest.mark.parametrize("address", ["0.0.0.0:80", "8088", "example.org:1", "127.0.0.1:99999", "unix:", ":80"])
def test_addresses_that_others_reach_or_that_are_none(address):
    with pytest.raises(ServiceError, match="--listen"):
        http.address_of(address)
