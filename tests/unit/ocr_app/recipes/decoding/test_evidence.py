"""Posteriors become upper case and relative to the blank; their best path is the greedy one."""

import numpy as np
import pytest
from posteriors import CHARACTERS, line_of, quad_at

from ocr_app.core.errors import UsageError
from ocr_app.core.types import LinePosterior
from ocr_app.recipes.decoding.evidence import (
    LOOKALIKE_COST,
    SCORE_FLOOR,
    concatenate,
    find_best_path,
    fold_case,
    fold_charset,
    prepare_evidence,
    with_lookalikes,
)


def of_probabilities(rows, characters):
    return LinePosterior(quad_at(0, 0), np.log(np.array(rows)), characters)


def test_a_charset_is_folded_to_upper_case():
    assert fold_charset(("", "A", "a", "1")) == (("", "A", "1"), (0, 1, 3), ((2, 1),))
    assert fold_charset(("", "a", "A")) == (("", "A"), (0, 2), ((1, 1),))
    assert fold_charset(("", "a", "b")) == (("", "A", "B"), (0, 1, 2), ())


def test_two_lower_case_signs_of_one_letter_are_both_added():
    characters = ("", "\u00b5", "\u03bc", "\u039c")  # micro sign, mu, capital mu
    folded = fold_case(of_probabilities([[0.1, 0.2, 0.3, 0.4]], characters))
    assert folded.characters == ("", "\u039c") and np.exp(folded.log_probs[0]) == pytest.approx([0.1, 0.9])


@pytest.mark.parametrize("characters", [(), ("A", "")])
def test_class_0_is_the_blank(characters):
    with pytest.raises(UsageError, match=r"characters\[0\]"):
        fold_charset(characters)


def test_scores_are_relative_to_the_blank_and_cases_are_added():
    evidence = prepare_evidence(of_probabilities([[0.2, 0.3, 0.5]], ("", "A", "a")))
    assert evidence.characters == ("", "A") and evidence.best.tolist() == [1]
    assert evidence.scores[0] == pytest.approx([0.0, np.log(0.8 / 0.2)])
    assert evidence.blank[0] == pytest.approx(np.log(0.2))


def test_no_class_is_less_likely_than_the_floor():
    posterior = LinePosterior(quad_at(0, 0), np.array([[-1000.0, 0.0, -1000.0]]), ("", "A", "B"))
    assert prepare_evidence(posterior).scores[0] == pytest.approx([0.0, SCORE_FLOOR, 0.0])


def test_an_empty_line_has_no_frames():
    evidence = prepare_evidence(LinePosterior(quad_at(0, 0), np.zeros((0, 3)), ("", "A", "a")))
    assert evidence.scores.shape == (0, 2) and find_best_path(evidence).text == ""


@pytest.mark.parametrize("table", [np.zeros((2, 2)), np.zeros(3), np.full((2, 3), np.nan)])
def test_arrays_that_are_not_posteriors_are_refused(table):
    with pytest.raises(UsageError, match="log_probs of shape"):
        prepare_evidence(LinePosterior(quad_at(0, 0), table, ("", "A", "B")))


def test_the_best_path_has_labels_and_frames():
    frames = "AAB BB"
    table = np.full((len(frames), 3), -9.0)
    table[np.arange(len(frames)), [" AB".index(character) for character in frames]] = 0.0
    evidence = prepare_evidence(LinePosterior(quad_at(0, 0), table, ("", "A", "B")))
    path = find_best_path(evidence)
    assert (path.text, path.labels, path.first, path.last) == ("ABB", (1, 2, 2), (0, 2, 4), (1, 2, 5))
    assert path.score == pytest.approx(5 * 9.0)


def test_lookalikes_can_be_read_as_each_other_at_a_cost():
    evidence = prepare_evidence(line_of("O1"))
    alike = with_lookalikes(evidence, ["O0", "XY"])
    letter, digit = CHARACTERS.index("O"), CHARACTERS.index("0")
    assert alike.scores[0, digit] == pytest.approx(evidence.scores[0, letter] - LOOKALIKE_COST)
    assert alike.scores[0, letter] == evidence.scores[0, letter] and evidence.scores[0, digit] < 1.0
    assert with_lookalikes(evidence, ["O"]).scores is evidence.scores


def test_segments_are_joined_with_a_frame_that_may_be_a_space():
    left = prepare_evidence(line_of("AB", quad=quad_at(0, 0)))
    right = prepare_evidence(line_of("CD", quad=quad_at(300, 5)))
    joined = concatenate([left, right])
    assert find_best_path(joined).text == "AB CD" and len(joined.scores) == len(joined.blank) == 9
    assert joined.scores[4, CHARACTERS.index(" ")] == joined.scores[4, 0] == 0.0
    assert joined.quad.tolist() == [[0, 0], [500, 5], [500, 25], [0, 20]]


def test_without_a_space_in_the_charset_segments_are_joined_with_a_blank():
    lines = [prepare_evidence(line_of(text, characters=CHARACTERS[:37])) for text in ("AB", "CD")]
    assert find_best_path(concatenate(lines)).text == "ABCD"
