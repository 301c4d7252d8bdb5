"""The texts of labels: both cases, every letter, short enough."""

from __future__ import annotations

from collections import Counter

import numpy as np

from training.recogniser import labels, texts


def test_texts_are_short_printable_and_trimmed() -> None:
    rng = np.random.default_rng(1)
    for text in (labels.draw(rng) for _ in range(2000)):
        assert 1 <= len(text) <= texts.LONGEST and text == text.strip() and set(text) <= set(texts.CASED)


def test_no_letter_of_either_case_starves() -> None:
    rng = np.random.default_rng(2)
    counts = Counter("".join(labels.draw(rng) for _ in range(6000)))
    for alphabet in (texts.LETTERS, texts.LETTERS.lower(), texts.DIGITS):
        usual = np.median([counts[sign] for sign in alphabet])
        assert min(counts[sign] for sign in alphabet) > 0.15 * usual
    assert all(counts[mark] for mark in texts.MARKS)


def test_keywords_stand_before_codes() -> None:
    rng = np.random.default_rng(3)
    found = [labels.draw(rng) for _ in range(3000)]
    assert sum(text.startswith(("Exp", "Lot", "Best before")) and any(c.isdigit() for c in text) for text in found) > 40
