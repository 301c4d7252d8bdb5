"""Diagnostics: one line per record, in which every value can be found again."""

import logging
import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node_agent import logs

LOGGER = logging.getLogger("node_agent.a_test")


def formatted(level, event, **fields):
    record = logging.LogRecord("node_agent", level, __file__, 1, event, None, None)
    record.fields = fields
    return logs.AgentLogFormatter().format(record)


def test_level_event_and_fields_in_their_order():
    line = formatted(logging.WARNING, "image_load_failed", release="1.4.0", reason='no "space" left', restarts=3)
    assert line == r'level=warning event=image_load_failed release=1.4.0 reason="no \"space\" left" restarts=3'


@pytest.mark.parametrize(
    ("value", "text"),
    [("bare", "bare"), ("", '""'), ("a=b", '"a=b"'), (True, "true"), (0.5, "0.5"), ("two\nlines", r'"two\nlines"')],
)
def test_values(value, text):
    assert logs.format_value(value) == text


@given(st.text())
def test_a_record_is_one_line(text):
    assert len(formatted(logging.INFO, "event", reason=text).split("\n")) == 1


@given(st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126), min_size=1))
def test_a_shell_finds_the_value_again(text):
    if "\\" not in text:
        assert shlex.split(formatted(logging.INFO, "event", reason=text))[2] == "reason=" + text


def test_empty_fields_are_left_out_and_lower_levels_are_not_logged(capsys):
    logs.configure(logging.INFO)
    logs.log_event(LOGGER, logging.INFO, "staged", release="A", reason=None, next="")
    logs.log_event(LOGGER, logging.DEBUG, "command", command="docker")
    assert capsys.readouterr().err == "level=info event=staged release=A\n"


def test_configuring_twice_logs_once(capsys):
    logs.configure(logging.INFO)
    logs.configure(logging.INFO)
    logs.log_event(LOGGER, logging.INFO, "staged")
    assert capsys.readouterr().err.count("staged") == 1


def test_an_exception_is_logged_with_its_traceback(capsys):
    logs.configure(logging.INFO)
    try:
        raise ValueError("x")
    except ValueError:
        LOGGER.exception("unexpected")
    line = capsys.readouterr().err
    assert line.startswith('level=error event=unexpected traceback="Traceback') and line.count("\n") == 1
