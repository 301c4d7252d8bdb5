"""The source distribution and the wheel, built once; and room for an environment, which is removed after its test."""

import tempfile
from pathlib import Path

import pytest

from fleet import packaging


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    return packaging.build(tmp_path_factory.mktemp("dist"))


@pytest.fixture
def scratch():
    """A folder for an environment of some 400 MB; pytest would keep it for three more runs."""
    with tempfile.TemporaryDirectory(prefix="ocr-app-test-") as folder:
        yield Path(folder).resolve()
