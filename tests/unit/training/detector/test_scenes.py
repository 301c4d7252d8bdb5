import string

import numpy as np
import pytest

pytest.importorskip("PIL", reason="Pillow draws the scenes' fonts")

from training.detector import augment, ink, packaging, pool, scenes, texts
from training.detector.scenes import Scene
from training.render.seeds import stream


@pytest.fixture(autouse=True)
def few_fonts(monkeypatch):
    """Pillow's own typeface only, so that no system package is needed."""
    monkeypatch.setattr(packaging, "typefaces", lambda: ("embedded",))
    monkeypatch.setattr(packaging.ink, "foreign", lambda rng, script, count: "xo"[: max(1, count)])
    monkeypatch.setattr(packaging.ink, "SCRIPTS", tuple(ink.Script("embedded", its.ranges) for its in ink.SCRIPTS))


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


def test_codes_are_one_to_four_lines_with_digits():
    rng = stream(1, 0, "test")
    for _ in range(300):
        lines = texts.code(rng)
        assert 1 <= len(lines) <= 4
        for line in lines:
            assert line == line.strip() and 0 < len(line) <= 40
            assert set(line) <= set(string.printable)
            assert any(c.isdigit() for c in line)


def test_label_text_is_mostly_letters():
    rng = stream(1, 1, "test")
    text = " ".join(texts.sentence(rng, 60, 0.1) for _ in range(100))
    letters, digits = sum(c.isalpha() for c in text), sum(c.isdigit() for c in text)
    assert letters > 8 * digits


def test_a_line_half_hidden_is_unsure_and_a_hidden_one_is_dropped():
    mask = np.zeros((100, 200), dtype=np.float32)
    mask[:, :100] = 1.0
    quads = [np.array([[x, 10], [x + 60, 10], [x + 60, 30], [x, 30]], dtype=float) for x in (10, 70, 130)]
    whole, part = scenes._within(quads, mask)
    assert [q[0, 0] for q in whole] == [10]
    assert [q[0, 0] for q in part] == [70]


def test_a_crops_labels_move_with_its_pixels():
    grey = np.full((300, 300), 200, dtype=np.uint8)
    grey[140:160, 100:200] = 20
    quad = np.array([[[100, 140], [200, 140], [200, 160], [100, 160]]], dtype=np.float32)
    scene, rng = Scene(grey, quad, quad[:0]), stream(2, 0, "crops")
    apart = []
    for _ in range(12):
        pixels, lab = augment.crop(scene, 192, rng)
        band = np.kron(lab.band > 0.9, np.ones((4, 4))) > 0
        off = np.kron((lab.line == 0) & (lab.band == 0), np.ones((4, 4))) > 0
        if band.sum() > 100:
            apart.append(abs(float(pixels[band].mean()) - float(pixels[off].mean())))
    assert len(apart) >= 6
    assert np.median(apart) > 25.0


def test_a_pool_is_read_as_it_was_drawn(tmp_path, monkeypatch):
    monkeypatch.setattr(pool, "SHARD", 3)
    pool.make(tmp_path, 5, 0, 1)
    read = pool.load(tmp_path, 5).scenes
    assert len(read) == 3
    for i, scene in enumerate(read):
        fresh = scenes.render(5, i)
        assert np.array_equal(scene.grey, fresh.grey)
        assert np.array_equal(scene.lines, fresh.lines)
        assert np.array_equal(scene.unsure, fresh.unsure)


def test_an_empty_pool_and_a_broken_shard_are_errors(tmp_path):
    with pytest.raises(pool.PoolError, match=r"python -m training\.detector\.pool"):
        pool.load(tmp_path, 5)
    (tmp_path / "5-0000.npz").write_bytes(b"no shard")
    with pytest.raises(pool.PoolError, match="draw it again"):
        pool.load(tmp_path, 5)
    with pytest.raises(ValueError, match="first < last"):
        pool.make(tmp_path, 5, 3, 3)


def test_a_line_that_the_frame_cuts_counts_neither_way_when_a_detector_is_measured():
    inside = np.array([[10, 10], [60, 10], [60, 30], [10, 30]], dtype=np.float32)
    scene = Scene(np.zeros((40, 100), np.uint8), np.stack([inside, inside + [60, 0]]), inside[None])
    lines, unsure = scene.whole()
    assert [line[0, 0] for line in lines] == [10]
    assert len(unsure) == 2
