"""Labels that are read without any doubt, under a recipe."""

import numpy as np
import pytest

from ocr_app.benchmark.side_by_side import ideal
from ocr_app.recipes import loads
from ocr_app.scoring.line_matching import TruthLine

RECIPE = loads("name: x\nyears: 2020-2030\nlines:\n- [EXP, {date: MM/YYYY, as: day}]\n- [{lot: A999, as: lot}]")


def label(text, top, ignore=False):
    return TruthLine(text, np.array([[0, top], [200, top], [200, top + 20], [0, top + 20]], np.float32), ignore)


def test_what_passes_is_what_the_labels_say_whatever_their_order_and_case():
    assert ideal.passing_text([label("L123", 40), label("exp 08/2023", 0)], RECIPE) == "EXP 08/2023 L123"


@pytest.mark.parametrize("text", ["EXP 13/2023", "LOT 1"])
def test_labels_that_the_recipe_cannot_express_are_no_good_code(text):
    assert ideal.passing_text([label(text, 0), label("L123", 40)], RECIPE) is None


def test_a_code_of_which_a_label_is_left_out_is_no_good_code_but_a_second_print_is_nothing_new():
    code = [label("EXP 08/2023", 0), label("L123", 40)]
    assert ideal.passing_text([*code, label("13:05", 300)], RECIPE) is None
    assert ideal.passing_text([*code, label("EXP 08/2023", 300), label("L123", 340)], RECIPE) == "EXP 08/2023 L123"


def test_lines_that_are_not_scored_are_not_there():
    assert ideal.passing_text([label("EXP 08/2023", 0), label("L123", 40), label("xx", 80, True)], RECIPE)
    assert ideal.passing_text([], RECIPE) is None


def test_a_posterior_is_a_distribution_that_leaves_no_doubt():
    line = ideal.posterior("a1 é", np.zeros((4, 2), np.float32))
    assert np.allclose(np.exp(line.log_probs).sum(axis=1), 1.0)
    assert "".join(line.characters[k] for k in line.log_probs.argmax(axis=1)) == "A1 "


def test_a_text_without_a_place_is_one_line():
    (line,) = ideal.whole("12/2023")
    assert line.scored and line.text == "12/2023"
