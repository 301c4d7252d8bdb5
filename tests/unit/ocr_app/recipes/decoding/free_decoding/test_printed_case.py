"""A text without a recipe comes in the case that was printed; a recipe does not mind the case."""

import numpy as np
import pytest
from posteriors import CHARACTERS, line_of

from ocr_app.recipes import decode, decode_free, fold_case, loads
from ocr_app.recipes.decoding.free_decoding.printed_case import as_printed

CASED = CHARACTERS + tuple("abcdefghijklmnopqrstuvwxyz")


def test_free_text_is_in_the_case_that_was_printed():
    line = decode_free(line_of("Exp. Date 06/2025", characters=CASED))
    assert line.text == "Exp. Date 06/2025" and [char.character for char in line.chars] == list(line.text)
    assert line.best_path == "EXP. DATE 06/2025"


def test_the_prior_of_codes_holds_for_lower_case():
    text = "Pr0: 08/2O22"
    posterior = line_of(text, {2: {"o": -1.5}, 9: {"0": -1.5}}, characters=CASED)
    assert decode_free(posterior).text == "Pro: 08/2022"


def test_a_letter_whose_case_is_unclear_is_one_letter():
    posterior = line_of("Ox1", {0: {"o": -0.1}}, characters=CASED)
    table = np.array(posterior.log_probs)
    table[1] = table[0]  # two frames of one letter, surer of another case each
    cases = [CASED.index("O"), CASED.index("o")]
    table[1, cases] = table[0, cases[::-1]] - 0.05
    assert decode_free(posterior._replace(log_probs=table)).text == "Ox1"


def seen_as(printed, seen, lead=0.5):
    """The text of a line whose letters are ``seen`` in another case than ``printed`` by a little."""
    rivals = {place: {right: -lead} for place, (right, wrong) in enumerate(zip(printed, seen)) if right != wrong}
    return decode_free(line_of(seen, rivals, characters=CASED)).text


@pytest.mark.parametrize(
    ("printed", "seen"),
    [
        ("LOT C55", "LoT c55"),  # like the letters of the word, and of the line
        ("Exposed", "ExpOSed"),
        ("EXP OSO", "EXP osO"),
        ("vitamin", "vitamin"),
        ("Vitamin", "Vitamin"),  # a first letter may be larger
        ("VITAMIN", "vITAMIN"),
        ("05X12", "05x12"),  # nothing tells: as in codes
        ("store so", "store SO"),
    ],
)
def test_a_letter_with_one_shape_follows_the_others(printed, seen):
    assert seen_as(printed, seen) == printed


def test_a_letter_alone_is_lower_case_where_that_is_clear():
    assert seen_as("50 x 20", "50 x 20") == "50 x 20" and seen_as("50 X 20", "50 x 20") == "50 X 20"


def test_a_recogniser_without_lower_case_leaves_the_line_alone():
    posterior = line_of("EXP 01/2025")
    line = decode_free(posterior)
    assert as_printed(posterior, line) is line and line.text == "EXP 01/2025"


def test_a_recipe_accepts_lower_case():
    recipe = loads("name: x\nlines: [[{choice: [LOT 4431, LOT 4437]}]]")
    assert decode([line_of("Lot 4431", characters=CASED)], recipe).lines[0].text == "LOT 4431"


def test_folding_adds_both_cases():
    posterior = line_of("aB", {0: {"A": 0.0}}, characters=CASED)
    folded = fold_case(posterior)
    assert folded.characters == CHARACTERS
    assert abs(folded.log_probs[0, CHARACTERS.index("A")]) < 1e-4 and folded.log_probs.shape == (4, len(CHARACTERS))
