"""What the line says a code has to be: given at the start, or in a file that a control system keeps fresh."""

import json
import os
import time
from typing import Callable, Dict, NamedTuple, Optional

from ocr_app.line.settings import ReadingSettings

STALE = "expected_value_stale"


class Expected(NamedTuple):
    """``values`` by the name of a field; ``problem`` in words where the file is missing, malformed or too old."""

    values: Dict[str, str]
    problem: str = ""


def current(settings: ReadingSettings, now: Callable[[], float] = time.time) -> Expected:
    """What is expected now; values of the file win over those given at the start.

    The age is the file's by the wall clock (0 seconds: any age does); a file from the future is as wrong as an old one.
    """
    fixed = dict(settings.expected)
    if not settings.expected_file:
        return Expected(fixed)
    problem = _too_old(settings.expected_file, settings.expected_age_s, now())
    values = None if problem else _values(settings.expected_file)
    if values is None:
        return Expected(fixed, problem or "{} is no object of texts".format(settings.expected_file))
    return Expected(dict(fixed, **values))


def _too_old(path: str, most_s: float, now: float) -> str:
    try:
        age = now - os.stat(path).st_mtime
    except OSError as error:
        return "{}: {}".format(path, error.strerror)
    if most_s and not -60.0 <= age <= most_s:
        return "{} is {:.0f} s old, at most {:g} s".format(path, age, most_s)
    return ""


def _values(path: str) -> Optional[Dict[str, str]]:
    try:
        with open(path, encoding="utf-8") as stream:
            found = json.load(stream)
    except (OSError, ValueError):
        return None
    fits = isinstance(found, dict) and found and all(isinstance(value, str) for value in found.values())
    return dict(found) if fits else None
