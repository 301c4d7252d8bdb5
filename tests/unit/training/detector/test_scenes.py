"""Scenes: reproducible, with quads on their lines."""

import numpy as np
import pytest

pytest.importorskip("PIL", reason="Pillow draws the scenes' fonts")

from training.detector import scenes
from training.detector.scenes import Scene

pytestmark = pytest.mark.usefixtures("few_fonts")


def test_a_scene_is_the_same_each_time_and_not_another_ones():
    first, again, other = scenes.render(3, 4), scenes.render(3, 4), scenes.render(3, 5)
    assert np.array_equal(first.grey, again.grey)
    assert np.array_equal(first.lines, again.lines)
    assert first.grey.shape != other.grey.shape or not np.array_equal(first.grey, other.grey)


def test_scenes_hold_lines_whose_quads_run_clockwise_and_lie_on_ink():
    drawn = [scenes.render(9, i) for i in range(12)]
    quads = [(s.grey, q) for s in drawn for q in s.lines]
    assert len(quads) >= 8
    for _, quad in quads:
        x, y = quad[:, 0], quad[:, 1]
        assert np.sum(x * np.roll(y, -1) - y * np.roll(x, -1)) > 0
    inside = [(g, q) for g, q in quads if q.min() >= 0 and (q.max(axis=0) < g.shape[::-1]).all()]
    spread = [_part(g, q).std() for g, q in inside]
    assert np.median(spread) > 5.0


def _part(grey, quad):
    (x0, y0), (x1, y1) = quad.min(axis=0).astype(int), quad.max(axis=0).astype(int) + 1
    return grey[y0:y1, x0:x1].astype(float)


def test_a_line_half_hidden_is_unsure_and_a_hidden_one_is_dropped():
    mask = np.zeros((100, 200), dtype=np.float32)
    mask[:, :100] = 1.0
    quads = [np.array([[x, 10], [x + 60, 10], [x + 60, 30], [x, 30]], dtype=float) for x in (10, 70, 130)]
    whole, part = scenes._within(quads, mask)
    assert [q[0, 0] for q in whole] == [10]
    assert [q[0, 0] for q in part] == [70]


def test_a_line_that_the_frame_cuts_counts_neither_way_when_a_detector_is_measured():
    inside = np.array([[10, 10], [60, 10], [60, 30], [10, 30]], dtype=np.float32)
    scene = Scene(np.zeros((40, 100), np.uint8), np.stack([inside, inside + [60, 0]]), inside[None])
    lines, unsure = scene.whole()
    assert [line[0, 0] for line in lines] == [10]
    assert len(unsure) == 2


def test_text_that_is_no_code_counts_where_all_text_is_measured():
    inside = np.array([[10, 10], [60, 10], [60, 30], [10, 30]], dtype=np.float32)
    scene = Scene(np.zeros((90, 100), np.uint8), inside[None], inside[None][:0], inside[None] + 20, inside[None] + 30)
    assert [len(part) for part in scene.whole()] == [1, 2]
    assert [len(part) for part in scene.whole_text()] == [3, 0]


def test_what_a_mask_shows_in_part_becomes_unsure():
    mask = np.zeros((100, 200), dtype=np.float32)
    mask[:, :100] = 1.0
    here, half, gone = (np.array([[x, 10], [x + 60, 10], [x + 60, 30], [x, 30]], dtype=float) for x in (10, 70, 130))
    marks = scenes.Marks([here], [half, gone], [half], [here]).shown(mask)
    assert [len(part) for part in (marks.lines, marks.words, marks.texts, marks.unsure)] == [1, 0, 0, 3]


def test_label_text_of_a_scene_lies_on_ink():
    drawn = [scenes.render(7, k, "crowded") for k in range(3)]
    shown = [(s.grey, quad) for s in drawn for quad in s.words if (quad >= 0).all() and (quad < 608).all()]
    assert len(shown) > 5
    assert np.median([_part(grey, quad).std() for grey, quad in shown]) > 5.0


def test_large_prints_are_large():
    heights = [np.linalg.norm(q[3] - q[0]) for k in range(4) for q in scenes.render(7, k, "large").lines]
    assert min(heights) > 30.0
