"""Rows and journals for tests."""

import pytest

from ocr_app.line.health.status import ServiceStatus
from ocr_app.line.journal.journal import PartJournal
from ocr_app.line.journal.rows import PartRow


@pytest.fixture
def status():
    return ServiceStatus()


@pytest.fixture
def make_row():
    """(number, verdict=None, **more) -> a row."""

    def make(number, verdict=None, **more):
        record = {
            "number": number, "id": "b-0-{}".format(number), "board": "b", "boot": "0", "cause": "frame",
            "name": "a.png", "frame": "", "triggered": 1.0, "captured": 1.0, "decided": None, "wall": 1000.0 + number,
            "clock_trusted": True, "verdict": verdict, "recipe": "r", "recipe_digest": "d", "release": "1",
        }  # fmt: skip
        return PartRow(**dict(record, **more))

    return make


@pytest.fixture
def open_journal(tmp_path, status):
    """() -> the journal in tmp_path/journal; closed after the test."""
    opened = []

    def make(**options):
        opened.append(PartJournal(str(tmp_path / "journal"), status, **options))
        return opened[-1]

    yield make
    for each in opened:
        each.close()
