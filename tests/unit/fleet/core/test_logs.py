"""Log records of the control side: level, form, and where they go."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pytest

from fleet.core import logs
from fleet.core.errors import FleetError


class Terminal(io.StringIO):
    """A stream that is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


def logged(stream: io.StringIO, **environ: str) -> str:
    logs.configure(environ, stream)
    log = logging.getLogger("fleet.some.module")
    log.debug("looked")
    log.info('the file "a b" is %s', "there")
    log.warning("resumed")
    return stream.getvalue()


def test_a_pipe_gets_keys_and_values() -> None:
    assert logged(io.StringIO()).splitlines() == [
        r'level=info logger=fleet.some.module msg="the file \"a b\" is there"',
        "level=warning logger=fleet.some.module msg=resumed",
    ]


def test_a_terminal_gets_the_message() -> None:
    assert logged(Terminal()) == 'the file "a b" is there\nwarning: resumed\n'


@pytest.mark.parametrize(("level", "lines"), [("debug", 3), ("INFO", 2), ("warning", 1), ("error", 0)])
def test_the_level_comes_from_the_environment(level: str, lines: int) -> None:
    assert len(logged(io.StringIO(), OCR_LOG=level).splitlines()) == lines


def test_an_unknown_level_is_refused_with_the_known_ones() -> None:
    with pytest.raises(FleetError, match="OCR_LOG=loud\n  expected: debug, info, warning, error"):
        logs.configure({"OCR_LOG": "loud"})


def test_a_record_is_one_line_whatever_it_holds() -> None:
    stream = io.StringIO()
    logs.configure({}, stream)
    try:
        raise ValueError("first\nsecond")
    except ValueError:
        logging.getLogger("fleet").exception("failed\nhere")
    [line] = stream.getvalue().splitlines()
    assert line.startswith(r'level=error logger=fleet msg="failed\nhere" error="Traceback') and "second" in line


def test_libraries_are_heard_from_their_warnings_on() -> None:
    stream = io.StringIO()
    logs.configure({"OCR_LOG": "debug"}, stream)
    logging.getLogger("matplotlib.font_manager").debug("noise")
    assert stream.getvalue() == ""
