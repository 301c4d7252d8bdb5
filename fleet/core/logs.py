"""Logging of the control side: progress and diagnostics go to standard error, results of a command to standard output.

Modules use the standard library: ``log = logging.getLogger(__name__)``. The environment variable OCR_LOG sets the
level (debug, info, warning or error; info by default). A terminal shows the message alone. Anything else, such as a
file, a pipe or journald, gets one line per record in key=value form.
"""

from __future__ import annotations

import json
import logging
import os
import re
import sys
from collections.abc import Mapping
from typing import TextIO

from fleet.core.errors import FleetError

VARIABLE = "OCR_LOG"
LEVELS = ("debug", "info", "warning", "error")
_PLAIN = re.compile(r"[^\s\"=\\]+")
_NOISY = ("matplotlib", "PIL")  # libraries whose debug records are of no use here


class LogLineFormatter(logging.Formatter):
    """``level=info logger=fleet.release.bundle msg="..."``; values with spaces or quotes are JSON strings."""

    def format(self, record: logging.LogRecord) -> str:
        fields = {"level": record.levelname.lower(), "logger": record.name, "msg": record.getMessage()}
        if record.exc_info:
            fields["error"] = self.formatException(record.exc_info)
        return " ".join(f"{key}={_value(text)}" for key, text in fields.items())


class TerminalFormatter(logging.Formatter):
    """The message; warnings and errors, and all records at level debug, begin with their level."""

    def format(self, record: logging.LogRecord) -> str:
        text = record.getMessage()
        return text if record.levelno == logging.INFO else f"{record.levelname.lower()}: {text}"


def _value(text: str) -> str:
    return text if _PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)


def configure(environ: Mapping[str, str] = os.environ, stream: TextIO | None = None) -> None:
    """Send log records to ``stream`` (standard error), from the level that OCR_LOG names.

    A second call replaces the first one. Raises FleetError for an unknown level.
    """
    level = environ.get(VARIABLE, "").lower() or "info"
    if level not in LEVELS:
        raise FleetError(f"{VARIABLE}={level}", ", ".join(LEVELS))
    target = stream or sys.stderr
    handler = logging.StreamHandler(target)
    handler.setFormatter(TerminalFormatter() if target.isatty() else LogLineFormatter())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for name in _NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)
