"""Triggers from outside: delay, debounce, and a verdict without a frame."""

import threading
import time

import pytest

from ocr_app.line.settings.production import TriggerSettings
from ocr_app.line.triggers import events
from ocr_app.line.triggers.events import EventTriggers


class Bench:
    def __init__(self, pipeline, status, **settings):
        self.now, self.stop, self.is_ready, self.pipeline = 10.0, threading.Event(), True, pipeline
        options = dict({"kind": "mqtt", "debounce_ms": 20.0, "frame_ms": 100.0}, **settings)
        self.triggers = EventTriggers(
            TriggerSettings(**options), pipeline, status, self.stop, lambda: self.is_ready, self.clock
        )

    def clock(self):
        return self.now

    def handle(self):
        """Everything that fired, as the thread does it, with a clock that stands unless a test moves it."""
        while not self.triggers._events.empty():
            self.triggers._begin(self.triggers._events.get())


@pytest.fixture
def make_bench(pipeline, status):
    return lambda **settings: Bench(pipeline, status, **settings)


def test_a_trigger_gets_the_first_frame_of_its_moment_or_later(make_bench, make_frame, pipeline, metric):
    bench = make_bench(delay_ms=500.0)
    bench.triggers.fire()
    bench.now = 10.6
    bench.triggers.take(make_frame("early", 10.4))
    bench.triggers.take(make_frame("right", 10.55))
    bench.handle()
    assert [(at, frame.name, failed) for at, frame, failed in pipeline.begun] == [(10.0, "right", "")]
    assert metric('frames_total{fate="skipped"}') == 1 and metric('frames_total{fate="part"}') == 1


def test_several_frames_of_one_trigger_are_one_part(make_bench, make_frame, pipeline, metric):
    bench = make_bench(frames=3)
    bench.triggers.fire()
    coming = [make_frame(name, 10.0 + 0.01 * place) for place, name in enumerate("abc")]
    bench.triggers.take(coming.pop(0))
    own = bench.triggers._frame

    def frame(moment):
        found = own(moment)
        if coming:
            bench.triggers.take(coming.pop(0))
        return found

    bench.triggers._frame = frame
    bench.handle()
    assert [frame.name for _, frame, _ in pipeline.begun] == ["a"] and pipeline.more == [["b", "c"]]
    assert metric('frames_total{fate="part"}') == 3


def test_frames_that_do_not_come_in_time_are_missing(make_bench, make_frame, pipeline):
    bench = make_bench(frames=3)
    bench.triggers.fire()
    bench.triggers.take(make_frame("only", 10.0))
    ticks = iter([10.0, 10.05])
    bench.triggers._now = lambda: next(ticks, 10.2)
    bench.handle()
    assert [frame.name for _, frame, _ in pipeline.begun] == ["only"] and pipeline.more == [[]]


def test_a_frame_is_no_two_parts(make_bench, make_frame, pipeline):
    bench = make_bench(debounce_ms=0.0)
    bench.triggers.fire()
    bench.triggers.fire()
    bench.triggers.take(make_frame("only", 10.0))
    ticks = iter([10.0, 10.05])
    bench.triggers._now = lambda: next(ticks, 10.2)
    bench.handle()
    assert [(frame and frame.name, failed) for _, frame, failed in pipeline.begun] == [("only", ""), (None, "no-frame")]


def test_what_bounces_is_ignored_and_counted(make_bench, metric):
    bench = make_bench()
    for at in (10.0, 10.005, 10.015, 10.021, 10.03, 10.05):
        bench.now = at
        bench.triggers.fire()
    assert bench.triggers._events.qsize() == 3 and metric('triggers_total{fate="debounced"}') == 3


def test_before_the_reader_is_ready_and_at_the_end_parts_fail_at_once(make_bench, pipeline):
    bench = make_bench(debounce_ms=0.0)
    bench.is_ready = False
    bench.triggers.fire()
    bench.handle()
    bench.triggers.fire()
    bench.stop.set()
    bench.triggers.run()
    assert [failed for _, _, failed in pipeline.begun] == ["not-ready", "stopped"]


def test_too_many_that_wait_fail_at_once_and_none_is_forgotten(make_bench, pipeline):
    bench = make_bench(debounce_ms=0.0)
    for _ in range(events.MOST_WAITING + 3):
        bench.triggers.fire()
    assert [failed for _, _, failed in pipeline.begun] == ["overrun"] * 3


def test_as_threads_with_the_real_clock(pipeline, status, make_frame):
    stop = threading.Event()
    settings = TriggerSettings(kind="mqtt", debounce_ms=0.0, delay_ms=20.0, frame_ms=2000.0)
    triggers = EventTriggers(settings, pipeline, status, stop, lambda: True)
    thread = threading.Thread(target=triggers.run, daemon=True)
    thread.start()
    for name in "ab":
        triggers.fire()
        time.sleep(0.05)
        triggers.take(make_frame(name, time.monotonic()))
        time.sleep(0.05)
    stop.set()
    thread.join(10)
    assert [frame.name for _, frame, _ in pipeline.begun] == ["a", "b"]


def test_a_trigger_is_pending_until_its_part_has_begun(make_bench, make_frame, pipeline):
    bench, seen = make_bench(), []
    thread = threading.Thread(target=bench.triggers.run, daemon=True)
    begin = pipeline.begin
    pipeline.begin = lambda *arguments, **more: seen.append(bench.triggers.pending) or begin(*arguments, **more)
    assert bench.triggers.pending == 0
    bench.triggers.fire()
    assert bench.triggers.pending == 1
    bench.triggers.take(make_frame("a", 10.0))
    thread.start()
    end = time.monotonic() + 10
    while bench.triggers.pending and time.monotonic() < end:
        time.sleep(0.01)
    bench.stop.set()
    thread.join(10)
    assert seen == [1] and bench.triggers.pending == 0
