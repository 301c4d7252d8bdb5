"""Decoding a frame under a recipe: which of its lines are the code, what they say, and how sure that is."""

from typing import Dict, List, NamedTuple, Optional, Sequence, Tuple

import numpy as np

from ocr_app.core.errors import RecipeError, UsageError
from ocr_app.core.types import LinePosterior
from ocr_app.recipes.automata import state_layout
from ocr_app.recipes.decoding import beam, ctc_search
from ocr_app.recipes.decoding.ctc_search import Junk, Path
from ocr_app.recipes.decoding.description import described, missing
from ocr_app.recipes.decoding.evidence import Evidence, Greedy, evidence, greedy, joined, with_lookalikes
from ocr_app.recipes.decoding.result import MISMATCH, NOT_READ, STATUSES, CodeDecoding, DecodedLine
from ocr_app.recipes.language.recipe import Recipe, RecipeLayout, RecipeLine

REWARD = 4.0  # nats that explaining one more printed character is worth when layouts compete
MISSING = 12.0  # nats that a line costs which the layout has and the frame does not
SAME_ROW = 0.5  # two pieces share a row when their centres differ by less than this share of the lower height
MOST_PIECES = 3  # pieces that one printed line may have been cut into
MOST_CELLS = 600000  # rows of the table times frames up to which a line is searched exactly where the beam is unsure
MOST_EXACT = 3  # lines of a frame without a code that are searched exactly before it is given up
JUNK = Junk()


class Candidate(NamedTuple):
    """A line of the frame, or pieces of one row side by side: indices of the posteriors, what they hold, plain text."""

    taken: Tuple[int, ...]
    line: Evidence
    plain: Greedy


class Fit(NamedTuple):
    """A candidate read as a line of the recipe; ``cost``: what the plain reading leads by; ``signs``: characters."""

    candidate: Candidate
    path: Path
    text: str
    cost: float
    signs: int


def decode(posteriors: Sequence[LinePosterior], recipe: Recipe) -> CodeDecoding:
    """Read a frame's lines, in reading order, as a code of this recipe.

    The lines of the layout that explains most are matched with those of the frame in their order, each with one line
    or with up to three pieces of one row; text beside the code on its line is junk, which costs. Raises UsageError
    when the posteriors differ in their characters, RecipeError when the recipe needs characters that they lack.
    """
    frame = _Frame(posteriors, recipe)
    best = _best(frame, recipe)
    if posteriors and (best is None or any(fit is None for fit in best[2])):
        for layout in recipe.layouts:
            frame.search_all(layout)
        best = _best(frame, recipe)
    if best is None:
        return CodeDecoding(recipe.name, "", NOT_READ, (), tuple(range(len(posteriors))), ("code-not-found",))
    return _result(recipe, best[1], best[2], len(posteriors))


def _best(frame: "_Frame", recipe: Recipe) -> Optional[Tuple[float, RecipeLayout, Tuple[Optional[Fit], ...]]]:
    """The layout that explains most, with its lines' fits; None when no line of any layout is found."""
    best: Optional[Tuple[float, RecipeLayout, Tuple[Optional[Fit], ...]]] = None
    for layout in recipe.layouts:
        value, fits = frame.assign(layout)
        if any(fits) and (best is None or value > best[0]):
            best = (value, layout, fits)
    return best


def _result(recipe: Recipe, layout: RecipeLayout, fits: Tuple[Optional[Fit], ...], count: int) -> CodeDecoding:
    lines, reasons = [], []
    arcs = bound(recipe, next(fit for fit in fits if fit).candidate.line.characters).arcs
    for line, fit in zip(layout.lines, fits):
        if fit is None:
            if not line.optional:
                lines.append(missing(line))
                reasons.append("line-not-found:" + line.name)
            continue
        lines.append(described(recipe, arcs, line, fit.candidate.line, fit.path, fit.text, fit.candidate.taken))
    used = {index for line in lines for index in line.taken}
    others = tuple(index for index in range(count) if index not in used)
    return CodeDecoding(recipe.name, layout.name, _worst(lines), tuple(lines), others, tuple(reasons))


def _worst(lines: List[DecodedLine]) -> str:
    order = (MISMATCH, NOT_READ) + tuple(status for status in reversed(STATUSES) if status not in (MISMATCH, NOT_READ))
    return min((line.status for line in lines), key=order.index)


