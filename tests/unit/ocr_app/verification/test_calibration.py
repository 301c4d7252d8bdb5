"""The images on which networks are judged."""

import cv2
import numpy as np
import pytest

from ocr_app.core.errors import DatasetError
from ocr_app.verification import calibration
from ocr_app.verification.subjects import DETECTOR, RECOGNISER


def test_a_folder_of_images_without_a_manifest(tmp_path):
    for name in ("b.png", "a.png"):
        cv2.imwrite(str(tmp_path / name), np.zeros((20, 60, 3), np.uint8))
    images = calibration.calibration([str(tmp_path)], RECOGNISER)
    assert [item.id.rpartition("/")[2] for item in images.items] == ["a.png", "b.png"]
    assert images.items[0].truth is None and images.sets[0]["items"] == 2
    assert len(calibration.calibration([str(tmp_path)], RECOGNISER, 1).items) == 1


def test_a_detector_gets_whole_frames_with_their_labelled_lines():
    images = calibration.calibration(["data/nano-codes-100"], DETECTOR, 2)
    assert len(images.items) == 2 and images.sets[0]["items"] == 2 and images.sets[0]["sha256"]
    item = images.items[0]
    assert item.image.ndim == 3 and len(item.quads) == len(item.truth.split("\n")) > 0


def test_a_recogniser_gets_line_crops():
    images = calibration.calibration(["data/nano-codes-100"], RECOGNISER, 3)
    assert len(images.items) == 3 and all(item.truth and not item.quads for item in images.items)


def test_lines_are_not_frames(tmp_path):
    cv2.imwrite(str(tmp_path / "a.png"), np.zeros((20, 60, 3), np.uint8))
    (tmp_path / "labels.tsv").write_text("filename\ttext\na.png\tA1\n")
    with pytest.raises(DatasetError, match="no whole frames"):
        calibration.calibration([str(tmp_path)], DETECTOR)
