"""From an alignment to a decoded line: gaps, alternatives, statuses, fields."""

from functools import lru_cache, partial
from typing import List, NamedTuple, Sequence, Tuple

import numpy as np

from ocr_app.recipes.decoding.evidence import BLANK, BestPath, Evidence
from ocr_app.recipes.decoding.fitting import LineFit
from ocr_app.recipes.decoding.result import CONFUSED, MISMATCH, NOT_READ, READ, DecodedChar, DecodedLine, Ranked
from ocr_app.recipes.decoding.scoring import forward_score, rank_rivals, score_substitutions
from ocr_app.recipes.decoding.search import Alignment, CharacterRun, LabelAutomaton, find_runner_up
from ocr_app.recipes.decoding.search.token_passing import BEAM
from ocr_app.recipes.language.fields import split_fields
from ocr_app.recipes.language.meaning import blanks_may_decide, mean_the_same, other_spellings
from ocr_app.recipes.language.recipe import Recipe, RecipeLine, Tolerances

ALTERNATIVES = 3  # reported for each character
_SURE = 6.0  # nats: where every character leads by more, no text that differs in several places can come nearer
MAX_SPELLINGS = 64  # texts of one meaning that are set aside; where more come near, the next one counts as a rival
_ROUNDING = 1e-6  # nats: sums over the same frames in another order differ by less
_NO_QUAD = np.zeros((4, 2), np.float32)

_RankedLabel = Tuple[int, float]
"""A label and how far it trails."""


def missing_line(line: RecipeLine) -> DecodedLine:
    """A line that was not found."""
    return DecodedLine(line.name, "", NOT_READ, (), (), -np.inf, 0.0, 0.0, (), _NO_QUAD, ("", ""), "")


def describe_line(recipe: Recipe, automaton: LabelAutomaton, line: RecipeLine, fit: LineFit) -> DecodedLine:
    """The decoded line of a fit."""
    evidence, best_path, path = fit.candidate.evidence, fit.candidate.best_path, fit.alignment
    substitutions = score_substitutions(evidence.scores, path.runs, path.start, path.stop)
    allowed = _without_same_meaning(
        recipe,
        line,
        fit.text,
        evidence.characters,
        _allowed_rivals(automaton, line.root, evidence, path.labels, substitutions),
    )
    rivals = rank_rivals(substitutions, path.labels, ALTERNATIVES)
    chars = tuple(_describe_char(evidence, recipe.tolerances, *each) for each in zip(path.runs, rivals, allowed))
    extra = _extra_characters(evidence, best_path, path)
    rival = _find_rival(recipe, automaton, line, fit, chars)
    return DecodedLine(
        name=line.name,
        text=fit.text,
        status=_line_status(chars, extra, rival.margin, recipe.tolerances),
        chars=chars,
        fields=split_fields(line, fit.text),
        score=partial(_line_score, evidence, path),
        margin=rival.margin,
        rival=rival.text,
        contradiction=_contradiction(chars, extra),
        sources=fit.candidate.sources,
        quad=evidence.quad,
        junk=(
            _junk_text(evidence, best_path, 0, path.start),
            _junk_text(evidence, best_path, path.stop, len(evidence.scores)),
        ),
        best_path=best_path.text,
        extra=extra,
    )


def _line_score(evidence: Evidence, path: Alignment) -> float:
    inside = slice(path.start, path.stop)
    return forward_score(evidence.scores[inside], path.labels) + float(evidence.blank[inside].sum())


def _contradiction(chars: Sequence[DecodedChar], extra: Ranked) -> float:
    overruled = sum(max(0.0, -char.free_gap) for char in chars if char.character != " ")
    return overruled + sum(score for _, score in extra)


class _Rival(NamedTuple):
    """The nearest text that means something else, and how far it trails; "" where none was looked for or found."""

    text: str
    margin: float


