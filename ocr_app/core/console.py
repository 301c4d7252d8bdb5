"""Printing on terminals and pipes that may not be able to show every character."""

import io
import json
import sys
from typing import Any, TextIO


def print_json(record: Any) -> None:
    """One line of JSON on standard output, with escapes where its encoding lacks a character; always valid JSON."""
    text = json.dumps(record, ensure_ascii=False)
    try:
        text.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        text = json.dumps(record)
    print(text, flush=True)


def make_tolerant() -> None:
    r"""Makes standard output and error print ``\xe9`` for a character that their encoding lacks, instead of failing."""
    sys.stdout, sys.stderr = _tolerant(sys.stdout), _tolerant(sys.stderr)


def _tolerant(stream: TextIO) -> TextIO:
    if not isinstance(stream, io.TextIOWrapper) or stream.errors == "backslashreplace":
        return stream
    if sys.version_info >= (3, 7):
        stream.reconfigure(errors="backslashreplace")
        return stream
    stream.flush()
    encoding, buffered = stream.encoding, stream.line_buffering
    return io.TextIOWrapper(stream.detach(), encoding, "backslashreplace", line_buffering=buffered)
