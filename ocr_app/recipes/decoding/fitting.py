"""How well a candidate fits a line of the recipe: searched when it is needed, and only once."""

import math
from typing import Dict, List, NamedTuple, Optional, Sequence, Set, Tuple, Union

import numpy as np

from ocr_app.recipes.decoding.cache import DecodingCache
from ocr_app.recipes.decoding.candidates import LineCandidate
from ocr_app.recipes.decoding.compilation import CompiledRecipe
from ocr_app.recipes.decoding.evidence import LOOKALIKE_COST, Evidence, with_lookalikes
from ocr_app.recipes.decoding.search import (
    Alignment,
    BackwardPass,
    CharacterRun,
    JunkCosts,
    best_values,
    junk_cost,
    least_losses,
    leaving_out,
    pass_tokens,
    run_backward,
    trace_best_path,
)
from ocr_app.recipes.decoding.search.token_passing import LABEL_BEAM
from ocr_app.recipes.language.recipe import Recipe, RecipeLayout, RecipeLine

MAX_EXACT_CELLS = 600000  # rows of the table times frames up to which a line is searched exactly
CHARACTER_REWARD = 4.0  # nats that explaining one more printed character is worth when layouts compete
MAX_EXACT_LINES = 3  # lines of a frame without a code that are searched exactly before it is given up
BENT_COST = 8.0  # nats that each nat of a misfit costs when layouts compete
WORST_VALUE = -10.0  # nats that a line is worth at least, but for text beside it: more than one that is missing
LEGIBLE = 0.6  # mean probability of the characters on the best path, below which a place is no line of a code
OPTIONAL_MISFIT = 0.5  # nats per character; above it, a line is not taken for one that need not be there
JUNK = JunkCosts()

Numbers = Union[float, np.ndarray]


class LineFit(NamedTuple):
    """A candidate read as a line of the recipe.

    ``cost``: lead of the unconstrained best path, in nats; ``junk``: what the text beside the code costs of it;
    ``misfit``: how little the image says that the text is printed there, in nats (``LineFitter._misfit``); ``length``:
    number of characters, not counting spaces.
    """

    candidate: LineCandidate
    alignment: Alignment
    text: str
    cost: float
    junk: float
    misfit: float
    length: int

    @property
    def value(self) -> float:
        """What it is worth to a layout, in nats."""
        return float(worth(self.length, self.misfit)) - self.junk


def worth(length: Numbers, misfit: Numbers, left_over: Numbers = 0.0) -> np.ndarray:
    """What a text of ``length`` characters is worth to a layout that costs ``misfit`` nats, in nats.

    Text that has to be bent to fit is worth less than text that is read as it is, however long it is; but never less
    than a line that is missing. ``left_over``: what the text costs at least that is left out of it.
    """
    value = CHARACTER_REWARD * length - np.maximum(BENT_COST * misfit, left_over)
    return np.asarray(np.maximum(value, WORST_VALUE))


class _Paths(NamedTuple):
    """The best path of a candidate from each root, and whether they are those of the exact search."""

    alignments: Dict[int, Alignment]
    exact: bool


