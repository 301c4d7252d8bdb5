"""The texts from which the recogniser learns."""

from __future__ import annotations

from collections import Counter

import numpy as np

from training.recogniser import texts


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
