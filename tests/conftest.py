"""What all suites share. Tests run on Python 3.6 to 3.12, so this file is Python 3.6 too."""

import os
from pathlib import Path

import pytest

try:
    from hypothesis import settings
except ImportError:  # the environments of the boards' Pythons have none
    pass
else:
    settings.register_profile("any machine", deadline=None)  # a deadline of 200 ms judges the machine, not the code
    settings.load_profile("any machine")

ROOT = Path(__file__).resolve().parent.parent
REAL = ROOT.parent / "shared" / "real"


def in_ci():
    return os.environ.get("CI", "").lower() in ("1", "true", "yes")


def absent(what, next_step, allowed_in_ci=False):
    """Skip with a reason; in CI only what a machine truly cannot have may be skipped, the rest fails."""
    message = "{} is not here; {}".format(what, next_step)
    if in_ci() and not allowed_in_ci:
        pytest.fail(message)
    pytest.skip(message)


@pytest.fixture
def real_photos():
    """The folder of real photos (evaluation only, never committed)."""
    if not (REAL / "labels.tsv").is_file():
        absent("../shared/real", "the real photos are not part of the repository", allowed_in_ci=True)
    return REAL


@pytest.fixture
def ppocr_models():
    """Skips where the models were not fetched (a bare Python 3.6 environment, for instance)."""
    from ocr_app.core import model_files

    gone = model_files.missing(["ppocr-v6-small-det.onnx", "ppocr-v6-small-rec.onnx", "ppocr-v6-tiny-det.onnx"])
    if gone:
        absent("models " + ", ".join(gone), "./inv models")


@pytest.fixture
def code_models():
    """The record of our own two networks; skips where they are not in the package yet."""
    from ocr_app.core import model_files
    from ocr_app.readers.codes import reader as codes

    record = codes.model_record(None)
    for part in (record["detector"], record["recogniser"]):
        if not model_files.is_packaged(part):
            absent("the network " + part["file"], "./inv train")
    return record
