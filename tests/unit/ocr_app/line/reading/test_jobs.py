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


def test_images_are_judged_by_the_setup_of_the_moment_and_challenges_by_the_settings():
    jobs = JobQueue(4)
    jobs.setup = "one"
    first = jobs.offer("a", "a")
    jobs.setup = "two"
    assert (first.setup, jobs.offer("b", "b").setup, jobs.offer("c", "c", plain=True).setup) == ("one", "two", None)


def test_an_image_that_is_only_looked_at_comes_after_all_others():
    jobs = JobQueue(4)
    aside = jobs.offer_aside("a", "a", "other")
    assert (aside.setup, aside.aside) == ("other", True)
    assert jobs.offer_aside("b", "b", "other") is None, "something waits"
