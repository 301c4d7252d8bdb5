"""What a code has to be now: given at the start, or in a file that a control system keeps up to date."""

import json
import os
import time
from typing import Callable, Dict, Mapping, NamedTuple, Optional

from ocr_app.line.settings.reading import RecipeSettings

STALE = "expected_value_stale"
_CLOCK_ERROR_S = 60.0


class ExpectedValues(NamedTuple):
    """``values`` by field name; ``problem`` says what is wrong where the file is missing, malformed or too old."""

    values: Dict[str, str]
    problem: str = ""


def current(
    settings: RecipeSettings, now: Callable[[], float] = time.time, fixed: Optional[Mapping[str, str]] = None
) -> ExpectedValues:
    """What is expected now; values of the file override ``fixed``, which are those of the settings by default.

    The age of the file is measured by the wall clock (a limit of 0 seconds accepts any age); a file from the future is
    as wrong as an old one.
    """
    fixed = dict(settings.expected if fixed is None else fixed)
    if not settings.expected_file:
        return ExpectedValues(fixed)
    problem = _age_problem(settings.expected_file, settings.expected_age_s, now())
    values = None if problem else _values(settings.expected_file)
    if values is None:
        return ExpectedValues(fixed, problem or "{} is not an object of texts".format(settings.expected_file))
    return ExpectedValues(dict(fixed, **values))


def _age_problem(path: str, limit_s: float, now: float) -> str:
    try:
        age = now - os.stat(path).st_mtime
    except OSError as error:
        return "{}: {}".format(path, error.strerror)
    if limit_s and not -_CLOCK_ERROR_S <= age <= limit_s:
        return "{} is {:.0f} s old, at most {:g} s".format(path, age, limit_s)
    return ""


def _values(path: str) -> Optional[Dict[str, str]]:
    try:
        with open(path, encoding="utf-8") as stream:
            found = json.load(stream)
    except (OSError, ValueError):
        return None
    fits = isinstance(found, dict) and found and all(isinstance(value, str) for value in found.values())
    return dict(found) if fits else None
