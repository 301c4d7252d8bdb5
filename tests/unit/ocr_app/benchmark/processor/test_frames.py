"""Frames are filled up to three lines with lines of other frames, and nothing that is printed is covered."""

import cv2
import numpy as np

from ocr_app.benchmark.processor.frames import frames_of
from ocr_app.datasets.sample import Sample
from ocr_app.imaging.geometry import box_quad
from ocr_app.scoring.line_matching import TruthLine


def sample_of(folder, name, tops, level, size=(200, 160)):
    """A black frame with a grey bar 12 px high at each of the tops."""
    picture = np.zeros(size + (3,), np.uint8)
    for top in tops:
        picture[top : top + 12, 20:140] = level
    path = str(folder / (name + ".png"))
    cv2.imwrite(path, picture)
    return Sample(name, path, "x", lines=tuple(TruthLine("x", box_quad(20, top, 120, 12)) for top in tops))


def levels_of(image):
    rows = image[:, 80, 0].tolist()
    return [level for before, level in zip([0, *rows], rows) if level and level != before]


def test_a_frame_gets_lines_of_the_next_frames_that_show_one(tmp_path):
    samples = [
        sample_of(tmp_path, "one", [30], 100),
        sample_of(tmp_path, "two", [30, 60], 150),
        sample_of(tmp_path, "three", [90], 200),
        sample_of(tmp_path, "four", [40], 250),
    ]
    frames = frames_of(samples)
    assert [frame.lines for frame in frames] == [3, 3, 3, 3]
    assert sorted(levels_of(frames[0].image)) == [100, 200, 250]
    assert sorted(levels_of(frames[1].image)) == [150, 150, 200]
    assert (frames[0].image[30:42, 20:140] == 100).all(), "its own line is where it was"


def test_a_line_without_room_is_left_out(tmp_path):
    samples = [sample_of(tmp_path, "low", [20], 100, (60, 160)), sample_of(tmp_path, "next", [20], 200, (60, 160))]
    assert [frame.lines for frame in frames_of(samples)] == [1, 1]


def test_samples_without_annotated_lines_are_no_frames(tmp_path):
    plain = sample_of(tmp_path, "plain", [20], 100)._replace(lines=())
    assert [frame.name for frame in frames_of([plain, sample_of(tmp_path, "one", [20], 100)])] == ["one"]
