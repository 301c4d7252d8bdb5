"""A pipeline with a journal, whose reader is the test itself."""

import threading

import pytest

from ocr_app.line.health.status import ServiceStatus
from ocr_app.line.journal.journal import PartJournal
from ocr_app.line.parts.pipeline import LineIdentity, PartPipeline
from ocr_app.line.reading.jobs import JobQueue
from ocr_app.line.sources.contract import CapturedFrame

IDENTITY = LineIdentity("b", "boot", "frame", "recipe", "digest", "1")


class Bench:
    """``decided``: the rows, as an output gets them. The reader reads nothing until it is told what."""

    def __init__(self, folder, capacity=4, limit_s=5.0, latest=False, agree=1):
        self.status, self.jobs, self.decided = ServiceStatus(), JobQueue(8), []
        self.journal = PartJournal(str(folder), self.status)
        self.wall = 1000000.0
        self.pipeline = PartPipeline(
            IDENTITY, self.journal, self.jobs, self.status, capacity, limit_s, latest, lambda: True, str(folder),
            lambda: self.wall, agree,
        )  # fmt: skip
        self.pipeline.add_output(lambda row, data: self.decided.append(row))
        self.thread = threading.Thread(target=self.pipeline.run, daemon=True)

    def start(self):
        self.thread.start()
        return self

    def frame(self, name="a.png", **more):
        return CapturedFrame(b"data", name, self.jobs.now(), **more)

    def begin(self, name="a.png"):
        frame = self.frame(name)
        return self.pipeline.begin(frame.captured, frame)

    def read(self, verdict="pass", reasons=(), **more):
        """The reader takes the next frame and says this."""
        job = self.jobs.take(5.0)
        job.finish(result(verdict, reasons, **more))
        return job

    def end(self):
        self.pipeline.finish()
        self.thread.join(10)
        assert not self.thread.is_alive()
        self.journal.close()
        return self.decided

    def metric(self, name):
        text = self.status.metrics.text(self.status.snapshot(), 0, 1, "")
        return float(text.partition("\nnano_ocr_" + name + " ")[2].split()[0])


def result(verdict, reasons=(), **more):
    record = {"text": "A1", "verdict": verdict, "reasons": list(reasons), "timing_ms": {"total": 3.0}}
    return dict(record, **more)


@pytest.fixture
def make_bench(tmp_path):
    return lambda **options: Bench(tmp_path / "journal", **options)
