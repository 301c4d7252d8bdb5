"""Scenes from real pictures: labels from teachers and receipts, and drawn codes on photographs."""

import numpy as np
import pytest

pytest.importorskip("PIL", reason="Pillow draws the codes")

from training.detector import pool, real_scenes
from training.detector.scenes import Scene, stack
from training.real.teacher import TeacherLine
from training.render.seeds import stream

BOX = [[40.0, 40.0], [120.0, 40.0], [120.0, 60.0], [40.0, 60.0]]


def line(text, confidence, down=0.0):
    return TeacherLine([[x, y + down] for x, y in BOX], text, confidence, text, confidence)


@pytest.mark.parametrize(
    "text, code",
    [
        ("12/05/2024", True), ("EXP 08.2025", True), ("16 JAN 2021", True), ("L21363987", True), ("LOT A12 44", True),
        ("S/N 4P4Z69947180001", True), ("STORE DRY", False), ("250 g", None), ("12.50", None), ("", False),
    ],
)  # fmt: skip
def test_a_text_is_sorted_by_its_shape(text, code):
    assert real_scenes.code_of(text) is code


def test_sure_lines_are_learnt_without_their_edge_and_others_are_ignored():
    image, seen = np.full((200, 200, 3), 128, np.uint8), np.zeros((50, 50), np.uint8)
    seen[40:45, 10:40] = 200  # text that nothing was read of
    lines = [line("12/05/2024", 0.9), line("water", 0.95, 30), line("xyz 12", 0.3, 60), line("||||", 0.99, 90)]
    scene = real_scenes.photograph_scene(image, lines, seen)
    assert [len(part) for part in (scene.lines, scene.words, scene.texts, scene.unsure)] == [1, 1, 0, 3]
    assert np.allclose(scene.lines[0].min(axis=0), [42.4, 42.4])
    assert any(abs(quad.mean(axis=0)[1] - 170) < 6 for quad in scene.unsure)


def test_a_receipts_doubtful_label_is_ignored():
    rows = [{"text": "TOTAL", "quad": BOX, "cer": 0.0}, {"text": "X", "quad": BOX, "cer": 0.9}]
    scene = real_scenes.page_scene(np.zeros((100, 200), np.uint8), rows)
    assert (len(scene.words), len(scene.unsure)) == (1, 1)


def test_codes_are_printed_where_a_photograph_shows_no_text(few_fonts):
    grey = np.full((400, 400), 150, np.uint8)
    word = np.array([[20, 20], [380, 20], [380, 200], [20, 200]], dtype=float)
    printed = [
        real_scenes.printed_on(Scene(grey, stack([]), stack([]), stack([word])), stream(4, k, "x")) for k in range(4)
    ]
    codes = [quad for scene in printed for quad in scene.lines]
    assert codes and all(len(scene.words) == 1 for scene in printed)
    assert min(scene.grey.shape[0] for scene in printed) >= 600
    for scene in printed:
        for quad in scene.lines:
            middle = quad.mean(axis=0)
            edges = np.roll(scene.words[0], -1, axis=0) - scene.words[0]
            sides = edges[:, 0] * (middle - scene.words[0])[:, 1] - edges[:, 1] * (middle - scene.words[0])[:, 0]
            assert (sides < 0).any()


def test_shards_are_filled_and_the_last_one_is_smaller(tmp_path, monkeypatch):
    monkeypatch.setattr(pool, "SHARD", 2)
    scene = Scene(np.zeros((8, 9), np.uint8), stack([]), stack([]))
    assert real_scenes.make(iter([scene] * 5), tmp_path, 9) == 3
    assert [len(pool.read(path)) for path in pool.shards(tmp_path, 9)] == [2, 2, 1]
