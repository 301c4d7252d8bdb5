"""A camera in a process: here a program that follows a plan in place of the one with GStreamer."""

import io
import os
import sys
import time

import pytest
from PIL import Image as Pillow

from ocr_app.core.errors import ServiceError
from ocr_app.line.settings.camera import CameraSettings
from ocr_app.line.sources.camera import CameraSource
from ocr_app.line.sources.contract import CameraLost

ACTS = """
import json, os, struct, sys, time
sys.stdin.readline()
out = sys.stdout.buffer
def record(kind, data, at=0):
    out.write(struct.pack(">cqI", kind, at, len(data)) + data)
    out.flush()
def frame(data, at=0):
    record(b"F", data, at)
"""


def made(act, password=lambda: "", **settings):
    command = [sys.executable, "-c", ACTS + act + "\nsys.stdin.read()"]
    options = dict({"pipeline": "videotestsrc", "open_s": 20.0, "timeout_s": 0.3}, **settings)
    return CameraSource("pipeline", CameraSettings(**options), password, command=command)


def frames(source, count, seconds=20.0):
    found, until = [], time.monotonic() + seconds
    while len(found) < count and time.monotonic() < until:
        frame = source.next(0.05)
        found += [frame] if frame is not None else []
    assert len(found) == count
    return found


@pytest.fixture
def opened():
    sources = []

    def open_one(*args, **settings):
        source = made(*args, **settings)
        sources.append(source)
        source.open()
        return source

    yield open_one
    for source in sources:
        source.close()


def lost(source, seconds=20.0):
    with pytest.raises(CameraLost) as error:
        frames(source, 1000, seconds)
    return str(error.value)


def test_a_frame_has_the_moment_that_the_pipeline_says_less_the_latency_of_the_camera(opened):
    source = opened("frame(b'a', 5 * 10**9); frame(b'b', 6 * 10**9)", latency_ms=250.0)
    found = frames(source, 2)
    assert [(frame.data, frame.name, frame.captured) for frame in found] == [
        (b"a", "000001.jpg", 4.75),
        (b"b", "000002.jpg", 5.75),
    ]


def test_what_the_line_does_not_take_is_dropped_oldest_first_and_counted(opened):
    source = opened(
        'for n in range(10): frame(b\'%d\' % n)\nrecord(b\'P\', b\'{"found": "end", "next_step": ""}\')', waiting=3
    )
    time.sleep(0.05)
    until = time.monotonic() + 20
    while source._process._over == "" and time.monotonic() < until:
        time.sleep(0.01)
    assert [frame.data for frame in frames(source, 3)] == [b"7", b"8", b"9"]
    assert source.take_dropped() == 7 and source.take_dropped() == 0
    assert lost(source) == "end"


@pytest.mark.parametrize(
    "act,why",
    [
        (
            "record(b'P', json.dumps({'found': 'no camera', 'next_step': 'plug it in'}).encode())",
            "no camera; plug it in",
        ),
        ("sys.stderr.write('driver fell over'); sys.stderr.flush(); os._exit(3)", "status 3:\n    | driver fell over"),
        ("os.kill(os.getpid(), 9)", "status -9"),
        ("out.write(b'no record at all'); out.flush()", "garbage"),
        ("record(b'X', b'')", "garbage"),
        ("out.write(struct.pack('>cqI', b'F', 0, 1 << 31)); out.flush()", "garbage"),
        ("frame(b'a')", "no frame for 0.3 s"),
    ],
)
def test_it_is_lost_with_the_reason(opened, act, why):
    assert why in lost(opened(act))


def test_the_first_frame_has_a_time_of_its_own(opened):
    assert lost(opened("", open_s=0.2)) == "no frame for 0.2 s after the opening"
    assert frames(opened("time.sleep(0.6); frame(b'a')"), 1)


def test_one_that_cannot_be_started_is_lost(monkeypatch):
    source = CameraSource("pipeline", CameraSettings(pipeline="a"), lambda: "", command=["/no/such/program"])
    with pytest.raises(CameraLost, match="cannot start"):
        source.open()


def test_a_password_that_is_not_there_is_a_lost_camera():
    def none():
        raise ServiceError("camera.password_file is empty", "the password")

    with pytest.raises(CameraLost, match="is empty; expected: the password"):
        made("", none).open()


def test_the_end_is_not_held_up_by_a_process_that_hangs():
    source = made(
        "frame(b'a')\nimport signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nwhile True: time.sleep(60)"
    )
    source.open()
    frames(source, 1)
    pid = source._process.pid
    began = time.monotonic()
    source.close()
    assert time.monotonic() - began < 5.0
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_a_frozen_picture_is_a_lost_camera_until_it_changes():
    clock = [0.0]
    source = made("n = 0\nwhile True:\n    frame(b'same'); time.sleep(0.01)", frozen_s=2.0)
    source._now = lambda: clock[0]
    source.open()
    frames(source, 3)
    clock[0] = 2.5
    assert lost(source) == "the same picture for 2 s"
    source.close()
    source.open()
    for _ in range(20):
        assert source.next(0.2) is None, "the picture that froze came again as if it were new"
    clock[0] = 5.0
    assert lost(source) == "the same picture for 2 s"
    source.close()
    moved = made("frame(b'other')", frozen_s=2.0)
    source._command = moved._command
    source.open()
    assert frames(source, 1)[0].data == b"other"
    source.close()


def test_a_check_takes_one_frame_and_says_what_it_is():
    stream = io.BytesIO()
    Pillow.new("L", (64, 48)).save(stream, "JPEG")
    assert made("frame({!r})".format(stream.getvalue())).check().startswith("pipeline: 64x48, JPEG after ")
    with pytest.raises(CameraLost, match="2 bytes that are no picture"):
        made("frame(b'no')").check()
