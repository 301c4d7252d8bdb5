"""From a best path to a decoded line: gaps, alternatives, statuses, fields."""

from typing import Dict, List, Sequence, Tuple

import numpy as np

from ocr_app.recipes.decoding import beam, ctc_search
from ocr_app.recipes.decoding.ctc_search import Path
from ocr_app.recipes.decoding.evidence import BLANK, Evidence, Greedy, greedy
from ocr_app.recipes.decoding.result import CONFUSED, MISMATCH, NOT_READ, READ, DecodedChar, DecodedLine
from ocr_app.recipes.decoding.scoring import best_runs, log_probability, nearest
from ocr_app.recipes.language.fields import split
from ocr_app.recipes.language.recipe import Recipe, RecipeLine

ALTERNATIVES = 3  # that are reported for each character
_SURE = 6.0  # nats: where every character leads by more, no text that differs in several places can come nearer
_EMPTY = np.zeros((4, 2), np.float32)


def missing(line: RecipeLine) -> DecodedLine:
    """A line that was not found."""
    return DecodedLine(line.name, "", NOT_READ, (), (), -np.inf, 0.0, 0.0, (), _EMPTY, ("", ""), "")


def described(
    recipe: Recipe,
    arcs: beam.Arcs,
    line: RecipeLine,
    held: Evidence,
    path: Path,
    text: str,
    taken: Tuple[int, ...],
) -> DecodedLine:
    """The decoded line of a path that spells ``text``."""
    plain = greedy(held)
    values = best_runs(held.scores, path.runs, path.start, path.stop)
    allowed = _allowed(recipe, line, held, text, values)
    rivals = nearest(values, [run.sign for run in path.runs], ALTERNATIVES)
    chars = tuple(_char(recipe, held, *found) for found in zip(path.runs, rivals, allowed))
    extra = _extra(held, plain, path)
    gaps = [char.gap for char in chars if char.sign != " "]
    margin = min(gaps + [np.inf])
    if any(char.free_gap < _SURE for char in chars if char.sign != " "):
        margin = _lead(arcs, line, held, path, margin)
    inside = held.scores[path.start : path.stop]
    score = log_probability(inside, [run.sign for run in path.runs])
    score += float(held.blank[path.start : path.stop].sum())
    contradiction = sum(max(0.0, -char.free_gap) for char in chars if char.sign != " ")
    contradiction += sum(value for _, value in extra)
    status = _status(chars, extra, recipe.tolerances.contradiction)
    status = CONFUSED if status == READ and not margin >= recipe.tolerances.gap else status
    junk = (_junk(held, plain, 0, path.start), _junk(held, plain, path.stop, len(held.scores)))
    return DecodedLine(
        line.name, text, status, chars, split(line, text), score, float(margin), contradiction, taken, held.quad,
        junk, plain.text, extra,
    )  # fmt: skip


def _lead(arcs: beam.Arcs, line: RecipeLine, held: Evidence, path: Path, most: float) -> float:
    """How far the path leads over the best path of any other text that the recipe allows on the same frames.

    Leads above ``most`` are of no interest: then ``most`` is returned. A rival that trails by less is never further
    behind the plain reading than that and the path's own cost together, which is how far the beam looks.
    """
    part = held._replace(scores=held.scores[path.start : path.stop], best=held.best[path.start : path.stop])
    own = [run.sign for run in path.runs]
    score = sum(float(held.scores[run.first : run.last + 1, run.sign].sum()) for run in path.runs)
    cost = float(np.maximum(part.scores.max(axis=1), 0.0).sum()) - score
    limit = min(beam.BEAM, cost + most + 1e-6)
    rival = beam.best_paths(part, arcs, [line.root], None, own, limit, min(limit, beam.REACH)).get(line.root)
    return min(most, score - rival.score) if rival is not None else min(most, beam.BEAM)


def _status(chars: Sequence[DecodedChar], extra: Sequence[Tuple[str, float]], limit: float) -> str:
    found = {char.status for char in chars}
    if MISMATCH in found or any(value >= limit for _, value in extra):
        return MISMATCH
    return NOT_READ if NOT_READ in found else CONFUSED if CONFUSED in found else READ


def _char(
    recipe: Recipe,
    held: Evidence,
    run: ctc_search.CharacterRun,
    free: List[Tuple[int, float]],
    allowed: List[Tuple[int, float]],
) -> DecodedChar:
    names = held.characters
    sign = names[run.sign]
    gap = allowed[0][1] if allowed else float("inf")
    rivals = [(k, trail) for k, trail in free if names[k] != " "]
    free_gap = rivals[0][1] if rivals else float("inf")
    status = _char_status(sign, gap, rivals[0] if rivals else (BLANK, np.inf), recipe)
    alternatives = tuple((names[k], round(trail, 3)) for k, trail in free)
    permitted = tuple((names[k], round(trail, 3)) for k, trail in allowed[:ALTERNATIVES])
    return DecodedChar(sign, status, gap, free_gap, alternatives, permitted, (run.first, run.last))


def _char_status(sign: str, gap: float, rival: Tuple[int, float], recipe: Recipe) -> str:
    """``rival``: the nearest other reading: its class (the blank: nothing) and how far it trails."""
    if sign == " ":
        return READ
    if -rival[1] >= recipe.tolerances.contradiction:
        return NOT_READ if rival[0] == BLANK else MISMATCH
    return CONFUSED if gap < recipe.tolerances.gap else READ


def _allowed(
    recipe: Recipe, line: RecipeLine, held: Evidence, text: str, values: np.ndarray
) -> List[List[Tuple[int, float]]]:
    """For each character the classes that the recipe allows in its place, with how far they trail, nearest first."""
    registry = recipe.registry
    states = [line.root]
    for sign in text:
        states.append(registry.arcs[states[-1]][sign])
    numbers = _numbers(held.characters)
    found = []
    for place, sign in enumerate(text):
        row, own = values[place], values[place, numbers[sign]]
        options = []
        for other, target in registry.arcs[states[place]].items():
            if other in (sign, " ") or other not in numbers:
                continue
            if target == states[place + 1] or registry.accepts(target, text[place + 1 :]):
                options.append((float(own - row[numbers[other]]), numbers[other]))
        if registry.accepts(states[place], text[place + 1 :]):
            options.append((float(own), BLANK))
        found.append([(number, trail) for trail, number in sorted(options)])
    return found


_NUMBERS: Dict[Tuple[str, ...], Dict[str, int]] = {}


def _numbers(characters: Tuple[str, ...]) -> Dict[str, int]:
    if characters not in _NUMBERS:
        _NUMBERS[characters] = {sign: number for number, sign in enumerate(characters) if number}
    return _NUMBERS[characters]


def _extra(held: Evidence, plain: Greedy, path: Path) -> Tuple[Tuple[str, float], ...]:
    """Characters of the plain reading that stand between those of the path, with how far each leads over nothing."""
    found = []
    at = 0
    for sign, first, last in zip(plain.classes, plain.first, plain.last):
        if held.characters[sign] == " " or first < path.start or last >= path.stop:
            continue
        while at < len(path.runs) and path.runs[at].last < first:
            at += 1
        if at == len(path.runs) or path.runs[at].first > last:
            found.append((held.characters[sign], float(held.scores[first : last + 1, sign].sum())))
    return tuple(found)


def _junk(held: Evidence, plain: Greedy, start: int, stop: int) -> str:
    signs = [held.characters[k] for k, first in zip(plain.classes, plain.first) if start <= first < stop]
    return "".join(signs).strip()