def _find_rival(
    recipe: Recipe,
    automaton: LabelAutomaton,
    line: RecipeLine,
    fit: LineFit,
    chars: Sequence[DecodedChar],
) -> _Rival:
    """The lead over any text of another meaning: the smallest gap, or the lead over one that differs in more places."""
    printed = [char for char in chars if char.character != " "]
    smallest = float(min([char.gap for char in printed] + [np.inf]))
    if any(_is_near_another(char) for char in chars) or blanks_may_decide(recipe, line):
        return _lead_over_other_texts(recipe, automaton, line, fit, smallest)
    return _Rival("", smallest)


def _is_near_another(char: DecodedChar) -> bool:
    """Whether something else comes near in this place; a blank that may be missing counts only where blanks decide."""
    if char.character != " " and char.free_gap < _SURE:
        return True
    return any(trail < _SURE for other, trail in char.alternatives if other != "" or char.character != " ")


def _lead_over_other_texts(
    recipe: Recipe, automaton: LabelAutomaton, line: RecipeLine, fit: LineFit, most: float
) -> _Rival:
    """The lead over the best path of any other text on the same frames that the recipe allows, and that means another.

    Leads above ``most`` are not needed, nor above ``BEAM``: then the smaller of these is returned. A rival that trails
    by less loses no more against the unconstrained best path than that and the path's own cost together.
    """
    evidence, path = fit.candidate.evidence, fit.alignment
    most = min(most, BEAM)
    scores = evidence.scores[path.start : path.stop]
    score = sum(float(evidence.scores[run.first : run.last + 1, run.label].sum()) for run in path.runs)
    cost = float(np.maximum(scores.max(axis=1), 0.0).sum()) - score
    limit = max(0.0, cost + most) + _ROUNDING
    same = [tuple(path.labels)]
    while True:
        found = find_runner_up(scores, automaton, line.root, same, limit)
        if found is None:
            return _Rival("", most)
        text = "".join(evidence.characters[label] for label in found.labels)
        if len(same) > MAX_SPELLINGS or not mean_the_same(recipe, line, fit.text, text):
            return _Rival(text, min(most, found.loss - cost)) if found.loss - cost < most else _Rival("", most)
        same += [each for each in _spellings(recipe, line, evidence, text) if each not in same]


def _spellings(recipe: Recipe, line: RecipeLine, evidence: Evidence, text: str) -> List[Tuple[int, ...]]:
    """The labels of the text, and of the same characters with other spaces where they mean the same."""
    labels = {character: label for label, character in enumerate(evidence.characters)}
    texts = [text] + other_spellings(recipe, line, text, MAX_SPELLINGS)
    return [tuple(labels[c] for c in each) for each in texts if all(c in labels for c in each)]


def _without_same_meaning(
    recipe: Recipe, line: RecipeLine, text: str, characters: Sequence[str], allowed: List[List[_RankedLabel]]
) -> List[List[_RankedLabel]]:
    """The labels that the recipe allows in each place, without near ones that do not change what the line means."""
    near = max(_SURE, recipe.tolerances.gap)
    for at, rivals in enumerate(allowed):
        while rivals and rivals[0][1] < near:
            other = text[:at] + characters[rivals[0][0]] + text[at + 1 :]
            if not mean_the_same(recipe, line, text, other):
                break
            del rivals[0]
    return allowed


def _line_status(chars: Sequence[DecodedChar], extra: Ranked, margin: float, tolerances: Tolerances) -> str:
    found = {char.status for char in chars}
    if MISMATCH in found or any(score >= tolerances.contradiction for _, score in extra):
        return MISMATCH
    if NOT_READ in found:
        return NOT_READ
    return READ if CONFUSED not in found and margin >= tolerances.gap else CONFUSED


