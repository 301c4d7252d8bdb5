"""Frames of grey lines, and a reader that reads how grey they are."""

import pytest
from grey_lines import Levels, write_grey_lines

from ocr_app.datasets.loading import open_dataset


@pytest.fixture
def levels():
    return Levels


@pytest.fixture
def lines(tmp_path):
    """The folder of the data set."""
    return write_grey_lines(tmp_path)


@pytest.fixture
def greys(lines):
    return open_dataset(str(lines))
