"""The camera: perspective, defocus, motion, vignetting, sensor noise and the JPEG file."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from training.render.noise import smooth
from training.render.seeds import between
from training.render.types import Layer, Map, Pixels, Points

Homography = NDArray[np.float64]  # (3, 3)


@dataclass(frozen=True)
class Camera:
    """How the camera sees. Lengths are in pixels of the frame."""

    defocus: float = 0.6  # radius of the blur disc
    motion: float = 0.0  # length of the motion blur
    motion_angle: float = 0.0  # its direction, radians
    vignetting: float = 0.1  # share of light lost in the corners
    noise: float = 2.0  # noise of a middle grey, in grey levels
    exposure: float = 1.0  # gain on the light


def viewpoint(
    rng: np.random.Generator, plane: tuple[int, int], frame: tuple[int, int], tilt: float, angle: float
) -> Homography:
    """The homography from the package plane to the frame.

    Args:
        rng: source of the tilt's direction.
        plane: (H, W) of the plane; its middle is seen in the middle of the frame.
        frame: (H, W) of the frame.
        tilt: how far each corner may move, as a share of the frame's height.
        angle: rotation in the image plane, radians, positive clockwise.
    """
    h, w = frame
    corners = np.array([[-w, -h], [w, -h], [w, h], [-w, h]], dtype=np.float64) / 2
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    seen = corners @ turn + rng.uniform(-tilt, tilt, (4, 2)) * h
    source = corners + np.array([plane[1] / 2, plane[0] / 2])
    matrix = cv2.getPerspectiveTransform(
        source.astype(np.float32), (seen + np.array([w / 2, h / 2])).astype(np.float32)
    )
    return np.asarray(matrix, dtype=np.float64)


def project(points: Points, homography: Homography) -> Points:
    """Points (N, 2) of the plane in pixels of the frame."""
    lifted = np.concatenate([points, np.ones((len(points), 1))], axis=1) @ homography.T
    return np.asarray(lifted[:, :2] / lifted[:, 2:], dtype=np.float64)


def see(plane: Layer, homography: Homography, frame: tuple[int, int]) -> Layer:
    """The plane (H, W, 3) as it falls on a frame of (H, W)."""
    size = (frame[1], frame[0])
    seen = cv2.warpPerspective(plane, homography, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101)
    return np.asarray(seen, dtype=np.float32)


def expose(light: Layer, camera: Camera, rng: np.random.Generator) -> Pixels:
    """A uint8 (H, W, 3) frame from light (H, W, 3): blur, vignetting, exposure and noise."""
    blurred = cv2.filter2D(light, -1, blur_kernel(camera), borderType=cv2.BORDER_REFLECT)
    lit = np.asarray(blurred, dtype=np.float32) * (camera.exposure * _falloff(light.shape[:2], camera))[:, :, None]
    noisy = _shoulder(lit) + _grain(lit, camera.noise, rng)
    return np.asarray(np.clip(np.rint(noisy), 0, 255), dtype=np.uint8)


def _shoulder(lit: Layer, knee: float = 195.0) -> Layer:
    """The light, compressed above the knee so that it never quite reaches 255, like the tone curve of a camera."""
    room = np.float32(255.0 - knee)
    over = np.maximum(lit - np.float32(knee), 0)
    return np.asarray(np.minimum(lit, knee) + room * (1.0 - np.exp(-over / room)), dtype=np.float32)


def blur_kernel(camera: Camera) -> Map:
    """Kernel (K, K) of defocus and motion together; it sums to 1."""
    reach = int(np.ceil(camera.defocus + camera.motion / 2)) + 2
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1].astype(np.float64)
    shifts = np.linspace(-0.5, 0.5, max(2 * int(np.ceil(camera.motion)), 1) + 1) * camera.motion
    dx = x[None] - shifts[:, None, None] * np.cos(camera.motion_angle)
    dy = y[None] - shifts[:, None, None] * np.sin(camera.motion_angle)
    discs = np.clip(camera.defocus - np.hypot(dx, dy) + 0.5, 0.0, 1.0).sum(axis=0)
    kernel: Map = (discs / discs.sum()).astype(np.float32)
    return kernel


def _falloff(shape: tuple[int, int], camera: Camera) -> Map:
    y, x = np.meshgrid(np.linspace(-1, 1, shape[0]), np.linspace(-1, 1, shape[1]), indexing="ij")
    falloff: Map = (1.0 - camera.vignetting * (x**2 + y**2) / 2).astype(np.float32)
    return falloff


def _grain(lit: Layer, spread: float, rng: np.random.Generator) -> Layer:
    """Shot and read noise of a camera whose denoiser has smoothed the grey part, and the colour part even more."""
    raw = rng.standard_normal(lit.shape[:2], dtype=np.float32)
    grey = 2.0 * np.asarray(cv2.GaussianBlur(raw, (0, 0), 0.75), dtype=np.float32)
    tone = np.sqrt(np.clip(lit.mean(axis=2), 0, 255) / 128.0 + 0.15)
    colour = np.stack([smooth(rng, lit.shape[:2], between(rng, 4, 8)) for _ in range(3)], axis=2)
    grain: Layer = np.float32(spread) * (grey * tone)[:, :, None] + np.float32(0.25 * spread) * colour
    return grain


def jpeg(frame: Pixels, max_bytes: int, qualities: tuple[int, ...] = tuple(range(92, 24, -3))) -> tuple[bytes, int]:
    """The frame as a JPEG within ``max_bytes`` at the best possible of ``qualities`` (best first), and that quality.

    Raises:
        ValueError: even the last quality is too large.
    """
    for quality in qualities:
        options = [cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_OPTIMIZE, 1]
        data = cv2.imencode(".jpg", frame, options)[1].tobytes()
        if len(data) <= max_bytes:
            return data, quality
    raise ValueError(
        f"a JPEG of quality {qualities[-1]} has {len(data)} bytes, more than {max_bytes}: allow more bytes"
    )
