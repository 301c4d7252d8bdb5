"""One reading process is kept alive: it may hang, die, or not open."""

import glob
import os
import signal
import threading
import time

import pytest


@pytest.mark.parametrize(
    "way,reason", [("stale", "engine_stale"), ("none", "engine_missing"), ("model", "model_mismatch")]
)
def test_what_is_missing_is_a_reason_and_no_other_reader(fake, tmp_path, way, reason):
    (tmp_path / "ways").write_text(way)
    served = fake("--retry", "30")
    served.degraded_by(reason)
    assert not served.health()["ready"] and served.end() == 0


def test_what_waiting_does_not_mend_ends_it_with_its_own_code(fake, tmp_path):
    (tmp_path / "ways").write_text("recipe")
    served = fake()
    assert served.process.wait(60) == 11
    assert "the recipe is malformed" in served.said() and not served.health()["live"]


def test_a_hung_reader_is_ended_and_the_next_image_is_read(fake, picture):
    served = fake("--read-limit", "1").ready()
    status, result = served.read(picture(255), "hung.png")
    assert (status, result["verdict"], result["error"]["code"], result["image"]) == (200, "error", "hung", "hung.png")
    served.degraded_by("reader_restarting")
    served.again()
    assert served.read(picture(1))[1]["text"] == "AB7"
    assert metric(served, "reader_restarts_total") == [1.0]


def test_a_dead_reader_is_an_error_result_that_says_so(fake, picture):
    served = fake().ready()
    result = served.read(picture(0))[1]
    assert (result["verdict"], result["error"]["code"]) == ("error", "crashed")
    assert served.again().read(picture(1))[1]["verdict"] == "read"


def test_a_reader_that_dies_while_it_waits_costs_no_image(fake, picture):
    served = fake().ready()
    (own,) = _children(served.process.pid)
    os.kill(own, signal.SIGKILL)
    served.degraded_by("reader_restarting")
    assert served.again().read(picture(1))[1]["text"] == "AB7"
    assert metric(served, "reader_restarts_total") == [1.0]


def test_one_that_hangs_too_often_is_not_live_and_ends_the_service(fake, picture):
    served = fake("--read-limit", "0.5", "--restarts", "0").ready()
    assert served.read(picture(255))[1]["error"]["code"] == "hung"
    assert served.process.wait(60) == 14
    assert not served.health()["live"] and "failed 1 times" in served.said()


def test_it_ends_while_a_reader_is_being_opened(fake, tmp_path):
    (tmp_path / "ways").write_text("slow")
    served = fake()
    served.until(lambda: served.health().get("live") and _children(served.process.pid), "a reading process")
    own = _children(served.process.pid)
    assert served.end() == 0
    end = time.monotonic() + 15
    while any(_alive(pid) for pid in own) and time.monotonic() < end:
        time.sleep(0.05)
    assert not any(_alive(pid) for pid in own)


def test_regions_of_the_line_are_none_of_the_first_readings(fake, picture):
    served = fake("--region", "0,0,4000,10").ready()
    assert served.read(picture(1))[1]["reasons"][0] == "bad-region"


def test_what_was_taken_is_answered_before_the_end(fake, picture):
    served = fake().ready()
    answers = []
    callers = [threading.Thread(target=lambda: answers.append(served.read(picture(50)))) for _ in range(3)]
    for caller in callers:
        caller.start()
    served.until(lambda: metric(served, "queue_length") == [2.0], "two that wait")
    assert served.end() == 0
    for caller in callers:
        caller.join()
    assert [(status, answer["text"]) for status, answer in answers] == [(200, "AB7")] * 3


def test_the_reading_process_goes_when_the_service_is_killed(fake, picture, tmp_path):
    served = fake().ready()
    own = _children(served.process.pid)
    assert len(own) == 1
    served.kill()
    end = time.monotonic() + 15
    while _alive(own[0]) and time.monotonic() < end:
        time.sleep(0.05)
    assert not _alive(own[0])


def metric(served, name):
    _, text = served.ask("GET", "/metrics")
    return [float(line.rsplit(" ", 1)[1]) for line in text.splitlines() if line.startswith("nano_ocr_" + name)]


def _children(pid):
    found = []
    for path in glob.glob("/proc/{}/task/*/children".format(pid)):
        with open(path) as stream:
            found += [int(word) for word in stream.read().split()]
    return found


def _alive(pid):
    try:
        with open("/proc/{}/stat".format(pid)) as stream:
            return stream.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
