"""Batches of lines: the same for a step, however often the training is resumed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="this is not the environment for training: no torch here")

import torch

from training.recogniser import pool
from training.recogniser.feed import (
    RecogniserFeed,
    RecogniserSource,
    RecogniserTarget,
    altered,
    drawn,
    needed_steps,
    normalised,
    pack,
)
from training.render.fonts import EMBEDDED
from training.render.seeds import stream


def test_a_source_grows_with_the_steps_alone() -> None:
    source = RecogniserSource(Path(), 1, shards=4, first=2, every=10)
    assert [source.available(step) for step in (0, 9, 10, 25, 500)] == [2, 2, 3, 4, 4]


def test_a_step_has_the_same_batch_whenever_it_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "SHARD", 60)
    pool.draw(tmp_path, 1, 0, (EMBEDDED,))
    sources = [RecogniserSource(tmp_path, 1, 1, 1, 1)]
    started, resumed = RecogniserFeed(sources, 3, 4)(0), RecogniserFeed(sources, 3, 4)(1)
    next(started)
    first, again = next(started), next(resumed)
    assert torch.equal(first.images, again.images) and torch.equal(first.targets, again.targets)
    assert first.images.shape[1:3] == (1, 32) and first.images.shape[3] % 32 == 0


def test_lines_of_shards_of_any_size_are_equally_likely() -> None:
    empty = np.zeros((32, 0), np.uint8)
    one, three = (pool.Shard(empty, np.zeros(n + 1, np.int64), ("A",) * n, ("dot",) * n) for n in (1, 3))
    picks = drawn([one, three], np.random.default_rng(0), 4000)
    places = ((one, 0), (three, 0), (three, 1), (three, 2))
    counts = [sum(shard is wanted and k == place for shard, k in picks) for wanted, place in places]
    assert sum(counts) == 4000 and all(900 < count < 1100 for count in counts)


def test_ctc_needs_a_step_per_character_and_one_between_equal_neighbours() -> None:
    assert [needed_steps(text) for text in ("", "A", "AB", "AA", "AAA")] == [0, 1, 2, 3, 5]


def test_a_normalised_crop_has_mean_0_and_an_empty_one_stays_quiet() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (32, 100), dtype=np.uint8)
    assert normalised(noise).mean() == pytest.approx(0.0, abs=1e-4)
    assert normalised(noise).std() == pytest.approx(1.0, abs=0.1)
    assert not normalised(np.full((32, 100), 90, np.uint8)).any()


def test_an_altered_crop_keeps_its_height_and_about_its_width() -> None:
    crop = np.random.default_rng(0).integers(0, 256, (32, 100), dtype=np.uint8)
    for index in range(20):
        changed = altered(crop, stream(1, index, "alter"))
        assert changed.shape[0] == 32 and 75 <= changed.shape[1] <= 130 and changed.dtype == np.uint8


def test_a_batch_is_padded_and_counts_its_steps_and_characters() -> None:
    rows = [np.ones((32, 40), np.float32), np.ones((32, 70), np.float32)]
    batch = pack(rows, ["AB", "C"], RecogniserTarget("ABC", 4))
    assert batch.images.shape == (2, 1, 32, 96) and float(batch.images[0, 0, :, 40:].abs().sum()) == 0.0
    assert (batch.targets.tolist(), batch.steps.tolist(), batch.lengths.tolist()) == ([1, 2, 3], [10, 18], [2, 1])


def test_lower_case_has_classes_of_its_own_only_where_it_is_an_alphabet_s() -> None:
    assert (RecogniserTarget("AB").cased, RecogniserTarget("Ab").cased) == (False, True)
    assert RecogniserTarget("AB").classes == 3
    assert RecogniserTarget("AaBc").upper == [0, 1, 1, 3, 4]
