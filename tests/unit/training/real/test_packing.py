"""Real lines become shards: at the network's height, with known characters, without what cannot be trained on."""

from __future__ import annotations

import zipfile
from pathlib import Path

import cv2
import numpy as np
import pytest

from training.real import packing
from training.real.receipts import ReceiptLine
from training.recogniser import pool
from training.recogniser.lines import Crop


def test_a_crop_has_the_network_s_height_and_both_texts() -> None:
    crop = packing.crop_of(np.zeros((16, 50), np.uint8), " Best  before ", "receipt")
    assert crop is not None and crop.pixels.shape == (32, 100)
    assert (crop.text, crop.shown, crop.kind) == ("BEST BEFORE", "Best before", "receipt")


@pytest.mark.parametrize(
    ("width", "text"), [(50, "caf\u00e9"), (50, " "), (16 * packing.WIDEST // 32 + 2, "A"), (1, "A")]
)
def test_a_line_that_cannot_be_trained_on_is_left_out(width: int, text: str) -> None:
    assert packing.crop_of(np.zeros((16, width), np.uint8), text, "receipt") is None


def test_lines_without_a_known_case_and_most_single_characters_are_left_out(tmp_path: Path) -> None:
    data = cv2.imencode(".png", np.full((20, 40), 9, np.uint8))[1].tobytes()
    lines = [ReceiptLine("z.zip", f"{k}.png", "AB" if k < 2 else "A", "1", 0.0) for k in range(60)]
    with zipfile.ZipFile(tmp_path / "z.zip", "w") as archive:
        for line in lines:
            archive.writestr(line.member, data)
    cased = {("z.zip", line.member): line.text.lower() for line in lines[1:]}
    found = list(packing.receipt_crops(lines, cased, tmp_path))
    assert found[0].shown == "ab" and 1 < len(found) < 30


def test_a_pool_of_real_lines_is_read_like_a_drawn_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "SHARD", 4)
    crops = [Crop(np.full((32, 10 + k), k, np.uint8), f"A{k}", f"a{k}", "receipt") for k in range(6)]
    assert packing.pack(tmp_path, "receipts", crops) == 2
    shards = [pool.load(tmp_path, "receipts", k, cased=True) for k in range(2)]
    assert sorted(text for shard in shards for text in shard.texts) == [f"a{k}" for k in range(6)]
    for shard in shards:
        assert all(int(shard.crop(k)[0, 0]) == int(shard.texts[k][1:]) for k in range(len(shard.texts)))
