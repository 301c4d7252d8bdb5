"""Requests over HTTP: every refusal is answered with its reason."""

import http.client
import json
import socket
import time

import pytest


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


def test_unknown_paths_and_a_challenge_that_is_not_there(shared):
    assert shared.ask("GET", "/nothing")[1]["refused"]["code"] == "unknown-path"
    assert shared.ask("POST", "/challenge", body=b"")[1]["refused"]["code"] == "no-challenge"
    assert shared.ask("POST", "/trigger", body=b"")[1]["refused"]["code"] == "no-trigger"


def raw(served, *pieces):
    """What the service answers to these bytes."""
    with socket.create_connection(("127.0.0.1", served.port), timeout=60) as caller:
        for piece in pieces:
            caller.sendall(piece)
        return b"".join(iter(lambda: caller.recv(65536), b""))


def test_a_method_that_a_path_does_not_have_is_told_those_that_it_has(shared):
    for method, path, allowed in (
        ("GET", "/read", "POST"),
        ("PUT", "/read", "POST"),
        ("DELETE", "/health", "GET, HEAD"),
    ):
        answer = raw(shared, "{} {} HTTP/1.1\r\nHost: x\r\n\r\n".format(method, path).encode())
        assert answer.startswith(b"HTTP/1.1 405 ") and b"Allow: " + allowed.encode() + b"\r\n" in answer
        assert json.loads(answer.partition(b"\r\n\r\n")[2].decode())["refused"]["code"] == "method"


def test_head_is_get_without_the_document(shared):
    head, get = (raw(shared, method + b" /health HTTP/1.1\r\nHost: x\r\n\r\n") for method in (b"HEAD", b"GET"))
    assert head.startswith(b"HTTP/1.1 200 ") and head.endswith(b"\r\n\r\n") and not get.endswith(b"\r\n\r\n")


@pytest.mark.parametrize(
    "line", [b"nonsense", b"GET /health HTTP/9.9", b"GET /" + b"x" * 70000 + b" HTTP/1.1", b"\xff\xfe /"]
)
def test_a_malformed_request_is_answered_in_json(shared, line):
    answer = raw(shared, line + b"\r\nHost: x\r\n\r\n")
    assert b"application/json" in answer and b'{"refused": {"code": ' in answer


def test_empty_lines_before_a_request_do_no_harm(shared):
    """Found by `./inv fuzz`."""
    assert raw(shared, b"\r\n\r\nGET /health HTTP/1.1\r\nHost: x\r\n\r\n").startswith(b"HTTP/1.1 200 ")
    assert b"bad-request" in raw(shared, b"\r\n\r\nHEAD /metrics HTTP//1.0\r\n\r\n")
    assert b"bad-request" in raw(shared, b"\xa0\r\n\r\n")


@pytest.mark.parametrize(
    "header,code",
    [
        ("Content-Length: ²", "bad-request"),
        ("Content-Length: " + "9" * 5000, "bad-request"),
        ("Content-Length: 3\r\nContent-Length: 4", "bad-request"),
        ("Content-Length: -1", "bad-request"),
        ("Content-Length: 64\x1d", "bad-request"),
        ("Content-Length: 3\r\nTransfer-Encoding: chunked", "length-required"),
        ("Content-Length: 3\r\nExpect: the-unexpected", "expectation"),
    ],
)
def test_a_length_that_is_none_is_refused_with_its_reason(shared, header, code):
    answer = raw(shared, "POST /read HTTP/1.1\r\nHost: x\r\n{}\r\n\r\nabc".format(header).encode("latin-1"))
    assert json.loads(answer.partition(b"\r\n\r\n")[2].decode())["refused"]["code"] == code


def test_a_caller_that_waits_to_be_asked_for_the_body_is_asked(shared, picture):
    data = picture(1)
    with socket.create_connection(("127.0.0.1", shared.port), timeout=60) as caller:
        head = "POST /read HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: {}\r\n\r\n".format(len(data))
        caller.sendall(head.encode())
        assert caller.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        caller.sendall(data)
        answer = b"".join(iter(lambda: caller.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 200 ") and b"AB7" in answer
    large = "POST /read HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 999999999\r\n\r\n"
    assert raw(shared, large.encode()).startswith(b"HTTP/1.1 413 ")


def form(*parts):
    lines = b"".join(b"--XX\r\n" + head + b"\r\n\r\n" + data + b"\r\n" for head, data in parts)
    return lines + b"--XX--\r\n"


def test_an_upload_form_is_read_as_browsers_and_curl_send_it(shared, picture):
    head = b'Content-Disposition: form-data; name="file"; filename="caf\xc3\xa9.png"\r\nContent-Type: image/png'
    body = form((b'Content-Disposition: form-data; name="note"', b"hello"), (head, picture(1)))
    kind = {"Content-Type": "multipart/form-data; boundary=XX"}
    status, answer = shared.ask("POST", "/read", body=body, headers=kind)
    assert (status, answer["image"], answer["text"]) == (200, "café.png", "AB7")
    assert shared.ask("POST", "/read?name=b.png", body=body, headers=kind)[1]["image"] == "b.png"
    status, answer = shared.ask("POST", "/read", body=form((head, b"x"), (head, b"y")), headers=kind)
    assert (status, answer["refused"]["code"]) == (400, "bad-form") and "2 files" in answer["refused"]["found"]


def test_callers_that_drip_are_cut_off_and_the_state_is_always_told(fake, tmp_path):
    (tmp_path / "s.yaml").write_text("http: {connection_s: 3}\n")
    served = fake(str(tmp_path / "s.yaml")).ready()
    heads = [b"POST /read HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n"] * 32 + [
        b"POST /read HTTP/1.1\r\nX: "
    ] * 32
    callers = [socket.create_connection(("127.0.0.1", served.port), timeout=60) for _ in heads]
    for caller, head in zip(callers, heads):
        caller.sendall(head)
    assert served.ask("GET", "/health")[0] == 200 and served.ask("GET", "/metrics")[0] == 200
    end, left = time.monotonic() + 60, list(callers)
    while left and time.monotonic() < end:
        for caller in list(left):
            try:
                caller.sendall(b"a")
            except OSError:
                left.remove(caller)
        time.sleep(0.2)
    assert left == []
    assert all(b" 408 " in caller.recv(100) for caller in callers[:1])
    for caller in callers:
        caller.close()
