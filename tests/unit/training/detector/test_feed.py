"""Batches: the same for a step, however often the training is resumed."""

import numpy as np
import pytest

pytest.importorskip("torch", reason="this is not the environment for training: no torch here")

import torch

from training.detector import pool
from training.detector.feed import DetectorFeed, DetectorSource, PoolSchedule
from training.detector.scenes import Scene


def test_a_pool_grows_with_the_steps_alone():
    schedule = PoolSchedule(seed=1, style="mixed", shards=4, first=2, every=10, start=100)
    assert [schedule.at(step) for step in (0, 99, 100, 109, 110, 120, 500)] == [0, 0, 2, 2, 3, 4, 4]


def test_a_step_has_the_same_batch_whenever_it_is_asked_for(tmp_path):
    grey = np.random.default_rng(0).integers(0, 255, (200, 200), dtype=np.uint8)
    quad = np.array([[[60, 90], [140, 90], [140, 110], [60, 110]]], dtype=np.float32)
    source = DetectorSource(tmp_path, (PoolSchedule(1, "mixed", 1, 1, 1),))
    source._shards[1] = [[Scene(grey, quad, quad[:0])] * 5]
    feed = DetectorFeed(source, seed=4, batch=2, side=96)
    started, gone_on = feed(0), feed(1)
    next(started)
    first, again = next(started), next(gone_on)
    assert torch.equal(first.images, again.images)
    assert torch.equal(first.labels, again.labels)
    assert first.images.shape == (2, 1, 96, 96)
    assert first.labels.shape == (2, 6, 24, 24)
    assert not torch.equal(first.images, feed.one(2).images)


def test_a_pool_gives_its_share_of_the_crops(tmp_path):
    light, dark = (np.full((120, 120), level, np.uint8) for level in (180, 60))
    quad = np.array([[[20, 50], [90, 50], [90, 70], [20, 70]]], dtype=np.float32)
    parts = (PoolSchedule(1, "mixed", 1, 1, 1, share=0.8), PoolSchedule(2, "faint", 1, 1, 1, start=5, share=0.2))
    source = DetectorSource(tmp_path, parts)
    source._shards = {1: [[Scene(light, quad, quad[:0])]], 2: [[Scene(dark, quad, quad[:0])]]}
    assert [share for share, _ in source.at(0)] == [0.8]
    assert [share for share, _ in source.at(5)] == [0.8, 0.2]


def test_a_pool_waits_for_no_shard_that_exists_and_takes_smaller_ones(tmp_path):
    quad = np.array([[[20, 50], [90, 50], [90, 70], [20, 70]]], dtype=np.float32)
    scene = Scene(np.zeros((80, 120), np.uint8), quad, quad[:0])
    for number, count in enumerate((3, 2)):
        pool.write(pool.shard_path(tmp_path, 9, number), [scene] * count)
    source = DetectorSource(tmp_path, (PoolSchedule(9, "mixed", 2, 1, 10),))
    assert [len(source.at(step)[0][1]) for step in (0, 10)] == [3, 5]
