"""Pools that are packed, carried and unpacked hold the same lines, with a little less of their noise."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from training.recogniser import packed, pool
from training.recogniser.lines import Crop

CONFIG = """
[check]
seed = 7
shards = 1
real = ["held"]

[[stage]]
[[stage.pool]]
seed = 3
[[stage.pool]]
seed = "receipts"
"""


def drawn(folder: Path, name: str, shard: int) -> list[Crop]:
    rng = np.random.default_rng(shard)
    noise = [rng.integers(0, 256, (32, 900 + 40 * k), dtype=np.uint8) for k in range(12)]
    crops = [Crop(cv2.GaussianBlur(pixels, (0, 0), 3), f"A{k}", f"a{k}", "font") for k, pixels in enumerate(noise)]
    pool.save(pool.path(folder, name, shard), crops)
    return crops


@pytest.mark.parametrize("width", [1, 8192, 20000])
def test_a_strip_becomes_a_picture_and_a_strip_again(width: int) -> None:
    strip = np.random.default_rng(0).integers(0, 256, (32, width), dtype=np.uint8)
    picture = packed.picture_of(strip)
    assert picture.shape[1] == 8192 and picture.shape[0] % 32 == 0
    np.testing.assert_array_equal(packed.strip_of(picture, width), strip)


def test_what_was_packed_is_there_again(tmp_path: Path) -> None:
    config, here, there = tmp_path / "config.toml", tmp_path / "here", tmp_path / "there"
    config.write_text(CONFIG, encoding="utf-8")
    made = {place: drawn(here, *place) for place in (("7", 0), ("held", 0), ("3", 0), ("3", 1), ("receipts", 0))}
    assert list(packed.shards(config, here)) == [("7", 0), ("held", 0), ("3", 0), ("receipts", 0), ("3", 1)]
    assert packed.make(config, here, tmp_path / "lines.zip") == 5
    assert packed.unpack(tmp_path / "lines.zip", there) == 5
    for (name, shard), crops in made.items():
        found = pool.load(there, name, shard, cased=True)
        assert found.texts == tuple(crop.shown for crop in crops) and found.kinds == ("font",) * 12
        for k, crop in enumerate(crops):
            assert np.abs(found.crop(k).astype(int) - crop.pixels).mean() < 3


def test_a_file_is_no_larger_than_allowed(tmp_path: Path) -> None:
    config, here = tmp_path / "config.toml", tmp_path / "here"
    config.write_text(CONFIG, encoding="utf-8")
    for place in (("7", 0), ("held", 0), ("3", 0), ("receipts", 0)):
        drawn(here, *place)
    whole = len(packed.packed(here, "7", 0))
    count = packed.make(config, here, tmp_path / "lines.zip", 2.5 * whole / 1e6)
    assert count == 2 and (tmp_path / "lines.zip").stat().st_size < 2.7 * whole
