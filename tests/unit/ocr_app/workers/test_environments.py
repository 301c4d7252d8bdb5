"""Where environments are looked for, and what is said when one is missing."""

import os
import sys

import pytest

from ocr_app.core.errors import ReaderUnavailable, UsageError
from ocr_app.workers import environments


@pytest.fixture
def folder(monkeypatch, tmp_path):
    monkeypatch.setenv("OCR_ENVS", str(tmp_path))
    return tmp_path


def test_the_folder_is_beside_the_package_unless_named(monkeypatch):
    monkeypatch.delenv("OCR_ENVS", raising=False)
    assert environments.folder() == os.path.join(environments.repository(), ".envs")


def test_the_python_of_an_environment_is_found(folder):
    (folder / "one" / "bin").mkdir(parents=True)
    os.symlink(sys.executable, str(folder / "one" / "bin" / "python"))
    assert not environments.exists("one")  # half built
    (folder / "one" / environments.FINISHED).write_text("{}")
    assert environments.exists("one")
    assert environments.python_of("one") == str(folder / "one" / "bin" / "python")


def test_a_missing_environment_says_how_to_build_it(folder):
    with pytest.raises(ReaderUnavailable) as caught:
        environments.python_of("py36-easyocr")
    assert caught.value.next_step == "./inv envs --name py36-easyocr"


@pytest.mark.parametrize("name", ["", "..", "a/b", ".hidden", "a b", "one\n"])
def test_what_cannot_be_a_name_is_refused(folder, name):
    with pytest.raises(UsageError):
        environments.exists(name)