def _describe_char(
    evidence: Evidence,
    tolerances: Tolerances,
    run: CharacterRun,
    rivals: List[_RankedLabel],
    allowed: List[_RankedLabel],
) -> DecodedChar:
    """``rivals``: the nearest labels without the recipe; ``allowed``: those that the recipe allows."""
    characters = evidence.characters
    character = characters[run.label]
    gap = allowed[0][1] if allowed else float("inf")
    nearest = next((rival for rival in rivals if characters[rival[0]] != " "), (BLANK, float("inf")))
    overruled = _overruled_lead(evidence, run) >= tolerances.contradiction
    status = MISMATCH if overruled else _char_status(character, gap, nearest, tolerances)
    named = tuple([(characters[label], trail) for label, trail in rivals])
    possible = tuple([(characters[label], trail) for label, trail in allowed[:ALTERNATIVES]])
    return DecodedChar(character, status, gap, nearest[1], named, possible, (run.first, run.last))


def _overruled_lead(evidence: Evidence, run: CharacterRun) -> float:
    """By how much a printed character leads a blank of the text in its own frames, or a printed blank a character.

    Blanks do not count where they stand beside a character, as their width is a matter of judgement; in its place they
    do: ``14 06 2021`` is not ``14.06.2021``, and ``L7123`` is not ``L 123``.
    """
    space = _space_of(evidence.characters)
    if space < 0:
        return 0.0
    sums = evidence.scores[run.first : run.last + 1].sum(axis=0)
    if run.label != space:
        return float(sums[space] - sums[run.label])
    sums[BLANK] = sums[space]
    return float(sums.max() - sums[space])


def _char_status(character: str, gap: float, rival: _RankedLabel, tolerances: Tolerances) -> str:
    """``rival``: the nearest other reading without the recipe (the blank: no character)."""
    if character == " ":
        return READ
    label, trail = rival
    if -trail >= tolerances.contradiction:
        return NOT_READ if label == BLANK else MISMATCH
    return CONFUSED if gap < tolerances.gap else READ


def _allowed_rivals(
    automaton: LabelAutomaton, root: int, evidence: Evidence, labels: Sequence[int], substitutions: np.ndarray
) -> List[List[_RankedLabel]]:
    """For each character the labels that the recipe allows in its place, nearest first."""
    states = [root]
    for label in labels:
        states.append(automaton.targets[states[-1]][label])
    space = _space_of(evidence.characters)
    found = []
    for position, (own, row) in enumerate(zip(labels, substitutions.tolist())):
        state, after, others = states[position], states[position + 1], (own, space)
        options = [
            (row[own] - row[label], label)
            for label, target in automaton.targets[state].items()
            if label not in others and (target == after or _goes_on(automaton, target, states, labels, position))
        ]
        if _goes_on(automaton, state, states, labels, position):
            options.append((row[own], BLANK))
        found.append([(label, trail) for trail, label in sorted(options)])
    return found


def _goes_on(automaton: LabelAutomaton, state: int, states: List[int], labels: Sequence[int], position: int) -> bool:
    """Whether the text behind ``position`` leads from ``state`` to an end. ``states``: those that the text passes."""
    for at in range(position + 1, len(labels)):
        if state == states[at]:
            return True
        target = automaton.targets[state].get(labels[at])
        if target is None:
            return False
        state = target
    return automaton.final[state]


@lru_cache(maxsize=32)
def _space_of(characters: Tuple[str, ...]) -> int:
    """The label of the space; -1 where there is none."""
    return characters.index(" ") if " " in characters else -1


def _extra_characters(evidence: Evidence, best_path: BestPath, path: Alignment) -> Ranked:
    """Characters of the best path between those of the text, with their lead over no character."""
    found = []
    at = 0
    for label, first, last in zip(best_path.labels, best_path.first, best_path.last):
        character = evidence.characters[label]
        if character == " " or first < path.start or last >= path.stop:
            continue
        while at < len(path.runs) and path.runs[at].last < first:
            at += 1
        if at == len(path.runs) or path.runs[at].first > last:
            found.append((character, float(evidence.scores[first : last + 1, label].sum())))
    return tuple(found)


def _junk_text(evidence: Evidence, best_path: BestPath, start: int, stop: int) -> str:
    characters = [
        evidence.characters[label] for label, first in zip(best_path.labels, best_path.first) if start <= first < stop
    ]
    return "".join(characters).strip()
