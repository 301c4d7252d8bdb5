"""Whatever a frame is, a browser gets a JPEG, or nothing."""

import io

import pytest
from page_parts import png
from PIL import Image as Pillow

from ocr_app.core.errors import ImageError
from ocr_app.imaging.load import DEFAULT_LIMITS, Limits
from ocr_app.line.page.content import pictures


def test_a_frame_becomes_a_small_jpeg_and_its_own_size_is_told():
    found = pictures.of_bytes(png(400, 200), DEFAULT_LIMITS, 100)
    assert found.size == (400, 200)
    with Pillow.open(io.BytesIO(found.jpeg)) as shown:
        assert shown.format == "JPEG" and shown.size == (100, 50)
    with Pillow.open(io.BytesIO(pictures.of_bytes(png(), DEFAULT_LIMITS).jpeg)) as shown:
        assert shown.size == (40, 20)


@pytest.mark.parametrize("data", [b"", b"<svg/>", b"<script>", png()[:60]])
def test_what_is_no_picture_is_refused(data):
    with pytest.raises(ImageError):
        pictures.of_bytes(data, DEFAULT_LIMITS)


def test_a_picture_beyond_the_limits_is_refused():
    with pytest.raises(ImageError):
        pictures.of_bytes(png(), Limits(100, 1000, 1))


def test_only_pictures_below_the_folder_have_a_path(tmp_path):
    (tmp_path / "pictures" / "reject").mkdir(parents=True)
    (tmp_path / "pictures" / "reject" / "1.png").write_bytes(png())
    (tmp_path / "secret").write_text("x")
    (tmp_path / "pictures" / "link").symlink_to(tmp_path / "secret")
    folder = str(tmp_path)
    assert pictures.path_of(folder, "pictures/reject/1.png").endswith("1.png")
    hostile = ("", "secret", "pictures/../secret", "/etc/passwd", "pictures/link", "pictures/none", "a\0b", "pictures")
    for name in hostile:
        assert pictures.path_of(folder, name) == ""