class _Frame:
    """The lines of one frame, scored under the recipe's lines when that is needed, and only then."""

    def __init__(self, posteriors: Sequence[LinePosterior], recipe: Recipe) -> None:
        self.recipe = recipe
        lines = [with_lookalikes(evidence(posterior), recipe.lookalikes) for posterior in posteriors]
        if len({line.characters for line in lines}) > 1:
            raise UsageError("the lines of a frame have different characters", "posteriors of one recogniser")
        self.candidates = [Candidate((i,), line, greedy(line)) for i, line in enumerate(lines)]
        self.bound = bound(recipe, lines[0].characters) if lines else None
        self._passes: Dict[Tuple[int, ...], ctc_search.BackwardPass] = {}
        self._paths: Dict[Tuple[int, ...], Dict[int, Path]] = {}
        self._fits: Dict[Tuple[Tuple[int, ...], int], Optional[Fit]] = {}
        self._accepted = {c.taken: self._roots(c) for c in self.candidates}
        self.rows = _rows(lines)

    def _roots(self, candidate: Candidate) -> Tuple[int, ...]:
        """Lines of the recipe that allow the plain reading as it is: no search can better it."""
        roots = {line.root for line in self.recipe.lines}
        return tuple(root for root in roots if self.recipe.registry.accepts(root, candidate.plain.text))

    def assign(self, layout: RecipeLayout) -> Tuple[float, Tuple[Optional[Fit], ...]]:
        """The best match of a layout's lines with candidates, both in their order, and its value."""
        value, fits = self._ordered(layout, self.candidates)
        pieces = self._pieces() if any(_poor(fit) for fit in fits) else []
        if pieces:
            every = sorted(self.candidates + pieces, key=lambda candidate: candidate.taken)
            value, fits = self._ordered(layout, every)
        return value, fits

    def _ordered(self, layout: RecipeLayout, candidates: List[Candidate]) -> Tuple[float, Tuple[Optional[Fit], ...]]:
        """Dynamic programme: best value after each line for each number of posteriors used up."""
        count = len(self.candidates)
        best: List[Tuple[float, Tuple[Optional[Fit], ...]]] = [(0.0, ())] * (count + 1)
        for line in layout.lines:
            absent = 0.0 if line.optional else -MISSING
            following = [(value + absent, fits + (None,)) for value, fits in best]
            for candidate in candidates:
                fit = self.fit(candidate, line)
                if fit is None:
                    continue
                value, fits = best[candidate.taken[0]]
                offer = (value + REWARD * fit.signs - fit.cost, fits + (fit,))
                for used in range(candidate.taken[-1] + 1, count + 1):
                    if offer[0] > following[used][0]:
                        following[used] = offer
            best = following
        return best[count]

    def fit(self, candidate: Candidate, line: RecipeLine) -> Optional[Fit]:
        """The candidate as this line; None when it is too unlike it."""
        key = (candidate.taken, line.root)
        if key not in self._fits:
            self._fits[key] = self._fitted(candidate, line)
        return self._fits[key]

    def _fitted(self, candidate: Candidate, line: RecipeLine) -> Optional[Fit]:
        accepted = self._accepted.get(candidate.taken, ())
        if line.root in accepted:
            plain = candidate.plain
            runs = tuple(ctc_search.CharacterRun(*run) for run in zip(plain.classes, plain.first, plain.last))
            path = Path(plain.score, runs, 0, len(candidate.line.scores))
            return Fit(candidate, path, plain.text, 0.0, _signs(plain.text))
        if accepted:
            return None
        return self._judged(candidate, self._searched(candidate).get(line.root))

    def _searched(self, candidate: Candidate) -> Dict[int, Path]:
        """The candidate's best path from the start of each line of the recipe."""
        assert self.bound is not None
        if candidate.taken not in self._paths:
            roots = sorted({line.root for line in self.recipe.lines})
            self._paths[candidate.taken] = self._sure(
                candidate, beam.best_paths(candidate.line, self.bound.arcs, roots, JUNK)
            )
        return self._paths[candidate.taken]

    def _sure(self, candidate: Candidate, paths: Dict[int, Path]) -> Dict[int, Path]:
        """The same paths where no better one can have been left out, else those of the exact search if that is quick.

        A path that costs less than ``beam.REACH`` all in all was never near an edge of the beam.
        """
        assert self.bound is not None
        if not paths:
            return paths
        best = max(paths.values(), key=lambda path: path.score)
        cost = candidate.plain.score - best.score - ctc_search.junk_cost(candidate.line, JUNK._replace(glued=0.0), best)
        signs = len(best.runs)
        if (
            cost <= beam.REACH
            or not self._affordable(candidate)
            or cost > self.recipe.tolerances.misfit * signs + JUNK.glued
        ):
            return paths
        found = self._backward(candidate)
        exact = {root: ctc_search.trace(found, root) for root in paths}
        return {root: path for root, path in exact.items() if path is not None}

    def _affordable(self, candidate: Candidate) -> bool:
        """Whether the exact search of this line takes milliseconds."""
        assert self.bound is not None
        return self.bound.layout.rows * len(candidate.line.scores) <= MOST_CELLS

    def _judged(self, candidate: Candidate, path: Optional[Path]) -> Optional[Fit]:
        """The path as a fit; None when it costs more than the recipe's ``misfit`` a character, junk not counted."""
        if path is None or not path.runs:
            return None
        text = "".join(candidate.line.characters[run.sign] for run in path.runs)
        cost, signs = candidate.plain.score - path.score, _signs(text)
        if cost - ctc_search.junk_cost(candidate.line, JUNK, path) > self.recipe.tolerances.misfit * signs:
            return None
        return Fit(candidate, path, text, cost, signs)

    def search_all(self, layout: RecipeLayout) -> None:
        """Reads candidates that could be a line which the beam did not find once more, exactly; a few at most."""
        for line in layout.lines:
            for candidate in self.candidates:
                known = candidate.taken in self._passes or len(self._passes) < MOST_EXACT
                if known and self._worth_more(candidate, line):
                    found = self._backward(candidate)
                    self._fits[(candidate.taken, line.root)] = self._judged(
                        candidate, ctc_search.trace(found, line.root)
                    )

    def _backward(self, candidate: Candidate) -> ctc_search.BackwardPass:
        assert self.bound is not None
        if candidate.taken not in self._passes:
            self._passes[candidate.taken] = ctc_search.backward(candidate.line, self.bound.layout, JUNK)
        return self._passes[candidate.taken]

    def _worth_more(self, candidate: Candidate, line: RecipeLine) -> bool:
        """Whether a candidate that no line fits has about the length of this one."""
        assert self.bound is not None
        low, high = self.bound.lengths[line.root]
        likely = low * 0.7 <= _signs(candidate.plain.text) <= high * 1.2 and self._affordable(candidate)
        return likely and not self._accepted[candidate.taken] and self.fit(candidate, line) is None

    def _pieces(self) -> List[Candidate]:
        made = []
        for row in self.rows:
            for size in range(2, MOST_PIECES + 1):
                for at in range(len(row) - size + 1):
                    taken = tuple(row[at : at + size])
                    if taken == tuple(range(taken[0], taken[0] + size)):
                        line = joined([self.candidates[i].line for i in taken])
                        made.append(Candidate(taken, line, greedy(line)))
        for candidate in made:
            if candidate.taken not in self._accepted:
                self._accepted[candidate.taken] = self._roots(candidate)
        return made


