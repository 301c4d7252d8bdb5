"""Text beside the code costs: for being there, per character, and for touching the code."""

import numpy as np
import pytest
from posteriors import line_of

from ocr_app.recipes.decoding.evidence import prepare_evidence
from ocr_app.recipes.decoding.search.alignment import NEVER, Alignment, CharacterRun
from ocr_app.recipes.decoding.search.junk import JunkCosts, junk_cost, outside_scores

COSTS = JunkCosts(enter=4.0, character=5.0, touching=12.0)


def cost(text, start, stop):
    """The junk cost when the code takes the frames of ``text[start:stop]``; two frames per character."""
    evidence = prepare_evidence(line_of(text))
    runs = (CharacterRun(1, 2 * start, 2 * stop - 2),)
    return junk_cost(evidence, COSTS, Alignment(0.0, runs, 2 * start, 2 * stop))


def test_the_whole_line_has_no_junk():
    assert cost("AB", 0, 2) == pytest.approx(0.0)


def test_junk_costs_once_and_for_each_character():
    assert cost("AB 12", 3, 5) == pytest.approx(4.0 + 3 * 5.0)
    assert cost("12 A", 0, 2) == pytest.approx(4.0 + 2 * 5.0)
    assert cost("X 12 Y", 2, 4) == pytest.approx(2 * (4.0 + 2 * 5.0))


def test_letters_and_digits_that_touch_the_code_cost_more():
    assert cost("A12", 1, 3) == pytest.approx(4.0 + 5.0 + 12.0)
    assert cost("/12", 1, 3) == pytest.approx(4.0 + 5.0), "a mark parts them"


def test_without_costs_the_code_is_the_whole_line():
    evidence = prepare_evidence(line_of("AB"))
    before, behind = outside_scores(evidence, None)
    assert before.tolist() == [NEVER] * 4 + [0.0] and behind.tolist() == [0.0] + [NEVER] * 4


def test_an_empty_line_has_no_junk():
    empty = prepare_evidence(line_of(""))
    before, behind = outside_scores(empty, COSTS)
    assert np.array_equal(before, [0.0]) and np.array_equal(behind, [0.0])
