"""The camera: blur, projection, exposure and the JPEG file."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.render import optics
from training.render.seeds import stream


@settings(max_examples=25, deadline=None)
@given(st.floats(0, 4), st.floats(0, 8), st.floats(-3, 3))
def test_a_blur_kernel_keeps_the_light(defocus: float, motion: float, angle: float) -> None:
    kernel = optics.blur_kernel(optics.Camera(defocus=defocus, motion=motion, motion_angle=angle))
    assert kernel.sum() == pytest.approx(1.0, abs=1e-5)
    assert kernel.min() >= 0


def test_a_sharp_camera_without_noise_shows_the_light_as_it_is() -> None:
    camera = optics.Camera(defocus=0.0, vignetting=0.0, noise=0.0)
    light = np.full((20, 30, 3), 120.0, dtype=np.float32)
    assert (optics.expose(light, camera, stream(1, 0, "sensor")) == 120).all()


def test_points_are_projected_where_the_camera_sees_them() -> None:
    plane = np.zeros((200, 260, 3), dtype=np.float32)
    plane[95:106, 145:156] = 200
    view = optics.viewpoint(stream(1, 0, "camera"), (200, 260), (160, 220), 0.03, 0.05)
    ys, xs = np.nonzero(optics.see(plane, view, (160, 220))[:, :, 0] > 100)
    assert optics.project(np.array([[150.0, 100.0]]), view)[0] == pytest.approx([xs.mean(), ys.mean()], abs=0.5)


def test_a_jpeg_stays_within_its_bytes_or_is_refused() -> None:
    frame = stream(1, 0, "sensor").integers(0, 256, (60, 80, 3)).astype(np.uint8)
    best, _ = optics.jpeg(frame, 100_000)
    data, quality = optics.jpeg(frame, len(best) - 1)
    assert len(data) < len(best)
    assert 0 < quality < 92
    decoded = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    assert decoded is not None and decoded.shape == frame.shape
    with pytest.raises(ValueError, match="allow more bytes"):
        optics.jpeg(frame, 100)
