"""Every frame, or the latest."""

import threading

from ocr_app.line.triggers.frames import EveryFrame, LatestFrame


def test_every_frame_is_a_part_and_the_source_waits(pipeline, status, make_frame, metric):
    every = EveryFrame(pipeline, status, threading.Event())
    pipeline.room = [True, False]
    every.take(make_frame("a", 5.0))
    every.take(make_frame("b", 6.0))
    assert [(at, frame.name) for at, frame, _ in pipeline.begun] == [(5.0, "a")]
    assert metric('frames_total{fate="part"}') == 1


def test_a_newer_frame_takes_the_place_of_one_that_waits(pipeline, status, make_frame, metric):
    stop, left = threading.Event(), []
    latest = LatestFrame(pipeline, status, stop)
    for name in "abc":
        latest.take(make_frame(name, on_part=lambda name=name: left.append(name)))
    pipeline.room = [True, False]
    latest.run()
    assert [frame.name for _, frame, _ in pipeline.begun] == ["c"] and left == ["a", "b"]
    assert (metric('frames_total{fate="dropped"}'), metric('frames_total{fate="part"}')) == (2, 1)
