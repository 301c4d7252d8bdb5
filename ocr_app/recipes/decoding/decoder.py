"""Decoding a frame under a recipe: which of its lines are the code, and what they say."""

import math
from functools import partial
from typing import List, NamedTuple, Optional, Sequence, Tuple

from ocr_app.core.types import LinePosterior
from ocr_app.recipes.decoding.cache import DecodingCache
from ocr_app.recipes.decoding.candidates import LineCandidate, find_candidates, find_segments, join_segments
from ocr_app.recipes.decoding.compilation import CompiledRecipe, compile_recipe
from ocr_app.recipes.decoding.description import describe_line, missing_line
from ocr_app.recipes.decoding.fitting import LineFit, LineFitter
from ocr_app.recipes.decoding.result import MISMATCH, NOT_READ, STATUSES, CodeDecoding, DecodedLine, TextPlace
from ocr_app.recipes.language.recipe import Recipe, RecipeLayout, RecipeLine

CLEAR = 0.8  # probability of each character of a text that is read without doubt
MISSING_LINE_COST = 12.0  # nats that a line costs which the layout has and the frame has not


class _LayoutMatch(NamedTuple):
    """A layout's lines matched with candidates. ``fits``: one per line, None where it was not found."""

    value: float
    fits: Tuple[Optional[LineFit], ...]


def decode(posteriors: Sequence[LinePosterior], recipe: Recipe, cache: Optional[DecodingCache] = None) -> CodeDecoding:
    """Reads the lines of a frame, in reading order, as a code of this recipe.

    The lines of the layout that explains most are matched with those of the frame in their order, each with one line
    or with several segments of one row. Text beside the code on its line is junk, which costs. ``cache``: that of the
    frame, where it is decoded more than once under this recipe. Raises UsageError when the posteriors differ in their
    characters, RecipeError when the recipe needs characters that they lack.
    """
    cache = cache or DecodingCache()
    not_found = CodeDecoding(recipe.name, "", NOT_READ, (), tuple(range(len(posteriors))), ("code-not-found",))
    if not posteriors:
        return not_found
    candidates = find_candidates(posteriors, recipe.lookalikes, cache)
    compiled = compile_recipe(recipe, candidates[0].evidence.characters)
    matcher = _LayoutMatcher(candidates, [each.sure for each in posteriors], LineFitter(recipe, compiled, cache), cache)
    best = _match_with_little_search(matcher, recipe)
    if best is None or any(fit is None for fit in best[1].fits):
        for layout in recipe.layouts:
            matcher.search_exactly(layout)
        best = _best_match(matcher, recipe)
    places = tuple(
        TextPlace(
            each.evidence.quad,
            each.best_path.text.strip(),
            posterior.sure,
            _is_clear(each, posterior.sure, cache),
            posterior.code,
        )
        for each, posterior in zip(candidates, posteriors)
    )
    if best is None:
        return not_found._replace(places=places)
    return _describe(recipe, compiled, best[0], best[1], len(posteriors), cache)._replace(places=places)


def _is_clear(candidate: LineCandidate, sure: bool, cache: DecodingCache) -> bool:
    """Whether every character on the best path of a sure place is likelier than ``CLEAR``."""
    likely = cache.once("likely", candidate.places, candidate.likely) if sure else []
    return bool(likely) and min(likely) >= CLEAR


def _match_with_little_search(matcher: "_LayoutMatcher", recipe: Recipe) -> Optional[Tuple[RecipeLayout, _LayoutMatch]]:
    """The best match. Places are searched, the most promising first, until none of the others could explain more."""
    count = 0
    while True:
        best = _best_match(matcher, recipe)
        if not matcher.waiting:
            return best
        whole = best is not None and all(fit is not None for fit in best[1].fits)
        if best is not None and whole and all(matcher.most(layout) <= best[1].value for layout in recipe.layouts):
            return best
        count = 2 * count + 1
        matcher.search(count)


def _best_match(matcher: "_LayoutMatcher", recipe: Recipe) -> Optional[Tuple[RecipeLayout, _LayoutMatch]]:
    """The layout that explains most; None when no line of any layout is found."""
    best: Optional[Tuple[RecipeLayout, _LayoutMatch]] = None
    for layout in recipe.layouts:
        match = matcher.match(layout)
        if any(match.fits) and (best is None or match.value > best[1].value):
            best = (layout, match)
    return best


