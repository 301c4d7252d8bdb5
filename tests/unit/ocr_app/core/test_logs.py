"""Events are single ``key=value`` lines, with a priority under journald and a time elsewhere."""

import io
import logging
import os
import re
import sys

import pytest

from ocr_app.core import logs

LOG = logging.getLogger("ocr_app.tests")


@pytest.fixture
def stream():
    """Where a test lets the package's log go."""
    return io.StringIO()


def lines(stream):
    return stream.getvalue().splitlines()


def test_an_event_is_one_line_of_keys_and_values(stream):
    logs.set_up(stream=stream)
    LOG.info("reader opened", extra=logs.fields(reader="codes", restarts=0, seconds=0.25))
    (line,) = lines(stream)
    time, _, rest = line.partition(" ")
    assert re.match(r"time=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", time)
    assert rest == 'level=info event="reader opened" reader=codes restarts=0 seconds=0.25'


@pytest.mark.parametrize(
    "value,written",
    [
        ("plain", "plain"),
        ("", '""'),
        ("two words", '"two words"'),
        ('say "no"', r'"say \"no\""'),
        ("a=b", '"a=b"'),
        ("first\nsecond", r'"first\nsecond"'),
        ("C:\\x", r'"C:\\x"'),
        ("\x1b[2J", r'"\x1b[2J"'),
        ("größe", "größe"),
        (None, "none"),
        (True, "true"),
        (1.50, "1.5"),
    ],
)
def test_values_are_quoted_where_they_have_to_be(value, written):
    assert logs.quoted(value) == written


def test_a_traceback_stays_in_its_line(stream):
    logs.set_up(stream=stream)
    try:
        raise ValueError("first\nsecond")
    except ValueError:
        LOG.exception("the thread ended")
    (line,) = lines(stream)
    assert "level=error" in line and r"ValueError: first\nsecond" in line


@pytest.mark.parametrize("level,count", [("debug", 4), ("info", 3), ("warning", 2), ("error", 1)])
def test_levels(stream, level, count):
    logs.set_up(level, stream)
    for name in logs.LEVELS:
        getattr(LOG, name)("an event")
    assert len(lines(stream)) == count


def test_setting_up_twice_writes_each_event_once(stream):
    logs.set_up(stream=io.StringIO())
    logs.set_up(stream=stream)
    LOG.info("once")
    assert len(lines(stream)) == 1


@pytest.mark.parametrize(
    "verbose,quiet,level", [(False, False, "error"), (True, False, "debug"), (False, True, "warning")]
)
def test_flags_override_the_configured_level(verbose, quiet, level):
    assert logs.level_of("error", verbose, quiet) == level


def test_the_journal_is_recognised_by_device_and_inode(tmp_path):
    with open(str(tmp_path / "journal"), "w") as stream:
        status = os.fstat(stream.fileno())
        own = "{}:{}".format(status.st_dev, status.st_ino)
        assert logs.is_journal(stream, {"JOURNAL_STREAM": own})
        assert not logs.is_journal(stream, {"JOURNAL_STREAM": own + "1"}) and not logs.is_journal(stream, {})
    assert not logs.is_journal(io.StringIO(), {"JOURNAL_STREAM": own})


@pytest.mark.parametrize("level,priority", [("debug", 7), ("info", 6), ("warning", 4), ("error", 3)])
def test_lines_for_the_journal_carry_a_priority_and_no_time(level, priority):
    record = logging.LogRecord("x", getattr(logging, level.upper()), "", 0, "an %s", ("event",), None)
    expected = '<{}>level={} event="an event"'.format(priority, level)
    assert logs.EventFormatter(journal=True).format(record) == expected


def test_the_default_stream_is_standard_error_of_the_moment(stream, monkeypatch):
    monkeypatch.setattr(sys, "stderr", stream)
    logs.set_up()
    LOG.warning("seen")
    assert "event=seen" in stream.getvalue()


def test_a_flood_of_equal_events_is_one_line_that_counts_the_rest():
    now = [0.0]
    throttle = logs.Throttle(10.0, lambda: now[0])
    assert [throttle.admit("full"), throttle.admit("full"), throttle.admit("full")] == [0, None, None]
    assert throttle.admit("other") == 0
    now[0] = 10.0
    assert throttle.admit("full") == 2
    now[0] = 20.0
    assert throttle.admit("full") == 0
