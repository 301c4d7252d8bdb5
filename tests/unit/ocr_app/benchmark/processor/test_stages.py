"""Time within a stage counts for the innermost stage, and all functions of the stages exist."""

import pytest

from ocr_app.benchmark.processor import stages
from ocr_app.benchmark.processor.stages import REST, STAGES, Stopwatch, holder_of, instrumented


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now

    def sleeps(self, seconds):
        self.now += seconds


def test_the_time_of_a_stage_within_another_counts_for_the_inner_one_alone():
    clock = Clock()
    stopwatch = Stopwatch(clock)
    inner = stopwatch.timed("inner", lambda: clock.sleeps(0.002))

    def work():
        clock.sleeps(0.003)
        inner()
        clock.sleeps(0.001)

    with stopwatch.frame() as found:
        clock.sleeps(0.005)
        stopwatch.timed("outer", work)()
    assert found == pytest.approx({REST: 5.0, "outer": 4.0, "inner": 2.0})


def test_a_stage_that_fails_is_left():
    clock = Clock()
    stopwatch = Stopwatch(clock)

    def fails():
        clock.sleeps(0.001)
        raise ValueError("no")

    with stopwatch.frame() as found:
        with pytest.raises(ValueError, match="no"):
            stopwatch.timed("fails", fails)()
        clock.sleeps(0.004)
    assert found == pytest.approx({REST: 4.0, "fails": 1.0})


@pytest.mark.parametrize("name", [name for _, names in STAGES for name in names])
def test_every_function_of_a_stage_exists_under_its_name(name):
    holder, attribute = holder_of(name)
    assert callable(getattr(holder, attribute))


def test_functions_are_counted_within_the_block_and_restored_after_it(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(stages, "STAGES", (("naps", (__name__ + ":nap",)),))
    stopwatch, before = Stopwatch(clock), nap
    with instrumented(stopwatch), stopwatch.frame() as found:
        nap(clock)
    assert found["naps"] == pytest.approx(7.0) and nap is before


def nap(clock):
    clock.sleeps(0.007)
