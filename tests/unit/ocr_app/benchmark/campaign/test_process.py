"""The process of a part."""

import sys

import pytest

from ocr_app.benchmark.campaign.process import run_part


def program(text):
    return [sys.executable, "-c", text]


def test_a_command_that_works_has_no_refusal():
    done = run_part(program("print('noise')"), 60)
    assert done.code == 0 and not done.is_refusal


def test_the_applications_own_message_is_kept_with_all_its_lines():
    text = (
        "import sys; print('noise'); sys.exit('warning\\nocr-app benchmark: no device\\n  expected: one\\n  next: buy')"
    )
    done = run_part(program(text), 60)
    assert done.last_words == "ocr-app benchmark: no device; expected: one; next: buy"


@pytest.mark.parametrize(("code", "refusal"), [(4, True), (6, True), (7, True), (12, True), (1, False), (2, False)])
def test_the_applications_exit_codes_tell_a_refusal_from_a_failure(code, refusal):
    assert run_part(program("import sys; sys.exit({})".format(code)), 60).is_refusal is refusal


def test_a_crash_without_a_message_has_its_exit_code():
    assert run_part(program("import sys; sys.exit(9)"), 60).last_words == "exit code 9, without a message"


def test_the_last_line_of_a_trace_is_kept():
    assert run_part(program("raise ValueError('odd')"), 60).last_words == "ValueError: odd"


def test_a_killed_process_is_named():
    done = run_part(program("import os; os.kill(os.getpid(), 9)"), 60)
    assert done.last_words.startswith("killed by signal 9") and not done.is_refusal


def test_a_command_that_hangs_is_ended():
    assert run_part(program("import time; time.sleep(60)"), 0.3).last_words == "not finished after 0 s"


def test_a_command_that_does_not_exist_is_told(tmp_path):
    assert "No such file" in run_part([str(tmp_path / "nothing")], 60).last_words