class LineFitter:
    """Fits candidates to lines of a recipe, for one decoding. What costs time is found only once for each place."""

    def __init__(self, recipe: Recipe, compiled: CompiledRecipe, cache: Optional[DecodingCache] = None) -> None:
        """``cache``: what earlier decodings of the same frame have found."""
        self._recipe = recipe
        self._compiled = compiled
        self._cache = cache or DecodingCache()
        self._roots = sorted({line.root for line in recipe.lines})
        self._needed = {line.root for line in recipe.lines if not line.optional}
        most = {root: recipe.tolerances.misfit if root in self._needed else OPTIONAL_MISFIT for root in self._roots}
        self._misfits = np.repeat([most[root] for root in compiled.needs.roots], compiled.needs.counts)
        self._fits: Dict[Tuple[Tuple[int, ...], int], Optional[LineFit]] = {}
        self._backward_passes: Dict[Tuple[Tuple[int, ...], Optional[int]], BackwardPass] = {}
        self._searched_exactly: Set[Tuple[int, ...]] = set()

    def fit(self, candidate: LineCandidate, line: RecipeLine) -> Optional[LineFit]:
        """The candidate as this line; None when it is too unlike it.

        A line that need not be there is taken for it only if it is read as such almost without force. Otherwise text
        beside the code would be bent into it; what is left over is the matter of the verdict.
        """
        key = (candidate.sources, line.root)
        if key not in self._fits:
            self._fits[key] = self._find_fit(candidate, line)
        found = self._fits[key]
        if found is not None and line.optional and found.misfit > OPTIONAL_MISFIT * found.length:
            return None
        return found

    def fit_as_it_is(self, candidate: LineCandidate, line: RecipeLine) -> Optional[LineFit]:
        """The candidate as this line where that costs nothing, which no search is needed for."""
        return self.fit(candidate, line) if line.root in self._accepting_roots(candidate) else None

    def most(self, candidate: LineCandidate, line: RecipeLine) -> float:
        """The most that the candidate can be worth as this line, without a search; -inf where it cannot be."""
        if self._accepting_roots(candidate):
            fit = self.fit_as_it_is(candidate, line)
            return fit.value if fit is not None else -math.inf
        return self._bounds(candidate)[line.root]

    def promise(self, candidate: LineCandidate) -> float:
        """The most that the candidate can be worth as any line that it is not as it is; -inf where no search helps."""
        return -math.inf if self._accepting_roots(candidate) else max(self._bounds(candidate).values())

    def _bounds(self, candidate: LineCandidate) -> Dict[int, float]:
        """The most that the candidate can be worth from each root."""
        return self._cache.once("bounds", candidate.places, lambda: self._find_bounds(candidate))

    def _find_bounds(self, candidate: LineCandidate) -> Dict[int, float]:
        needs = self._compiled.needs
        if _is_illegible(candidate):
            return dict.fromkeys(self._roots, -math.inf)
        alike = with_lookalikes(candidate.evidence, self._recipe.lookalikes, 0.0)
        log_probs = alike.scores + alike.blank[:, None]
        space = alike.characters.index(" ") if " " in alike.characters else -1
        left_over = leaving_out(log_probs, alike.scores.argmax(axis=1), space, JUNK.character, BENT_COST)
        found = best_values(least_losses(log_probs, needs), left_over, needs, worth, self._misfits)
        return {root: most if root in self._needed or most > 0.0 else -math.inf for root, most in found.items()}

    def search_exactly(self, candidates: Sequence[LineCandidate], layout: RecipeLayout) -> None:
        """Searches candidates once more, exactly, that could be a line which token passing missed; a few at most."""
        for line in layout.lines:
            for candidate in candidates:
                affordable = (
                    candidate.sources in self._searched_exactly or len(self._searched_exactly) < MAX_EXACT_LINES
                )
                if affordable and self._may_be_missed(candidate, line):
                    self._searched_exactly.add(candidate.sources)
                    if self.most(candidate, line) == -math.inf:
                        continue
                    alignment = self._trace(candidate, line.root, line.root)
                    self._fits[(candidate.sources, line.root)] = self._judge(candidate, alignment)

    def _find_fit(self, candidate: LineCandidate, line: RecipeLine) -> Optional[LineFit]:
        accepting = self._accepting_roots(candidate)
        if line.root in accepting:
            return self._judge(candidate, _unconstrained(candidate))
        if accepting:
            return None
        return self._judge(candidate, self._search(candidate).get(line.root))

    def _accepting_roots(self, candidate: LineCandidate) -> List[int]:
        """The roots that allow the unconstrained best path as it is: no search can improve on it."""
        text, registry = candidate.best_path.text, self._recipe.registry
        return self._cache.once(
            "accepting", candidate.places, lambda: [root for root in self._roots if registry.accepts(root, text)]
        )

    def _search(self, candidate: LineCandidate) -> Dict[int, Alignment]:
        """The candidate's best path from each root."""
        found = self._cache.once("search", candidate.places, lambda: self._find_paths(candidate))
        if found.exact:
            self._searched_exactly.add(candidate.sources)
        return found.alignments

    def _find_paths(self, candidate: LineCandidate) -> _Paths:
        """The best paths by token passing where none can be missing, else those of the exact search if that is quick.

        A path that costs less than ``LABEL_BEAM`` in all was never near an edge of the beam.
        """
        if max(self._bounds(candidate).values()) == -math.inf:
            return _Paths({}, False)
        found = pass_tokens(candidate.evidence, self._compiled.automaton, self._roots, JUNK)
        if not found:
            return _Paths(found, False)
        best = max(found.values(), key=lambda alignment: alignment.score)
        without_touching = JUNK._replace(touching=0.0)
        cost = candidate.best_path.score - best.score - junk_cost(candidate.evidence, without_touching, best)
        hopeless = cost > self._recipe.tolerances.misfit * len(best.runs) + JUNK.touching
        if cost <= LABEL_BEAM or not self._is_exact_search_quick(candidate) or hopeless:
            return _Paths(found, False)
        alone = next(iter(found)) if len(found) == 1 else None
        exact = {root: self._trace(candidate, root, alone) for root in found}
        return _Paths({root: path for root, path in exact.items() if path is not None}, True)

    def _is_exact_search_quick(self, candidate: LineCandidate) -> bool:
        """Whether the exact search of this candidate takes milliseconds."""
        return self._compiled.layout.row_count * len(candidate.evidence.scores) <= MAX_EXACT_CELLS

    def _judge(self, candidate: LineCandidate, alignment: Optional[Alignment]) -> Optional[LineFit]:
        """The path as a fit; None when it costs more than ``misfit`` per character, not counting junk."""
        if alignment is None or not alignment.runs:
            return None
        evidence = candidate.evidence
        text = "".join(evidence.characters[label] for label in alignment.labels)
        cost, length = candidate.best_path.score - alignment.score, _length(text)
        junk = junk_cost(evidence, JUNK, alignment)
        misfit = self._misfit(evidence, alignment, cost - junk)
        if misfit > self._recipe.tolerances.misfit * length:
            return None
        return LineFit(candidate, alignment, text, cost, junk, misfit, length)

    def _misfit(self, evidence: Evidence, alignment: Alignment, cost: float) -> float:
        """How little the image says that the text is printed there, in nats: the greater of two measures.

        By how much another text is likelier (``cost``, without text beside the code), and how unlikely the characters
        are in themselves, each where it is likeliest: where nothing can be read, no text is much likelier than
        another. What lookalikes cost does not count.
        """
        likeliest, swaps = 0.0, 0
        for run in alignment.runs:
            if evidence.characters[run.label] == " ":
                continue
            labels = self._compiled.alike[run.label]
            inside = evidence.scores[run.first : run.last + 1][:, labels].max(axis=1)
            likeliest -= float((inside + evidence.blank[run.first : run.last + 1]).max())
            swaps += int(evidence.best[run.first]) != run.label and int(evidence.best[run.first]) in labels
        return max(cost - LOOKALIKE_COST * swaps, likeliest, 0.0)

    def _trace(self, candidate: LineCandidate, root: int, alone: Optional[int]) -> Optional[Alignment]:
        """The best path from a root by the exact search. ``alone``: as in ``_backward``."""
        return self._cache.once(
            "trace", (candidate.places, root), lambda: trace_best_path(self._backward(candidate, alone), root)
        )

    def _backward(self, candidate: LineCandidate, root: Optional[int]) -> BackwardPass:
        """The backward pass that has the futures of a root; None for all roots at once, which takes longer.

        It is kept for this decoding alone, as it takes megabytes.
        """
        every, key = (candidate.sources, None), (candidate.sources, root)
        if every in self._backward_passes:
            return self._backward_passes[every]
        if key not in self._backward_passes:
            layout = self._compiled.layout if root is None else self._compiled.layouts[root]
            self._backward_passes[key] = run_backward(candidate.evidence, layout, JUNK)
        return self._backward_passes[key]

    def _may_be_missed(self, candidate: LineCandidate, line: RecipeLine) -> bool:
        """Whether a candidate that fits no line has about the length of this one."""
        low, high = self._compiled.lengths[line.root]
        alike = low * 0.7 <= _length(candidate.best_path.text) <= high * 1.2
        if not alike or not self._is_exact_search_quick(candidate):
            return False
        return not self._accepting_roots(candidate) and self.fit(candidate, line) is None


def _unconstrained(candidate: LineCandidate) -> Alignment:
    """The unconstrained best path."""
    path = candidate.best_path
    runs = tuple(CharacterRun(*run) for run in zip(path.labels, path.first, path.last))
    return Alignment(path.score, runs, 0, len(candidate.evidence.scores))


def _is_illegible(candidate: LineCandidate) -> bool:
    """Whether the characters on the best path are hardly likely: such a place is no line of a code."""
    likely = candidate.likely()
    return not likely or sum(likely) < LEGIBLE * len(likely)


def _length(text: str) -> int:
    return len(text) - text.count(" ")