def _poor(fit: Optional[Fit]) -> bool:
    return fit is None or fit.cost > 0


def _signs(text: str) -> int:
    return len(text) - text.count(" ")


class Bound(NamedTuple):
    """A recipe made ready for one charset; ``lengths``: fewest and most characters of a line, spaces not counted."""

    layout: state_layout.StateLayout
    arcs: beam.Arcs
    lengths: Dict[int, Tuple[int, int]]


def bound(recipe: Recipe, characters: Tuple[str, ...]) -> Bound:
    """The recipe's automaton for a charset, made once. Raises RecipeError when a line cannot be said with it."""
    if characters not in recipe.cache:
        roots = [line.root for line in recipe.lines]
        layout = state_layout.lay_out(recipe.registry, roots, characters)
        for line in recipe.lines:
            if line.root not in layout.place:
                found = "{}: {} needs characters that this recogniser does not know".format(recipe.file, line.name)
                raise RecipeError(found, "".join(characters), "change the recipe or take another reader")
        arcs = beam.by_class(recipe.registry, characters)
        recipe.cache[characters] = Bound(layout, arcs, recipe.registry.lengths(roots))
    return recipe.cache[characters]  # type: ignore[return-value]


def _rows(lines: List[Evidence]) -> List[List[int]]:
    """Runs of neighbours in reading order that stand side by side on one row."""
    rows: List[List[int]] = []
    for index, line in enumerate(lines):
        if rows and _beside(lines[rows[-1][-1]].quad, line.quad):
            rows[-1].append(index)
        else:
            rows.append([index])
    return rows


def _beside(left: np.ndarray, right: np.ndarray) -> bool:
    """Whether ``right`` goes on where ``left`` ends: on its axis, and behind it."""
    along = left[1] - left[0] + left[2] - left[3]
    length = float(np.hypot(along[0], along[1]))
    if length <= 0:
        return False
    along = along / length
    between = right.mean(axis=0) - left.mean(axis=0)
    height = min(
        float(np.linalg.norm(quad[3] - quad[0]) + np.linalg.norm(quad[2] - quad[1])) / 2 for quad in (left, right)
    )
    across = abs(float(between[0] * along[1] - between[1] * along[0]))
    return across < SAME_ROW * height and float(between @ along) > 0
