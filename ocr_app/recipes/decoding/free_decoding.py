"""Reading a line without a recipe: the likeliest text when the likelihood is weighed against what codes look like.

Likelihoods are of the image alone. What a recipe's decoding calls the plain reading, and ``verify`` compares with, is
the best path without any of this (``greedy``), so that no clearly printed wrong character is explained away there.
"""

from typing import List, Sequence, Tuple

from ocr_app.core.types import LinePosterior
from ocr_app.recipes.decoding import pieces
from ocr_app.recipes.decoding.ctc_search import CharacterRun
from ocr_app.recipes.decoding.evidence import Evidence, Greedy, evidence, folding, greedy
from ocr_app.recipes.decoding.generic_grammar import grammar
from ocr_app.recipes.decoding.prior import STRENGTH, settled
from ocr_app.recipes.decoding.result import CONFUSED, READ, DecodedChar, DecodedLine
from ocr_app.recipes.decoding.scoring import best_runs, log_probability, nearest

DOUBT = 2.0  # nats: a character that leads by less is "confused"


def prepare(characters: Tuple[str, ...]) -> None:
    """Makes what ``free`` needs for a recogniser's characters, so that the first line does not wait for it."""
    grammar(folding(characters)[0])


def free(posterior: LinePosterior) -> DecodedLine:
    """The line read without a recipe: dates, times and keywords where they are missed by little, else the best path.

    A character that leads by ``lattice.LIMIT`` nats or more is never changed. ``free`` of the result is the plain best
    path, ``contradiction`` what that leads by, ``extra`` what it has in between. A line that the grammar changed is
    "confused". Raises UsageError for arrays that are no posterior.
    """
    held = evidence(posterior)
    plain = greedy(held)
    runs = [CharacterRun(*run) for run in zip(plain.classes, plain.first, plain.last)]
    values = best_runs(held.scores, runs, 0, len(held.scores))
    found = pieces.best(held, plain, values)
    fixed: Sequence[bool] = found.fixed if found is not None else [False] * len(runs)
    changed = found is not None and found.worth > 0
    if found is not None and changed:
        changed = _loss(held, plain.classes, [run.sign for run in found.runs]) < found.worth
        runs, fixed = (list(found.runs), fixed) if changed else (runs, [False] * len(runs))
        values = best_runs(held.scores, runs, 0, len(held.scores)) if changed else values
    before = [run.sign for run in runs]
    rivals = nearest(values, before, 3)
    classes = settled(held, before, rivals, fixed)
    if classes != before and not _affordable(held, before, classes):
        classes = before
    if classes != before:
        rivals = nearest(values, classes, 3)
    chars = tuple(_char(held, sign, own, run) for sign, own, run in zip(classes, rivals, runs))
    return _line(held, plain, chars, classes, _extra(held, plain, runs) if changed else (), changed)


def _line(
    held: Evidence,
    plain: Greedy,
    chars: Tuple[DecodedChar, ...],
    classes: Sequence[int],
    extra: Tuple[Tuple[str, float], ...],
    changed: bool,
) -> DecodedLine:
    gaps = [char.gap for char in chars if char.sign != " "]
    doubtful = changed or any(char.status == CONFUSED for char in chars)
    score = log_probability(held.scores, classes) + float(held.blank.sum())
    contradiction = sum(max(0.0, -char.free_gap) for char in chars) + sum(value for _, value in extra)
    text = "".join(char.sign for char in chars)
    return DecodedLine(
        "", text, CONFUSED if doubtful else READ, chars, (), score, min(gaps + [float("inf")]), contradiction, (),
        held.quad, ("", ""), plain.text, extra,
    )  # fmt: skip


def _loss(held: Evidence, before: Sequence[int], classes: Sequence[int]) -> float:
    """What a text costs in log likelihood against another, both summed over all alignments."""
    return log_probability(held.scores, before) - log_probability(held.scores, classes)


def _affordable(held: Evidence, before: Sequence[int], classes: Sequence[int]) -> bool:
    """Whether close calls were as close as they looked: equal neighbours need a blank between them, which may cost."""
    changed = sum(own != other for own, other in zip(before, classes))
    return _loss(held, before, classes) < STRENGTH * changed


def _extra(held: Evidence, plain: Greedy, runs: Sequence[CharacterRun]) -> Tuple[Tuple[str, float], ...]:
    """Characters of the plain reading in whose frames the text has none, with how far each leads over nothing."""
    found = []
    for sign, first, last in zip(plain.classes, plain.first, plain.last):
        if held.characters[sign] != " " and not any(run.first <= last and first <= run.last for run in runs):
            found.append((held.characters[sign], float(held.scores[first : last + 1, sign].sum())))
    return tuple(found)


def _char(held: Evidence, sign: int, rivals: List[Tuple[int, float]], run: CharacterRun) -> DecodedChar:
    names = held.characters
    gap = min([trail for k, trail in rivals if names[k] != " "] + [float("inf")])
    alternatives = tuple((names[k], round(trail, 3)) for k, trail in rivals)
    status = CONFUSED if gap < DOUBT and names[sign] != " " else READ
    return DecodedChar(names[sign], status, gap, gap, alternatives, alternatives, (run.first, run.last))
