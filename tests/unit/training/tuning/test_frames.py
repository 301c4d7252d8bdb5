"""Crops that a detector is fine-tuned with: pixels, what is to be learnt, and where it is known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="this is not the environment for training: no torch here")

import torch

from training.detector import pool, scenes
from training.detector.real_scenes import PAGES
from training.real import photographs
from training.tuning import frames
from training.tuning.frames import FrameFeed, stored

LINE = np.array([[40, 90], [260, 90], [260, 110], [40, 110]], np.float32)
NOISE = np.array([[40, 190], [260, 190], [260, 230], [40, 230]], np.float32)


def picture() -> np.ndarray:
    image = np.full((300, 300, 3), (60, 120, 200), np.uint8)
    image[90:110, 40:260] = 255
    return image


def feed(*chosen: frames.StoredFrame) -> FrameFeed:
    return FrameFeed([(1.0, chosen)], 1.4, seed=3, batch=4, side=160)


def test_a_step_always_has_the_same_crops() -> None:
    source = feed(stored(picture(), [LINE]))
    first, again, other = source.one(5), source.one(5), source.one(6)
    assert torch.equal(first.images, again.images) and torch.equal(first.maps, again.maps)
    assert not torch.equal(first.images, other.images)
    (following,) = (batch for batch, _ in zip(source(5), range(1), strict=False))
    assert torch.equal(following.images, first.images)


def test_the_lines_of_a_drawn_scene_are_marked_and_what_is_unsure_is_not_known() -> None:
    source = feed(stored(picture(), [LINE], [NOISE]))
    batches = [source.one(step) for step in range(6)]
    marked = torch.cat([batch.maps for batch in batches])
    known = torch.cat([batch.known for batch in batches])
    assert marked.max() == 1.0 and set(known.unique().tolist()) == {0.0, 1.0}
    assert not bool(((marked > 0) & (known == 0)).any())
    assert batches[0].images.shape == (4, 3, 160, 160)


def test_the_map_of_the_better_detector_is_turned_and_scaled_with_the_crop() -> None:
    seen = np.zeros((150, 150), np.uint8)
    seen[45:55, 20:130] = 255  # at a half of the size, exactly the line
    by_map = feed(stored(picture(), [LINE], seen=seen))
    by_line = feed(stored(picture(), [LINE]))
    overlaps = []
    for step in range(8):
        one, two = by_map.one(step), by_line.one(step)
        assert bool((one.known == 1).all())
        thick, thin = one.maps > 0.5, two.maps > 0.5  # a mark lies within its line
        if thin.any():
            overlaps.append(float((thick & thin).sum() / thin.sum()))
    assert min(overlaps) > 0.95


def test_drawn_pools_bring_all_their_text(tmp_path: Path) -> None:
    empty = np.zeros((0, 4, 2), np.float32)
    scene = scenes.Scene(picture()[:, :, 0].copy(), LINE[None], NOISE[None], empty, empty)
    pool.write(pool.shard_path(tmp_path, 9, 0), [scene])
    (found,) = frames.drawn(tmp_path, [9])
    assert len(found.lines) == 1 and len(found.unsure) == 1 and found.seen is None


def test_receipts_leave_out_what_is_held_out_and_what_is_labelled_in_doubt() -> None:
    if not PAGES.is_dir():
        pytest.skip("../shared/train/receipts is not here")
    found = list(frames.receipts(100))
    assert 1 <= len(found) <= 3 and all(len(each.lines) for each in found)


def test_photographs_keep_what_the_detector_sees() -> None:
    if not photographs.FOLDER.is_dir():
        pytest.skip("../shared/train/photos is not here")
    found = frames.photographs_of(("metal",), lambda image: (np.zeros(image.shape[:2], np.uint8), [LINE]))
    first = next(iter(found))
    assert first.seen is not None and len(first.lines) == 1
