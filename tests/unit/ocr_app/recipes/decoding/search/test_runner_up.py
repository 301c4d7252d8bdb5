"""The loss of the best other text equals that of the exact search, and clear frames are passed in one step."""

import numpy as np
import pytest
from posteriors import CHARACTERS, line_of

from ocr_app.recipes import loads
from ocr_app.recipes.decoding.compilation import compile_recipe
from ocr_app.recipes.decoding.evidence import find_best_path, prepare_evidence
from ocr_app.recipes.decoding.search import run_backward, trace_best_path
from ocr_app.recipes.decoding.search.exact_margin import exact_margin
from ocr_app.recipes.decoding.search.runner_up import _choices, find_runner_up

RECIPE = loads("name: x\nyears: 2020-2030\nlines: [[{date: DD.MM.YYYY, as: day}]]")
ROOT = RECIPE.lines[0].root
COMPILED = compile_recipe(RECIPE, CHARACTERS)
TEXT = "31.12.2024"


def loss_of(posterior, text=TEXT, limit=16.0):
    labels = [CHARACTERS.index(character) for character in text]
    found = find_runner_up(prepare_evidence(posterior).scores, COMPILED.automaton, ROOT, [labels], limit)
    return found.loss if found is not None else None


def test_one_other_character_is_the_runner_up():
    assert loss_of(line_of(TEXT, {4: {"0": -5.0}})) == pytest.approx(5.0, abs=0.1)


def test_a_character_that_the_recipe_does_not_allow_is_none():
    assert loss_of(line_of(TEXT, {4: {"3": -1.0}}), limit=12.0) is None, "there is no month 13"


def test_two_changes_that_only_together_make_a_date_count_together():
    assert loss_of(line_of(TEXT, {0: {"0": -3.0}, 3: {"0": -2.0}})) == pytest.approx(3.0, abs=0.1), "01.12.2024 alone"
    assert loss_of(line_of(TEXT, {3: {"0": -2.0}, 4: {"1": -3.0}})) == pytest.approx(5.0, abs=0.1), "31.01.2024"


def test_a_shorter_text_is_a_rival_too():
    recipe = loads("name: y\nlines: [[{digits: 1-2}]]")
    automaton = compile_recipe(recipe, CHARACTERS).automaton
    labels = [CHARACTERS.index(character) for character in "12"]
    scores = prepare_evidence(line_of("12", {1: {"": -4.0}})).scores
    found = find_runner_up(scores, automaton, recipe.lines[0].root, [labels], 16.0)
    assert found.loss == pytest.approx(4.0, abs=0.1) and len(found.labels) == 1


def test_several_texts_can_be_excluded_and_the_next_one_is_named():
    def labels(text):
        return [CHARACTERS.index(character) for character in text]

    scores = prepare_evidence(line_of(TEXT, {0: {"0": -3.0}, 4: {"0": -5.0}})).scores
    found = find_runner_up(scores, COMPILED.automaton, ROOT, [labels(TEXT), labels("01.12.2024")], 16.0)
    assert "".join(CHARACTERS[label] for label in found.labels) == "31.10.2024"
    assert found.loss == pytest.approx(5.0, abs=0.1)


def test_what_loses_more_than_the_limit_is_not_found():
    assert loss_of(line_of(TEXT, {4: {"0": -5.0}}), limit=4.9) is None
    assert find_runner_up(np.zeros((0, len(CHARACTERS))), COMPILED.automaton, ROOT, [[]], 9.0) is None


def test_frames_without_a_choice_are_one_step_where_they_repeat():
    scores = np.full((9, 4), -30.0)
    for frame, label in enumerate([0, 0, 0, 1, 1, 1, 0, 0, 2]):
        scores[frame, label] = 5.0
    assert [len(choice) for choice in _choices(scores, 9.0)] == [1, 1, 1, 1]
    scores[4, 2] = 4.0  # a choice within a run: nothing is left out around it
    assert [choice[0][0] for choice in _choices(scores, 9.0)] == [0, 1, 1, 1, 0, 2]


@pytest.mark.parametrize("seed", range(12))
def test_disturbed_lines_have_the_lead_of_the_exact_search(seed):
    random = np.random.RandomState(seed)
    rivals = {
        position: {str(random.randint(10)): -random.uniform(0.5, 9.0)}
        for position, character in enumerate(TEXT)
        if character.isdigit()
    }
    evidence = prepare_evidence(line_of(TEXT, rivals, seed=seed))
    backward = run_backward(evidence, COMPILED.layout, None)
    path = trace_best_path(backward, ROOT)
    cost = find_best_path(evidence).score - path.score
    lead = exact_margin(backward, ROOT, path)
    found = find_runner_up(evidence.scores, COMPILED.automaton, ROOT, [path.labels], cost + 9.0)
    assert (found is None) == (lead > 9.0)
    if found is not None:
        assert found.loss - cost == pytest.approx(lead, abs=1e-6)
