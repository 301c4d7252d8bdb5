"""What a trial says, and that a Python which is not there is reported and a failing command fails."""

from pathlib import Path

import pytest

from fleet.core.errors import PackageError
from fleet.environments import interpreters
from fleet.environments.interpreters import Interpreter, InterpreterMissing
from fleet.packaging import Trial, trial
from fleet.packaging.trial import Run, check, format_trial, run_command


def test_every_command_is_printed_with_its_output_and_exit_code():
    text = format_trial(
        Trial("3.6.15", (Run("ocr-app --version", 0, "ocr-app 1\n"), Run("ocr-app selfcheck", 14, "no\n")))
    )
    assert text.splitlines() == [
        "== Python 3.6.15", "$ ocr-app --version", "ocr-app 1", "(exit code 0)",
        "$ ocr-app selfcheck", "no", "(exit code 14)",
    ]  # fmt: skip


@pytest.mark.parametrize("codes, expected", [((0, 0), 0), ((0, 14), PackageError.exit_code)])
def test_one_failing_command_fails_the_check_and_a_missing_python_is_reported(monkeypatch, codes, expected):
    def find(minor):
        if minor == "3.7":
            raise InterpreterMissing("no Python 3.7")
        return Interpreter(Path("python"), minor + ".1")

    def tried(wheel, python, folder):
        return Trial(python.version, tuple(Run("ocr-app", code, "") for code in codes))

    monkeypatch.setattr(interpreters, "find", find)
    monkeypatch.setattr(trial, "try_wheel", tried)
    said = []
    assert check(Path("x.whl"), ("3.6", "3.7"), said.append) == expected
    assert said[1] == "== Python 3.7: not tried: no Python 3.7"


def test_nothing_of_this_repository_is_in_the_environment_of_a_command(monkeypatch, tmp_path):
    monkeypatch.setenv("PYTHONPATH", "/checkout")
    monkeypatch.setenv("OCR_SAMPLES", "/checkout/data")
    program = tmp_path / "program"
    program.write_text("#!/bin/sh\nenv; pwd\n")
    program.chmod(0o755)
    output = run_command(program, [], tmp_path).output
    assert "/checkout" not in output and output.splitlines()[-1] == str(tmp_path)
