"""Reads one line of a decoded code again, from the posterior of another network."""

from typing import Sequence

from ocr_app.core.types import LinePosterior
from ocr_app.recipes.decoding.candidates import LineCandidate, find_candidates
from ocr_app.recipes.decoding.compilation import compile_recipe
from ocr_app.recipes.decoding.evidence import concatenate, find_best_path
from ocr_app.recipes.decoding.fitting import LineFitter
from ocr_app.recipes.language.recipe import Recipe, RecipeLine


def read_again(posteriors: Sequence[LinePosterior], recipe: Recipe, line: RecipeLine) -> str:
    """The best text that the recipe allows on ``line``; "" where nothing fits.

    ``posteriors``: one network's posteriors of the places that the line was read from, in their order.
    """
    candidate = _joined(find_candidates(posteriors, recipe.lookalikes))
    compiled = compile_recipe(recipe, candidate.evidence.characters)
    fit = LineFitter(recipe, compiled).fit(candidate, line)
    return fit.text if fit is not None else ""


def _joined(candidates: Sequence[LineCandidate]) -> LineCandidate:
    if len(candidates) == 1:
        return candidates[0]
    evidence = concatenate([candidate.evidence for candidate in candidates])
    return LineCandidate(tuple(range(len(candidates))), evidence, find_best_path(evidence))
