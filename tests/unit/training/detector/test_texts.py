"""The texts of the scenes: codes, and label text."""

import string

from training.detector import texts
from training.render.seeds import stream


def test_codes_are_one_to_four_lines_with_digits():
    rng = stream(1, 0, "test")
    for _ in range(300):
        lines = texts.code(rng)
        assert 1 <= len(lines) <= 4
        for line in lines:
            assert line == line.strip() and 0 < len(line) <= 40
            assert set(line) <= set(string.printable)
            assert any(c.isdigit() for c in line)


def test_label_text_is_mostly_letters():
    rng = stream(1, 1, "test")
    text = " ".join(texts.sentence(rng, 60, 0.1) for _ in range(100))
    letters, digits = sum(c.isalpha() for c in text), sum(c.isdigit() for c in text)
    assert letters > 8 * digits
