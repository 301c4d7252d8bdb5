"""What is left out of a search is never what the search would have found."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from posteriors import CHARACTERS, line_of, quad_at

from ocr_app.recipes import decode, load
from ocr_app.recipes.decoding import decoder, fitting
from ocr_app.recipes.decoding.candidates import find_candidates
from ocr_app.recipes.decoding.compilation import compile_recipe
from ocr_app.recipes.decoding.search import run_backward, trace_best_path
from ocr_app.recipes.teaching import sample_texts

ROOT = Path(__file__).resolve().parents[2]
RECIPES = {name: load(str(ROOT / "recipes" / (name + ".yaml"))) for name in ("nano-codes", "thesis", "dates", "lots")}
LABELS = ["INGREDIENTS", "NO. 7 ENERGY 1540 KJ", "FAT 12 G", "BEST BEFORE", "0123-456"]


def blurred(text, seed, sharpness):
    """A posterior of a text, of any quality, with frames that say anything."""
    chance = np.random.RandomState(seed)
    line = line_of(text, noise=6.0, seed=seed)
    table = line.log_probs * sharpness + chance.randn(*line.log_probs.shape) * 2.0
    table -= np.log(np.exp(table).sum(axis=1, keepdims=True))
    return line._replace(log_probs=table.astype(np.float32))


@st.composite
def texts(draw, name):
    """A text of the recipe with some characters replaced, or of a label."""
    recipe = RECIPES[name]
    line = draw(st.sampled_from(recipe.lines))
    own = sample_texts(recipe.registry, line.root, 3, draw(st.integers(0, 999)))
    text = list(draw(st.sampled_from(list(own) + LABELS)))
    for _ in range(draw(st.integers(0, 3))):
        text[draw(st.integers(0, len(text) - 1))] = draw(st.sampled_from(CHARACTERS[1:]))
    return "".join(text)


@pytest.mark.parametrize("name", sorted(RECIPES))
@settings(max_examples=15, deadline=None)
@given(st.data(), st.integers(0, 10**6), st.sampled_from([0.2, 0.5, 1.0]))
def test_the_bound_is_never_below_what_the_exact_search_finds(name, data, seed, sharpness):
    recipe = RECIPES[name]
    (candidate,) = find_candidates([blurred(data.draw(texts(name)), seed, sharpness)], recipe.lookalikes)
    compiled = compile_recipe(recipe, CHARACTERS)
    fitter = fitting.LineFitter(recipe, compiled)
    bounds = fitter._find_bounds(candidate)
    backward = run_backward(candidate.evidence, compiled.layout, fitting.JUNK)
    for root in compiled.needs.roots:
        fit = fitter._judge(candidate, trace_best_path(backward, root))
        assert fit is None or is_left_aside(fit, root, recipe) or fit.value <= bounds[root]


def is_left_aside(fit, root, recipe):
    """Whether the decoder takes no line for it: one that need not be there and hardly fits, or a place without text."""
    needed = any(line.root == root and not line.optional for line in recipe.lines)
    bent = fit.misfit > fitting.OPTIONAL_MISFIT * fit.length or fit.value <= 0
    return fitting._is_illegible(fit.candidate) or (not needed and bent)


@pytest.mark.parametrize("name", ["nano-codes", "thesis", "dates"])
@settings(max_examples=15, deadline=None)
@given(st.data(), st.integers(0, 10**6), st.sampled_from([0.5, 1.0, 2.0]))
def test_a_frame_is_decoded_as_if_every_place_was_searched(name, data, seed, sharpness):
    lines = [
        blurred(data.draw(texts(name)), seed + k, sharpness)._replace(quad=quad_at(220 * (k % 2), 30 * k))
        for k in range(data.draw(st.integers(1, 4)))
    ]
    found = decode(lines, RECIPES[name])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(decoder, "_match_with_little_search", searched_at_once)
        patch.setattr(fitting, "best_values", lambda losses, left, needs, *_: dict.fromkeys(needs.roots, np.inf))
        expected = decode(lines, RECIPES[name])
    assert (found.text, found.values, found.layout) == (expected.text, expected.values, expected.layout)
    assert [line.sources for line in found.lines] == [line.sources for line in expected.lines]
    assert found.assurance == pytest.approx(expected.assurance)


def searched_at_once(matcher, recipe):
    matcher.search(len(matcher.waiting))
    return decoder._best_match(matcher, recipe)
