"""Shards of the pool: drawn once, and read back as drawn."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from training.recogniser import lines, pool
from training.render import fonts
from training.render.fonts import EMBEDDED

TYPEFACES = (EMBEDDED,)


def test_a_shard_is_drawn_once_and_read_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "SHARD", 6)
    made = pool.draw(tmp_path, 3, 2, TYPEFACES)
    before = made.stat().st_mtime_ns
    assert pool.draw(tmp_path, 3, 2, TYPEFACES).stat().st_mtime_ns == before
    shard = pool.load(tmp_path, 3, 2)
    for k in range(6):
        crop = lines.render(3, 12 + k, TYPEFACES)
        np.testing.assert_array_equal(shard.crop(k), crop.pixels)
        assert shard.texts[k] == crop.text
    assert pool.load(tmp_path, 3, 2, cased=True).texts == tuple(
        lines.render(3, 12 + k, TYPEFACES).shown for k in range(6)
    )
    assert [path.name for path in made.parent.iterdir()] == [made.name]


def test_labels_are_set_in_typefaces_of_their_own_and_in_those_of_codes() -> None:
    found = pool.typefaces("label")
    assert set(fonts.names("train")) | set(fonts.names("label")) == set(found)
    assert pool.typefaces("test") == fonts.names("test") and not set(found) & set(fonts.names("test"))
