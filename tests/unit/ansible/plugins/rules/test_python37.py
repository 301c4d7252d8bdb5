"""Rules of the role python37: the interpreter is whole, where it is wanted."""

from __future__ import annotations

import subprocess
import sys

import pytest
from rules import python37

from tests.unit.ansible.answers import broken, command, judged, settings

ENABLED = {"python37_enabled": "true"}


@pytest.mark.parametrize(
    "answer, expected",
    [
        (command("3.7"), {}),
        (command("", 127, "no program /usr/bin/python3.7"), {"interpreter": "no program /usr/bin/python3.7"}),
        (command("", 1, "Traceback\nModuleNotFoundError: venv"), {"interpreter": "ModuleNotFoundError: venv"}),
        (command("", 1), {"interpreter": "nothing"}),
    ],
)
def test_what_is_found(answer: dict[str, object], expected: dict[str, str]) -> None:
    assert broken("python37", {"commands": {"version": answer}}, **ENABLED) == expected


def test_a_role_that_is_off_promises_nothing() -> None:
    assert judged("python37", {"skipped": True}) == {}


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="distutils ended with Python 3.11")
def test_the_question_is_one_that_python_answers() -> None:
    argv = python37.plan(settings("python37", python37_python=sys.executable))["version"]
    argv = [argv[0], "-W", "ignore", *argv[1:]]
    done = subprocess.run(argv, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "{}.{}".format(*sys.version_info[:2])
