"""The queue of images, and who gets a result."""

from ocr_app.line.reading.jobs import JobQueue

LINE = {"verdict": "pass", "reasons": [], "text": "A", "image": "a"}


def test_a_full_queue_says_so():
    jobs = JobQueue(1)
    assert jobs.offer("a", "a") and jobs.offer("b", "b") is None
    assert jobs.take(0.0).name == "a" and jobs.take(0.0) is None


def test_a_result_has_one_taker():
    job = JobQueue(1).offer("a", "a")
    assert job.abandon() is None and not job.finish(LINE) and job.wait(0) is None
    job = JobQueue(1).offer("a", "a")
    assert job.finish(LINE) and job.abandon() == LINE and not job.abandoned
