"""A program answers every request, whatever its verbs do, and leaves when its caller does."""

import json
import subprocess
import sys

import pytest

from ocr_app.core.errors import ImageError
from ocr_app.workers import environments, protocol
from ocr_app.workers.program import Program

ECHO = r"""
import os
from ocr_app.workers.program import Program, run

class Echo(Program):
    def verbs(self):
        return {"echo": self._echo, "close": self._close}

    def _echo(self, message):
        print("a library prints")
        os.write(1, b"so does one in C\n")
        return message["text"]

    def _close(self, message):
        self.closed = True

run(Echo())
"""


class Raises(Program):
    def __init__(self, error=None):
        self._error = error

    def verbs(self):
        return {"act": self._act}

    def _act(self, message):
        if self._error is not None:
            raise self._error
        return message["id"]


def answer_of(program, **message):
    return json.loads(program.answer(protocol.encode_message(message)).decode("ascii"))


def test_a_result_has_the_number_of_its_request():
    assert answer_of(Raises(), id=7, verb="act") == {"id": 7, "result": 7}


def test_an_error_of_this_package_keeps_its_type_and_code():
    error = answer_of(Raises(ImageError("bad", code="too-small")), id=7, verb="act")["error"]
    assert (error["type"], error["code"], error["found"]) == ("ImageError", "too-small", "bad")


@pytest.mark.parametrize("error", [ValueError("a bug"), SystemExit(3)])
def test_anything_else_is_a_failure_of_the_reader(error, capsys):
    record = answer_of(Raises(error), id=7, verb="act")["error"]
    assert record["type"] == "ReaderFailed" and type(error).__name__ in record["found"]
    assert "Traceback" in capsys.readouterr().err


def test_an_unknown_verb_and_an_invalid_line_are_answered():
    assert answer_of(Raises(), id=7, verb="dance")["error"]["code"] == "garbage"
    assert json.loads(Raises().answer(b"[]\n").decode())["id"] == protocol.HELLO_ID


def talk(requests):
    done = subprocess.run(
        [sys.executable, "-c", ECHO],
        input=b"".join(requests),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environments.child_environ(1),
        timeout=60,
        check=True,
    )
    return [json.loads(line) for line in done.stdout.decode().splitlines()], done.stderr


def test_it_greets_answers_and_keeps_what_libraries_print_out_of_its_answers():
    request = protocol.encode_message({"id": 1, "verb": "echo", "text": "hello"})
    (greeting, answer), err = talk([request])
    assert greeting["id"] == 0 and greeting["result"]["protocol"] == protocol.PROTOCOL
    assert answer == {"id": 1, "result": "hello"}
    assert b"a library prints" in err and b"so does one in C" in err


def test_after_a_close_nothing_is_answered():
    close = protocol.encode_message({"id": 1, "verb": "close"})
    late = protocol.encode_message({"id": 2, "verb": "echo", "text": "late"})
    assert [answer["id"] for answer in talk([close, late])[0]] == [0, 1]
