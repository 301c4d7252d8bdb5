"""Shards of scenes: read as drawn, and refused when damaged."""

import numpy as np
import pytest

pytest.importorskip("PIL", reason="Pillow draws the scenes' fonts")

from training.detector import pool, scenes

pytestmark = pytest.mark.usefixtures("few_fonts")


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
        assert np.array_equal(scene.words, fresh.words)
        assert np.array_equal(scene.texts, fresh.texts)


def test_an_empty_pool_and_a_broken_shard_are_errors(tmp_path):
    with pytest.raises(pool.PoolError, match=r"python -m training\.detector\.pool"):
        pool.load(tmp_path, 5)
    (tmp_path / "5-0000.npz").write_bytes(b"no shard")
    with pytest.raises(pool.PoolError, match="draw it again"):
        pool.load(tmp_path, 5)
    with pytest.raises(ValueError, match="first < last"):
        pool.make(tmp_path, 5, 3, 3)
