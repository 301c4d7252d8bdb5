"""The wheel, installed by pip into an empty environment of every Python there is, does its work there."""

import os

import pytest

from fleet.environments import interpreters
from fleet.packaging.build import environment, pip_install
from fleet.packaging.trial import format_trial, run_command, try_wheel

MINORS = ("3.6", "3.7", "3.10", "3.11", "3.12", "3.13", "3.14")  # `./inv package --check` tries 3.8 and 3.9 too
IN_CI = ("3.6", "3.10", "3.11", "3.13")  # a CI run without one of these fails


def interpreter(minor):
    try:
        return interpreters.find(minor)
    except interpreters.InterpreterMissing as error:
        if os.environ.get("CI") and minor in IN_CI:
            raise
        pytest.skip(error.found)


@pytest.mark.parametrize("minor", MINORS)
def test_the_three_commands(built, minor, scratch, capsys):
    trial = try_wheel(built.wheel, interpreter(minor), scratch)
    with capsys.disabled():
        print("\n" + format_trial(trial), flush=True)
    version, check, reading = (run.output for run in trial.runs)
    assert trial.passed
    assert version.startswith("ocr-app ")
    assert "self-check passed" in check and check.count("ok    sample") == 10 and "FAILED" not in check
    assert "pass: PRO: 13.06.22 EXP: 13.12.23" in reading
    assert str(scratch) in reading  # the sample is the wheel's own


@pytest.fixture
def bare(built, scratch):
    """The program of an environment that holds the wheel and, as on a board without OpenCV, nothing else."""
    python = environment(scratch / "venv", interpreters.find_first(("3.11", "3.10", "3.13")))
    pip_install(python, "--no-deps", str(built.wheel))
    return python


def test_what_is_missing_is_said_in_plain_words(bare, scratch):
    pip_install(bare, "numpy", "Pillow", "PyYAML", "tqdm")
    run = run_command(bare.with_name("ocr-app"), ["--version"], scratch)
    assert run.exit_code == 6
    assert run.output.startswith("ocr-app: OpenCV (module cv2) is not installed for ")
    assert "pip install 'opencv-python-headless<5'" in run.output and "--system-site-packages" in run.output
    assert "Traceback" not in run.output


def test_an_opencv_without_metadata_is_found(built, scratch):
    """A board has its OpenCV built from source: a module of the system that pip knows nothing of."""
    system = environment(scratch / "system", interpreters.find_first(("3.11", "3.10", "3.13")))
    pip_install(system, "numpy", "Pillow", "PyYAML", "tqdm", "onnxruntime", "opencv-python-headless<5")
    for record in system.parent.parent.glob("lib/python*/site-packages/opencv_python_headless-*.dist-info"):
        record.rename(record.with_suffix(".hidden"))
    (link,) = system.parent.parent.glob("lib/python*/site-packages")
    board = environment(scratch / "venv", interpreters.find_first(("3.11", "3.10", "3.13")))
    pip_install(board, "--no-deps", str(built.wheel))
    (own,) = board.parent.parent.glob("lib/python*/site-packages")
    (own / "system.pth").write_text(f"{link}\n")
    run = run_command(board.with_name("ocr-app"), ["selfcheck"], scratch)
    assert (run.exit_code, "self-check passed" in run.output) == (0, True)
