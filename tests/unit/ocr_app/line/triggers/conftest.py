"""A pipeline that remembers what it was asked for."""

import pytest

from ocr_app.line.health.status import ServiceStatus
from ocr_app.line.sources.contract import CapturedFrame


class FakePipeline:
    """Parts are begun, and nothing happens to them; ``room``: answers of wait_for_room, False at their end."""

    def __init__(self, room=()):
        self.begun, self.more, self.room = [], [], list(room)

    def wait_for_room(self, stop):
        return self.room.pop(0) if self.room else not stop.is_set()

    def begin(self, triggered, frame, failed="", more=()):
        self.begun.append((triggered, frame, failed))
        self.more.append([each.name for each in more])


@pytest.fixture
def pipeline():
    return FakePipeline()


@pytest.fixture
def status():
    return ServiceStatus()


@pytest.fixture
def metric(status):
    def value(name):
        text = status.metrics.text(status.snapshot(), 0, 1, "")
        return float(text.partition("\nnano_ocr_" + name + " ")[2].split()[0])

    return value


@pytest.fixture
def make_frame():
    return lambda name, captured=1.0, data=b"data", **more: CapturedFrame(data, name, captured, **more)
