"""Requests over HTTP: every refusal is answered with its reason."""

import http.client
import json
import socket

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
    assert shared.ask("GET", "/read")[0] == 404
    assert shared.ask("POST", "/challenge", body=b"")[1]["refused"]["code"] == "no-challenge"