def _describe(
    recipe: Recipe,
    compiled: CompiledRecipe,
    layout: RecipeLayout,
    match: _LayoutMatch,
    count: int,
    cache: DecodingCache,
) -> CodeDecoding:
    lines, reasons = [], []
    for line, fit in zip(layout.lines, match.fits):
        if fit is not None:
            key = (layout.name, line.name, fit.candidate.places, fit.alignment)
            found = cache.once("line", key, partial(describe_line, recipe, compiled.automaton, line, fit))
            lines.append(found._replace(sources=fit.candidate.sources))
        elif not line.optional:
            lines.append(missing_line(line))
            reasons.append("line-not-found:" + line.name)
    used = {index for line in lines for index in line.sources}
    unused = tuple(index for index in range(count) if index not in used)
    return CodeDecoding(recipe.name, layout.name, _worst_status(lines), tuple(lines), unused, tuple(reasons))


def _worst_status(lines: List[DecodedLine]) -> str:
    order = (MISMATCH, NOT_READ) + tuple(status for status in reversed(STATUSES) if status not in (MISMATCH, NOT_READ))
    return min((line.status for line in lines), key=order.index)


class _LayoutMatcher:
    """Matches the lines of layouts with the candidates of one frame."""

    def __init__(
        self, candidates: List[LineCandidate], sure: Sequence[bool], fitter: LineFitter, cache: DecodingCache
    ) -> None:
        """``sure``: for each candidate whether it may be a line by itself, and not only a segment of one."""
        self._candidates = candidates
        self._lines = [candidate for candidate, alone in zip(candidates, sure) if alone]
        self._fitter, self._cache = fitter, cache
        self._segments = find_segments(candidates) if len(candidates) > 1 else []
        self._joined: Optional[List[LineCandidate]] = None
        promising = [each for each in self._every() if fitter.promise(each) > -math.inf]
        self.waiting = sorted(promising, key=fitter.promise)  # those not yet searched, the most promising last
        self._held = {candidate.sources for candidate in self.waiting}

    def match(self, layout: RecipeLayout) -> _LayoutMatch:
        """The best match of a layout's lines with candidates, both in their order.

        Segments are joined only where there are any, and a line is missing, does not fit as it is, or is a segment.
        """
        match = self._match_in_order(layout, self._lines)
        if not self._segments or not any(self._may_gain(fit) for fit in match.fits):
            return match
        return self._match_in_order(layout, self._every())

    def _every(self) -> List[LineCandidate]:
        """All candidates, joined segments among them."""
        if self._joined is None:
            self._joined = join_segments(self._candidates, self._segments, self._cache)
        return sorted(self._lines + self._joined, key=lambda candidate: candidate.sources)

    def search(self, count: int) -> None:
        """Searches so many of the candidates that wait."""
        for _ in range(min(count, len(self.waiting))):
            self._held.remove(self.waiting.pop().sources)

    def _fit(self, candidate: LineCandidate, line: RecipeLine) -> Optional[LineFit]:
        held = candidate.sources in self._held
        return self._fitter.fit_as_it_is(candidate, line) if held else self._fitter.fit(candidate, line)

    def _most(self, candidate: LineCandidate, line: RecipeLine) -> float:
        if candidate.sources in self._held:
            return self._fitter.most(candidate, line)
        fit = self._fitter.fit(candidate, line)
        return fit.value if fit is not None else -math.inf

    def most(self, layout: RecipeLayout) -> float:
        """The most that a match of this layout can be worth, whatever the candidates that wait are."""
        count = len(self._candidates)
        best = [0.0] * (count + 1)
        for line in layout.lines:
            absent = 0.0 if line.optional else -MISSING_LINE_COST
            following = [value + absent for value in best]
            for candidate in self._every():
                offer = best[candidate.sources[0]] + self._most(candidate, line)
                for used in range(candidate.sources[-1] + 1, count + 1):
                    following[used] = max(following[used], offer)
            best = following
        return best[count]

    def _may_gain(self, fit: Optional[LineFit]) -> bool:
        """Whether joined segments may be a better line than this one: a part of a code may be a code too."""
        if fit is None or fit.cost > 0:
            return True
        return any(fit.candidate.sources[0] in row for row in self._segments)

    def search_exactly(self, layout: RecipeLayout) -> None:
        """Searches lines exactly that could be a line which was not found."""
        self._fitter.search_exactly(self._lines, layout)

    def _match_in_order(self, layout: RecipeLayout, candidates: List[LineCandidate]) -> _LayoutMatch:
        """Dynamic programme: the best match up to each line for each number of posteriors used up."""
        count = len(self._candidates)
        best = [_LayoutMatch(0.0, ())] * (count + 1)
        for line in layout.lines:
            absent = 0.0 if line.optional else -MISSING_LINE_COST
            following = [_LayoutMatch(match.value + absent, match.fits + (None,)) for match in best]
            for candidate in candidates:
                fit = self._fit(candidate, line)
                if fit is None:
                    continue
                value, fits = best[candidate.sources[0]]
                offer = _LayoutMatch(value + fit.value, fits + (fit,))
                for used in range(candidate.sources[-1] + 1, count + 1):
                    if offer.value > following[used].value:
                        following[used] = offer
            best = following
        return best[count]
