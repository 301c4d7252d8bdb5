"""One child process: its greeting, its answers, its time limits, and its end."""

import os
import sys
import time

import pytest

from ocr_app.core.errors import ImageError, ReaderFailed
from ocr_app.workers.child import Child, Deadline, StreamTail


@pytest.fixture
def child_of(fake):
    started = []

    def start(plan):
        child = Child(fake.command(plan))
        started.append(child)
        child.hello(30.0)
        return child

    yield start
    for child in started:
        child.end()


def read(child, image, timeout_s=30.0):
    return child.ask("read", timeout_s, lambda result: result["lines"][0]["text"], image={"shape": list(image.shape)})


def test_it_greets_and_answers(child_of, image):
    child = child_of("ok")
    assert read(child, image) == "ok" and not child.ended


def test_an_error_that_it_reports_leaves_it_alive(child_of, image):
    child = child_of("bad-image")
    with pytest.raises(ImageError):
        read(child, image)
    assert not child.ended


@pytest.mark.parametrize("plan, code", [("exit", "crashed"), ("garbage", "garbage"), ("wrong-id", "garbage")])
def test_a_failure_of_the_process_ends_it(child_of, image, is_gone, plan, code):
    child = child_of(plan)
    with pytest.raises(ReaderFailed) as caught:
        read(child, image)
    assert caught.value.code == code and child.ended and is_gone(child.pid)


def test_the_last_output_of_a_crash_is_quoted(child_of, image):
    with pytest.raises(ReaderFailed, match=r"exited with status 3; its last output:\n    \| out of luck"):
        read(child_of("exit"), image)


def test_a_hang_is_ended_in_time(child_of, image, is_gone):
    child = child_of("hang")
    with pytest.raises(ReaderFailed, match=r"did not answer within 0\.3 s and was ended") as caught:
        read(child, image, 0.3)
    assert caught.value.code == "hung" and is_gone(child.pid)


def test_closing_twice_is_allowed(child_of, is_gone):
    child = child_of("ok")
    child.close()
    child.close()
    assert child.ended and is_gone(child.pid)


def test_a_program_that_does_not_exist_is_an_error():
    with pytest.raises(ReaderFailed, match="cannot start /no/such/python"):
        Child(["/no/such/python"])


def test_a_deadline_expires_once_and_only_when_it_is_late():
    calls = []
    with Deadline(30.0, lambda: calls.append(1)) as in_time:
        pass
    with Deadline(0.05, lambda: calls.append(2)) as late:
        time.sleep(0.4)
    assert (in_time.passed, late.passed, calls) == (False, True, [2])


def test_the_tail_of_a_stream_keeps_its_last_lines():
    out, into = os.pipe()
    tail = StreamTail(os.fdopen(out, "rb"))
    with os.fdopen(into, "wb") as stream:
        for number in range(2000):
            stream.write("line {}\n\n".format(number).encode())
    assert tail.finish(10.0)
    assert tail.text().splitlines() == ["    | line {}".format(number) for number in range(1994, 2000)]


def test_it_is_started_with_the_environment_it_is_given(tmp_path):
    script = "import os; open({!r}, 'w').write(os.environ['MARK'])".format(str(tmp_path / "mark"))
    child = Child([sys.executable, "-c", script], {"MARK": "given"})
    with pytest.raises(ReaderFailed):
        child.hello(30.0)
    assert (tmp_path / "mark").read_text() == "given"
