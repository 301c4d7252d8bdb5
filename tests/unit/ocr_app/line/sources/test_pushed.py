"""Frames that are sent to the line."""

import threading

from ocr_app.line.sources.pushed import PushedSource


def test_a_frame_waits_for_its_verdict_and_too_many_are_refused():
    source = PushedSource(2)
    pushed = [source.push(b"%d" % number, "name") for number in range(3)]
    assert pushed[2] is None
    frame = source.next(1.0)
    assert (frame.data, frame.name, frame.captured) == (b"0", "name", pushed[0].captured)
    assert pushed[0].wait(0.0) is None
    threading.Timer(0.05, lambda: frame.on_verdict("row")).start()
    assert pushed[0].wait(5.0) == "row"
    assert source.next(1.0).data == b"1" and source.next(0.01) is None and "POST /read" in source.check()
