"""Scores of texts and of what each character could have been."""

import numpy as np
import pytest
from posteriors import CHARACTERS, line_of

from ocr_app.recipes.decoding.evidence import find_best_path, prepare_evidence
from ocr_app.recipes.decoding.scoring import forward_score, rank_rivals, score_substitutions
from ocr_app.recipes.decoding.search import CharacterRun


def labels_of(text):
    return [CHARACTERS.index(character) for character in text]


def test_the_forward_score_is_the_sum_over_all_alignments():
    scores = np.log(np.array([[1.0, 2.0], [1.0, 3.0]]))  # relative to the blank
    assert forward_score(scores, [1]) == pytest.approx(np.log(2 * 3 + 2 + 3))
    assert forward_score(scores, []) == 0.0 and forward_score(scores, [1, 1]) == -np.inf
    assert forward_score(scores[:0], [1]) == -np.inf


def test_long_runs_of_blanks_change_nothing():
    line = prepare_evidence(line_of("A")).scores
    blanks = np.full((500, line.shape[1]), -20.0)
    blanks[:, 0] = 0.0
    alone = forward_score(line, labels_of("A"))
    assert forward_score(np.concatenate((blanks, line, blanks)), labels_of("A")) == pytest.approx(alone, abs=1e-5)


def test_the_substitutions_of_a_character_are_scored_in_its_place():
    evidence = prepare_evidence(line_of("AB", {0: {"X": -2.0}}))
    path = find_best_path(evidence)
    runs = [CharacterRun(*run) for run in zip(path.labels, path.first, path.last)]
    table = score_substitutions(evidence.scores, runs, 0, len(evidence.scores))
    own, other = labels_of("AX")
    assert table.shape == (2, len(CHARACTERS)) and np.all(table[:, 0] == 0.0)
    assert table[0, own] - table[0, other] == pytest.approx(2.0, abs=0.01)
    assert table[1, other] < 1.0, "X is a rival of A, not of B"
    assert score_substitutions(evidence.scores, [], 0, 4).shape == (0, len(CHARACTERS))


def test_rivals_are_ranked_by_how_far_they_trail():
    table = np.array([[0.0, 5.0, 3.0, 4.5], [0.0, 1.0, 7.0, -1.0]])
    assert rank_rivals(table, [1, 2], 2) == [[(3, 0.5), (2, 2.0)], [(1, 6.0), (0, 7.0)]]
    assert rank_rivals(table, [3, 1], 9) == [[(1, -0.5), (2, 1.5), (0, 4.5)], [(2, -6.0), (0, 1.0), (3, 2.0)]]
    assert rank_rivals(np.zeros((0, 4)), [], 2) == []
