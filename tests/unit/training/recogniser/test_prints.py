"""Printed lines of every kind of printer."""

from __future__ import annotations

import pytest

from training.recogniser import prints
from training.render.fonts import EMBEDDED
from training.render.seeds import stream

TYPEFACES = (EMBEDDED,)


def test_every_kind_prints() -> None:
    for kind in prints.KINDS:
        rng = stream(3, 0, kind)
        printer = prints.LinePrinter(kind, 0.3, 24.0, TYPEFACES, rng)
        shown, ink = printer.print("EXP 12.03.2024", rng)
        assert shown.upper() == "EXP 12.03.2024"
        assert ink.coverage.max() > 0.5
        assert 12 < ink.quad[2, 1] - ink.quad[0, 1] < 48


def test_a_head_without_the_characters_says_so() -> None:
    rng = stream(4, 0, "x")
    with pytest.raises(ValueError, match="nothing of the text"):
        prints.LinePrinter("dot-5x5", 0.3, 24.0, TYPEFACES, rng).print("<=>", rng)


def test_a_printer_of_labels_keeps_the_case_it_is_given() -> None:
    for index in range(12):
        rng = stream(5, index, "label")
        printer = prints.LinePrinter("font", 0.3, 24.0, TYPEFACES, rng, recase=False)
        assert printer.print("Best before", rng)[0] == "Best before"
