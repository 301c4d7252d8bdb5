"""Diagnostics on standard error as ``key=value`` lines, which journald stores and a log collector can filter."""

import json
import logging
import re
import sys
from typing import Any

_BARE = re.compile(r"[^\s\"'=\\]+\Z")


class AgentLogFormatter(logging.Formatter):
    """``level=info event=staged release="ocr-app 1.4"``: the level, the event, and its fields in their order.

    One record is one line: quotes, backslashes and line breaks of a value are escaped as in JSON.
    """

    def format(self, record: logging.LogRecord) -> str:
        pairs = [("level", record.levelname.lower()), ("event", record.getMessage())]
        pairs += list(getattr(record, "fields", {}).items())
        if record.exc_info:
            pairs.append(("traceback", self.formatException(record.exc_info)))
        return " ".join("{}={}".format(key, format_value(value)) for key, value in pairs)


def format_value(value: Any) -> str:
    """A value as text, quoted where it holds more than one bare word."""
    text = json.dumps(value) if isinstance(value, bool) else str(value)
    return text if _BARE.match(text) else json.dumps(text, ensure_ascii=False)


def log_event(logger: logging.Logger, level: int, event: str, **fields: Any) -> None:
    """Log one event. Empty fields (None, "") are left out."""
    kept = {key: value for key, value in fields.items() if value not in (None, "")}
    logger.log(level, event, extra={"fields": kept})


def configure(level: int) -> None:
    """Send the agent's records from ``level`` upwards to standard error; a second call replaces the first."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(AgentLogFormatter())
    logger = logging.getLogger("node_agent")
    logger.handlers[:] = [handler]
    logger.setLevel(level)
