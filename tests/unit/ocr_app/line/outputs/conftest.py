"""Rows for outputs."""

import pytest

from ocr_app.line.health.status import ServiceStatus
from ocr_app.line.journal.rows import PartRow


@pytest.fixture
def status():
    return ServiceStatus()


@pytest.fixture
def make_row():
    def make(number, verdict="pass", triggered=100.0, **more):
        record = {
            "number": number, "id": "b-0-{}".format(number), "board": "b", "boot": "0", "cause": "frame", "name": "",
            "frame": "", "triggered": triggered, "captured": None, "decided": triggered, "wall": 1.0,
            "clock_trusted": True, "verdict": verdict,
        }  # fmt: skip
        return PartRow(**dict(record, **more))

    return make
