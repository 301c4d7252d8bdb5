"""`ocr-app serve` as a program: started, asked, starved, hung, ended."""

import glob
import http.client
import json
import os
import signal
import socket
import threading
import time

import pytest


def metric(served, name):
    _, text = served.ask("GET", "/metrics")
    return [float(line.rsplit(" ", 1)[1]) for line in text.splitlines() if line.startswith("nano_ocr_" + name)]


def test_the_bundled_samples_are_read_over_http_as_by_the_command(serve, tools, code_models):
    served = serve("--recipe", str(tools.RECIPE)).ready()
    for name, text in (("000.jpg", "PRO: 13.06.22 EXP: 13.12.23"), ("010.jpg", "11/2024"), ("018.jpg", "17-12-23")):
        status, result = served.read((tools.SAMPLES / name).read_bytes(), name)
        assert (status, result["image"], result["verdict"], result["text"]) == (200, name, "pass", text)
        assert result["schema"] == "nano-ocr/result/1" and result["timing_ms"]["total"] > 0
    assert metric(served, 'readings_total{verdict="pass"}') == [3.0]
    assert served.end() == 0
    assert served.health()["state"] == "stopping"


def test_a_line_fits_the_schema_of_results(fake, tools, recipe, picture):
    jsonschema = pytest.importorskip("jsonschema", reason="not in the environments of the device side")
    schema = json.loads((tools.ROOT / "ocr_app" / "data" / "result.schema.json").read_text())
    del schema["$id"]  # older releases of jsonschema try to follow it
    served = fake("--recipe", recipe, "--deadline-ms", "400").ready()
    for body, verdict in ((picture(1), "pass"), (b"no image", "error"), (picture(90), "fail")):
        _, result = served.read(body)
        jsonschema.validate(result, schema)
        assert result["verdict"] == verdict


def test_the_agent_takes_every_document_and_sees_the_heart_beat(fake, recipe):
    from node_agent.host.health import Heartbeat, faults

    served = fake("--recipe", recipe, NANO_OCR_RELEASE="abc")
    seen = []

    class Node:
        health = staticmethod(lambda: served.health() or None)
        monotonic = staticmethod(time.monotonic)

    beat = Heartbeat(Node, "abc")
    served.until(lambda: (seen.append(served.health()), beat.look() and seen[-1].get("ready"))[1], "ready")
    documents = [each for each in seen if each]
    assert documents and not [faults(each) for each in documents if faults(each)]
    assert {each["state"] for each in documents} <= {"starting", "warming_up", "reading"}
    assert beat.still_for() < 30


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


def test_a_service_that_stands_still_has_no_heartbeat(fake, tools, tmp_path):
    from ocr_app.core.errors import ServiceError
    from ocr_app.line.health import health_file

    served = fake().ready()
    assert health_file.wait_for_beat(str(served.runtime), 10)["live"]
    served.process.send_signal(signal.SIGSTOP)
    try:
        with pytest.raises(ServiceError, match="stands still"):
            health_file.wait_for_beat(str(served.runtime), 2)
    finally:
        served.process.send_signal(signal.SIGCONT)


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


@pytest.mark.parametrize(
    "headers,body,status,code",
    [
        ({"Origin": "http://example.org"}, b"x", 403, "origin"),
        ({"Content-Length": "999999999999"}, b"", 413, "too-large"),
        ({"Content-Length": "100"}, b"short", 408, "cut-off"),
    ],
)
def test_bad_requests_are_told_why(shared, headers, body, status, code):
    served = shared
    caller = http.client.HTTPConnection("127.0.0.1", served.port, timeout=30)
    caller.putrequest("POST", "/read")
    for name, value in dict({"Content-Length": str(len(body))}, **headers).items():
        caller.putheader(name, value)
    caller.endheaders(body)
    if code == "cut-off":
        caller.sock.shutdown(socket.SHUT_WR)
    answer = caller.getresponse()
    assert (answer.status, json.loads(answer.read().decode())["refused"]["code"]) == (status, code)
    caller.close()


def test_a_body_that_is_too_large_gets_its_answer_and_no_reset(fake, picture):
    served = fake("--max-bytes", "1000").ready()  # the image of the first readings is larger, and none of the line's
    assert served.read(picture(1))[0] == 200
    status, answer = served.read(bytes(8 << 20))
    assert (status, answer["refused"]["code"]) == (413, "too-large")


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


def test_unknown_paths_and_a_challenge_that_is_not_there(shared):
    assert shared.ask("GET", "/read")[0] == 404
    assert shared.ask("POST", "/challenge", body=b"")[1]["refused"]["code"] == "no-challenge"


def test_an_address_in_use_is_said(fake, shared):
    second = fake("--listen", "127.0.0.1:{}".format(shared.port))
    assert second.process.wait(60) == 14 and "cannot listen" in second.said()


def test_it_listens_to_this_computer_alone(fake):
    served = fake("--listen", "0.0.0.0:8088")
    assert served.process.wait(60) == 14 and "unix:PATH" in served.said()


def test_a_unix_socket_does_as_well(fake, picture, tmp_path):
    path = str(tmp_path / "s")
    served = fake("--listen", "unix:" + path).ready()
    with socket.socket(socket.AF_UNIX) as caller:
        caller.connect(path)
        body = picture(1)
        caller.sendall("POST /read HTTP/1.0\r\nContent-Length: {}\r\n\r\n".format(len(body)).encode() + body)
        answer = b"".join(iter(lambda: caller.recv(65536), b""))
    assert b'"text": "AB7"' in answer
    assert served.end() == 0 and not (tmp_path / "s").exists()


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


def test_what_waits_when_the_reader_fails_for_good_is_told_so(fake, picture):
    served = fake("--read-limit", "2", "--restarts", "0").ready()
    answers = []
    callers = [
        threading.Thread(target=lambda level=level: answers.append(served.read(picture(level))))
        for level in (255, 1, 1)
    ]
    callers[0].start()
    served.until(lambda: len(answers) == 0 and metric(served, "queue_length") == [0.0], "the first one")
    for caller in callers[1:]:
        caller.start()
    for caller in callers:
        caller.join()
    assert sorted(status for status, _ in answers) == [200, 503, 503]
    assert {answer["refused"]["code"] for status, answer in answers if status == 503} <= {"stopping", "not-ready"}
    assert served.process.wait(60) == 14


def test_systemd_hears_of_it(fake, tools, tmp_path):
    systemd = tools.Systemd(str(tmp_path / "notify"))
    served = fake(NOTIFY_SOCKET=str(tmp_path / "notify")).ready()
    served.until(lambda: any("READY=1" in words for words in systemd.words), "READY=1")
    assert any("WATCHDOG=1" in words for words in systemd.words)
    assert served.end() == 0 and "STOPPING=1" in systemd.words
    systemd.close()


def test_the_reading_process_goes_when_the_service_is_killed(fake, picture, tmp_path):
    served = fake().ready()
    own = _children(served.process.pid)
    assert len(own) == 1
    served.kill()
    end = time.monotonic() + 15
    while _alive(own[0]) and time.monotonic() < end:
        time.sleep(0.05)
    assert not _alive(own[0])


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
