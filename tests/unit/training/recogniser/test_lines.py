"""Lines to learn from: texts, crops, and the pool that holds them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from training.recogniser import lines, pool, prints, texts
from training.render.fonts import EMBEDDED
from training.render.seeds import stream

TYPEFACES = (EMBEDDED,)


def test_texts_are_short_printable_and_trimmed() -> None:
    rng = np.random.default_rng(1)
    for text in (texts.draw(rng) for _ in range(3000)):
        assert 1 <= len(text) <= texts.LONGEST
        assert text == text.strip()
        assert set(text) <= set(texts.CHARACTERS)


def test_no_letter_starves() -> None:
    rng = np.random.default_rng(2)
    counts = Counter("".join(texts.draw(rng) for _ in range(8000)))
    rarest = min(counts[letter] for letter in texts.LETTERS)
    assert rarest > 0.2 * np.median([counts[letter] for letter in texts.LETTERS])
    assert all(counts[mark] for mark in texts.MARKS)


def test_the_same_seed_and_index_give_the_same_crop() -> None:
    first, second = (lines.render(5, 12, TYPEFACES) for _ in range(2))
    assert first.text == second.text
    np.testing.assert_array_equal(first.pixels, second.pixels)


def test_no_crop_depends_on_another() -> None:
    assert lines.render(5, 3, TYPEFACES).text != lines.render(5, 4, TYPEFACES).text
    assert lines.render(5, 3, TYPEFACES).text != lines.render(6, 3, TYPEFACES).text


def test_a_crop_is_32_high_and_says_what_is_printed() -> None:
    for index in range(40):
        crop = lines.render(8, index, TYPEFACES)
        assert crop.pixels.shape[0] == lines.HEIGHT
        assert crop.pixels.shape[1] <= lines.WIDEST
        assert crop.pixels.dtype == np.uint8
        assert crop.text == crop.shown.upper()
        assert crop.kind in prints.KINDS


def test_ink_shows_on_the_crop() -> None:
    spreads = [float(lines.render(9, index, TYPEFACES).pixels.std()) for index in range(30)]
    assert np.median(spreads) > 6


def test_every_machine_prints() -> None:
    for kind in prints.KINDS:
        rng = stream(3, 0, kind)
        machine = prints.LinePrinter(kind, 0.3, 24.0, TYPEFACES, rng)
        shown, ink = machine.print("EXP 12.03.2024", rng)
        assert shown.upper() == "EXP 12.03.2024"
        assert ink.coverage.max() > 0.5
        assert 12 < ink.quad[2, 1] - ink.quad[0, 1] < 48


def test_a_head_without_the_characters_says_so() -> None:
    rng = stream(4, 0, "x")
    with pytest.raises(ValueError, match="nothing of the text"):
        prints.LinePrinter("dot-5x5", 0.3, 24.0, TYPEFACES, rng).print("<=>", rng)


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
