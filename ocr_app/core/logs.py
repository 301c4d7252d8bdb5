"""Logging for what runs for a long time: one ``key=value`` line per event on standard error, made for journald.

Results and tables are the product and are printed; messages about the work are logged here.
"""

import logging
import os
import re
import sys
import time
from typing import Any, Callable, Dict, Mapping, Optional, TextIO

ROOT = "ocr_app"
LEVELS = ("debug", "info", "warning", "error")
_PRIORITIES = ((logging.ERROR, 3), (logging.WARNING, 4), (logging.INFO, 6), (logging.DEBUG, 7))  # syslog(3)
_BARE = re.compile(r"[^\s\"=\\]+")
_ESCAPES = {"\\": "\\\\", '"': '\\"'}


def fields(**values: Any) -> Dict[str, Any]:
    """Values that belong to an event: ``LOG.info("reader opened", extra=fields(device="cpu"))``."""
    return {"fields": values}


def set_up(
    level: str = "info", stream: Optional[TextIO] = None, environ: Mapping[str, str] = os.environ
) -> logging.Handler:
    """Sends the events of this package to ``stream`` (standard error); a second call replaces the first.

    Where the stream is journald's, lines carry a priority and no time, because journald records the time itself.
    """
    stream = sys.stderr if stream is None else stream
    logger = logging.getLogger(ROOT)
    for old in logger.handlers[:]:
        logger.removeHandler(old)
    handler = logging.StreamHandler(stream)
    handler.setFormatter(EventFormatter(is_journal(stream, environ)))
    logger.addHandler(handler)
    logger.setLevel(level.upper())
    logger.propagate = False
    return handler


def level_of(configured: str, verbose: bool, quiet: bool) -> str:
    """The level to use: ``--verbose`` and ``--quiet`` override the configured one."""
    return "debug" if verbose else "warning" if quiet else configured


def is_journal(stream: Any, environ: Mapping[str, str] = os.environ) -> bool:
    """Whether ``stream`` is the one that systemd connected to the journal ($JOURNAL_STREAM, systemd.exec(5))."""
    try:
        status = os.fstat(stream.fileno())
    except (AttributeError, OSError, ValueError):
        return False
    return environ.get("JOURNAL_STREAM") == "{}:{}".format(status.st_dev, status.st_ino)


class EventFormatter(logging.Formatter):
    """``time=... level=info event="reader opened" device=cpu``; always one line, whatever the values contain."""

    def __init__(self, journal: bool = False) -> None:
        self._journal = journal
        super(EventFormatter, self).__init__()

    def format(self, record: logging.LogRecord) -> str:
        pairs = {"level": record.levelname.lower(), "event": record.getMessage()}
        pairs.update(getattr(record, "fields", {}))
        if record.exc_info:
            pairs["traceback"] = self.formatException(record.exc_info)
        if not self._journal:
            pairs = dict({"time": _utc(record)}, **pairs)
        line = " ".join("{}={}".format(key, quoted(value)) for key, value in pairs.items())
        return "<{}>{}".format(_priority(record.levelno), line) if self._journal else line


def quoted(value: Any) -> str:
    """A value as it is written in a line: bare where that is unambiguous, else in double quotes with escapes."""
    text = "{:g}".format(value) if isinstance(value, float) else str(value)
    text = text.lower() if value is None or isinstance(value, bool) else text
    if _BARE.fullmatch(text) and text.isprintable():
        return text
    return '"' + "".join(_escaped(character) for character in text) + '"'


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    return character if character.isprintable() else character.encode("unicode_escape").decode("ascii")


def _utc(record: logging.LogRecord) -> str:
    seconds = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
    return "{}.{:03d}Z".format(seconds, int(record.msecs))


def _priority(level: int) -> int:
    return next((number for bound, number in _PRIORITIES if level >= bound), 7)


class Throttle:
    """Lets one event per key and interval through, so that a flood of equal events does not fill the journal."""

    def __init__(self, interval_s: float, now: Callable[[], float] = time.monotonic) -> None:
        self._interval_s, self._now = interval_s, now
        self._last: Dict[str, float] = {}
        self._held_back: Dict[str, int] = {}

    def admit(self, key: str) -> Optional[int]:
        """None to stay silent; else how many events of this key were held back since the last one admitted."""
        now = self._now()
        if key in self._last and now - self._last[key] < self._interval_s:
            self._held_back[key] = self._held_back.get(key, 0) + 1
            return None
        self._last[key] = now
        return self._held_back.pop(key, 0)
