"""Promises of surfaces, fonts, label artwork, camera and specs."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.render import artwork, fonts, optics, spec, substrate
from training.render.seeds import stream


@pytest.mark.parametrize("name", substrate.SURFACES)
def test_every_surface_stays_near_its_colour(name: str) -> None:
    layer = substrate.surface(name, stream(1, 0, "surface"), (120, 160), (150.0, 140.0, 130.0))
    assert layer.shape == (120, 160, 3)
    assert layer.dtype == np.float32
    assert np.allclose(layer.mean(axis=(0, 1)), [150, 140, 130], atol=32)


def test_an_unknown_surface_is_named() -> None:
    with pytest.raises(ValueError, match="unknown surface 'velvet'"):
        substrate.surface("velvet", stream(1, 0, "surface"), (10, 10), (0, 0, 0))


def test_glare_only_adds_light_and_grows_with_its_strength() -> None:
    weak, strong = (substrate.glare(stream(1, 0, "glare"), (90, 120), s, (60, 45)) for s in (0.2, 0.9))
    assert weak.min() >= 0
    assert strong.mean() > 2 * weak.mean()


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


def test_the_embedded_font_is_used_only_by_its_name() -> None:
    assert fonts.print_text("EXP 08/2023", fonts.face(fonts.EMBEDDED, 30)).coverage.max() == 1.0
    with pytest.raises(fonts.FontError, match="unknown font 'times'"):
        fonts.face("times", 30)


def test_a_missing_font_is_an_error_that_names_its_package(tmp_path: Path) -> None:
    with pytest.raises(fonts.FontError, match="apt-get install fonts-dejavu-core"):
        fonts.font_path("dejavu-sans", (tmp_path,))
    with pytest.raises(fonts.FontError, match="npm install @fontsource/b612-mono"):
        fonts.font_path("b612-mono-700", (tmp_path,))


def test_a_font_file_with_another_digest_is_refused(tmp_path: Path) -> None:
    (tmp_path / "DejaVuSans.ttf").write_bytes(b"not the font")
    with pytest.raises(fonts.FontError, match="sha256 differs"):
        fonts.font_path("dejavu-sans", (tmp_path,))


def test_the_font_manifest_is_complete() -> None:
    for entry in fonts.manifest().values():
        assert entry.licence
        assert entry.package.startswith(("apt:", "npm:"))
        assert len(bytes.fromhex(entry.sha256)) == 32


def test_worn_print_has_less_ink() -> None:
    clean = fonts.print_text("LOT 123", fonts.face(fonts.EMBEDDED, 40))
    for faults in (fonts.FontFaults(dead_rows=0.4), fonts.FontFaults(voids=0.3)):
        assert fonts.wear(clean, faults, stream(1, 0, "wear")).coverage.sum() < 0.9 * clean.coverage.sum()


def test_decoration_leaves_the_place_of_the_code_alone() -> None:
    layer = np.full((400, 500, 3), 180, dtype=np.float32)
    artwork.decorate(layer, stream(4, 0, "artwork"), (100, 150, 300, 90), fonts.EMBEDDED)
    assert (layer[150:240, 100:400] == 180).all()
    assert (layer != 180).any()


@pytest.mark.parametrize("corner", [(-30, -20), (495, 395), (900, 900)])
def test_a_print_beyond_the_edge_is_cut_off(corner: tuple[int, int]) -> None:
    layer = np.full((400, 500, 3), 180, dtype=np.float32)
    artwork.stamp(layer, np.ones((50, 60), dtype=np.float32), corner, (0, 0, 0), 1.0)
    assert layer.shape == (400, 500, 3)


def test_ninety_images_hold_every_combination_once() -> None:
    specs = [spec.balanced(i, stream(2025, i, "spec")) for i in range(90)]
    assert len({(s.print, s.condition, s.difficulty) for s in specs}) == 90


def test_an_unknown_tag_is_named() -> None:
    with pytest.raises(ValueError, match="unknown condition 'rain'"):
        spec.FrameSpec("font", "rain", "easy", "flat", "two-line")
    assert spec.draw(stream(1, 2, "spec")).tags().keys() == {"print", "condition", "difficulty", "surface", "layout"}


@pytest.mark.parametrize(("seed", "index"), [(-1, 0), (0, -1)])
def test_negative_seeds_are_refused(seed: int, index: int) -> None:
    with pytest.raises(ValueError, match="must not be negative"):
        stream(seed, index, "text")
