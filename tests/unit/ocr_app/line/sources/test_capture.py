"""A source is kept open."""

import threading

from ocr_app.line.health.status import ServiceStatus
from ocr_app.line.settings.production import SourceSettings
from ocr_app.line.sources.capture import CaptureLoop
from ocr_app.line.sources.contract import CameraLost, CapturedFrame, FrameSource


class FakeCamera(FrameSource):
    """Follows a plan: "frame", "lost" (while it delivers), "shut" (at the opening), "silent", "end"."""

    def __init__(self, plan, stop):
        self.plan, self.stop, self.opened, self.closed, self.is_at_its_end = list(plan), stop, 0, 0, False

    def open(self):
        self.opened += 1
        if self.plan and self.plan[0] == "shut":
            self.plan.pop(0)
            raise CameraLost("unplugged")

    def next(self, wait_s):
        if not self.plan:
            self.stop.set()
            return None
        word = self.plan.pop(0)
        if word == "lost":
            raise CameraLost("unplugged")
        if word == "end":
            self.is_at_its_end = True
        return CapturedFrame(b"", "f", 0.0) if word == "frame" else None

    @property
    def ended(self):
        return self.is_at_its_end

    def close(self):
        self.closed += 1

    def check(self):
        return "fake"


def run(plan, now=None, **settings):
    stop, status, took, pauses = threading.Event(), ServiceStatus(), [], []
    camera = FakeCamera(plan, stop)
    options = {"kind": "http", "retry_s": 0.5, "retry_most_s": 1.5}
    options.update(settings)
    degraded = []

    def take(frame):
        took.append(frame)
        degraded.append(status.snapshot().degraded)

    loop = CaptureLoop(camera, SourceSettings(**options), status, take, **({"now": now} if now else {}))
    real_wait = stop.wait
    stop.wait = lambda seconds: pauses.append(seconds) or real_wait(0.0)
    loop.run(stop)
    return camera, took, pauses, status


def test_it_is_opened_again_with_a_growing_pause_that_begins_anew_after_a_frame():
    camera, took, pauses, status = run(["shut", "shut", "shut", "frame", "lost", "frame"])
    assert pauses == [0.5, 1.0, 1.5, 0.5] and len(took) == 2
    assert camera.opened == camera.closed == 5
    assert status.snapshot().degraded == []
    assert "nano_ocr_source_openings_total 5.0" in status.metrics.text(status.snapshot(), 0, 1, "")


def test_a_lost_one_degrades_the_service_until_a_frame_comes():
    _, took, _, status = run(["lost"])
    assert status.snapshot().degraded == ["camera_lost"] and not took


def test_silence_is_a_lost_camera_where_a_limit_is_set():
    ticks = iter(range(1000))
    camera, _, pauses, _ = run(["silent"] * 5 + ["frame"], lambda: float(next(ticks)), silent_s=3.0)
    assert camera.opened > 1 and pauses
    camera, took, pauses, _ = run(["silent"] * 5 + ["frame"], lambda: float(next(ticks)))
    assert camera.opened == 1 and not pauses and len(took) == 1


def test_the_end_of_a_replay_is_no_loss():
    camera, took, pauses, status = run(["frame", "end"])
    assert (camera.opened, len(took), pauses, status.snapshot().degraded) == (1, 1, [], [])
