"""Drawing marks a copy, also at the borders and for texts beyond ASCII."""

import numpy as np
import pytest

from ocr_app.core.errors import UsageError
from ocr_app.core.types import TextLine
from ocr_app.imaging.draw import draw_lines, draw_with_legend, encode, save_png
from ocr_app.imaging.geometry import box_quad


@pytest.mark.parametrize("quad", [box_quad(20, 20, 60, 20), box_quad(-10, -10, 30, 20), box_quad(90, 50, 60, 20)])
def test_marks_are_on_a_copy(quad):
    image = np.zeros((60, 100), np.uint8)
    drawn = draw_lines(image, [TextLine("EXP é 08/2023", quad, 0.9)])
    assert drawn.shape == (60, 100, 3) and drawn.any()
    assert not image.any()


def test_legend_has_a_row_a_line_below_the_untouched_picture_size():
    image = np.zeros((60, 600, 3), np.uint8)
    lines = [TextLine("EXP 08/2023", box_quad(20, 20, 60, 20), 0.9), TextLine("L" * 200, box_quad(90, 20, 60, 20), 0.8)]
    shapes = [draw_with_legend(image, lines[:count]).shape for count in (0, 1, 2)]
    assert shapes == [(88, 600, 3), (88, 600, 3), (108, 600, 3)]
    assert draw_with_legend(image[:, :50], lines).shape[1] == 480


def test_notes_are_wrapped_below_the_lines():
    image = np.zeros((60, 600, 3), np.uint8)
    lines = [TextLine("EXP 08/2023", box_quad(20, 20, 60, 20), 0.9)]
    assert draw_with_legend(image, lines, ["no-read"]).shape == (108, 600, 3)
    assert draw_with_legend(image, lines, ["word " * 30]).shape[0] > 108
    assert draw_with_legend(image, [], ["no-read"]).shape == draw_with_legend(image, []).shape


def test_no_lines_is_the_image():
    image = np.random.RandomState(0).randint(0, 255, (10, 10, 3), np.uint8)
    np.testing.assert_array_equal(draw_lines(image, []), image)


def test_png_keeps_every_pixel(tmp_path):
    import cv2

    image = np.random.RandomState(0).randint(0, 255, (10, 12, 3), np.uint8)
    save_png(str(tmp_path / "new" / "a.png"), image)
    np.testing.assert_array_equal(cv2.imread(str(tmp_path / "new" / "a.png")), image)
    assert encode(image, ".jpg")[:2] == b"\xff\xd8"


def test_unwritable_folder_is_said(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(UsageError, match="cannot write"):
        save_png(str(tmp_path / "file" / "a.png"), np.zeros((2, 2, 3), np.uint8))
