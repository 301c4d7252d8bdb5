"""What a second recogniser reads where the recipe says which line it is: the best text, and nothing about it.

A witness has to say which text it sees under the same automaton, not how far every other text trails. Spaces are not
part of its testimony: recognisers differ in where they print them, and no value depends on them. They are read as
blanks, and the automaton is used without its arcs for spaces.
"""

from typing import Dict, List, NamedTuple, Optional, Sequence, Tuple

import numpy as np

from ocr_app.core.errors import RecipeError
from ocr_app.core.types import LinePosterior
from ocr_app.recipes.automata import Nfa, StateRegistry
from ocr_app.recipes.decoding.evidence import (
    BLANK,
    SCORE_FLOOR,
    Evidence,
    concatenate,
    find_best_path,
    prepare_evidence,
    with_lookalikes,
)
from ocr_app.recipes.decoding.fitting import JUNK
from ocr_app.recipes.decoding.search import LabelAutomaton, junk_cost, label_automaton, pass_tokens
from ocr_app.recipes.language.recipe import Recipe, RecipeLine


class LineText(NamedTuple):
    """``text``: with the spaces that the recipe puts there, whatever was printed; ``cost``: by how much the
    unconstrained best path leads, in nats (0: they agree).
    """

    text: str
    cost: float


class _Automata(NamedTuple):
    """The automata of a recipe for one charset. ``roots``: the start of each line by its root in the recipe.

    ``spaces``: whether they have spaces after all, because the recipe is too large to be made again without.
    """

    registry: StateRegistry
    automaton: LabelAutomaton
    roots: Dict[int, int]
    spaces: bool


def best_text(segments: Sequence[LinePosterior], recipe: Recipe, line: RecipeLine) -> Optional[LineText]:
    """The best text that one line of a recipe allows; None when what is printed is too unlike it.

    ``segments``: the posteriors of the printed line, usually one, from left to right. Any recogniser's will do: the
    charset need not be that of the first reader. Text beside the code costs as much as it does in ``decode``. The
    search is by token passing alone: what it misses costs so much that it would be a poor witness. Raises UsageError
    for arrays that are not posteriors of one charset.
    """
    evidence = _evidence_of(segments, recipe)
    compiled = _compile(recipe, evidence.characters)
    evidence = evidence if compiled.spaces else _without_spaces(evidence)
    root, path = compiled.roots[line.root], find_best_path(evidence)
    text = path.text if compiled.spaces else path.text.replace(" ", "")
    if compiled.registry.accepts(root, text):
        return LineText(_with_spaces(recipe.registry, line.root, text), 0.0) if text else None
    found = pass_tokens(evidence, compiled.automaton, [root], JUNK).get(root)
    if found is None or not found.runs:
        return None
    cost = max(0.0, path.score - found.score)
    if cost - junk_cost(evidence, JUNK, found) > recipe.tolerances.misfit * len(found.runs):
        return None
    text = "".join(evidence.characters[label] for label in found.labels)
    return LineText(_with_spaces(recipe.registry, line.root, text), cost)


def _with_spaces(registry: StateRegistry, root: int, text: str) -> str:
    """The text with spaces where the recipe needs them. ``text``: allowed from ``root`` once it has them."""
    ways = {root: ""}
    for character in text:
        after: Dict[int, str] = {}
        for state, before in ways.items():
            for spaced, start in ((before, state), (before + " ", registry.arcs[state].get(" "))):
                target = None if start is None else registry.arcs[start].get(character)
                if target is not None:
                    after.setdefault(target, spaced + character)
        ways = after
    return next((way for state, way in ways.items() if registry.final[state]), text)


def _evidence_of(segments: Sequence[LinePosterior], recipe: Recipe) -> Evidence:
    parts = [with_lookalikes(prepare_evidence(segment), recipe.lookalikes) for segment in segments]
    return parts[0] if len(parts) == 1 else concatenate(parts)


def _without_spaces(evidence: Evidence) -> Evidence:
    """The evidence where a space is as good as a blank. Where it is the best class, it still separates words."""
    if " " not in evidence.characters or not len(evidence.best):
        return evidence
    space = evidence.characters.index(" ")
    blank = np.maximum(evidence.scores[:, space], 0.0)
    scores = evidence.scores - blank[:, None]
    scores[:, BLANK] = 0.0
    scores[:, space] = np.where(evidence.best == space, 0.0, -2.0 * SCORE_FLOOR)
    return evidence._replace(scores=scores, blank=evidence.blank + blank)


def _compile(recipe: Recipe, characters: Tuple[str, ...]) -> _Automata:
    """The automata of all lines for a charset, made once for each charset."""
    key = ("without spaces",) + characters
    if key not in recipe.cache:
        registry, spaces = StateRegistry(), False
        roots = {line.root for line in recipe.lines}
        try:
            starts = {root: _register(registry, recipe.registry, root) for root in sorted(roots)}
        except RecipeError:
            registry, starts, spaces = recipe.registry, {root: root for root in roots}, True
        recipe.cache[key] = _Automata(registry, label_automaton(registry, characters), starts, spaces)
    return recipe.cache[key]  # type: ignore[return-value]


def _register(registry: StateRegistry, source: StateRegistry, root: int) -> int:
    """Registers the texts from a root of ``source`` without their spaces. Raises RecipeError."""
    nfa = Nfa()
    states, pending = {root: nfa.add_state()}, [root]
    end = nfa.add_state()
    while pending:
        state = pending.pop()
        if source.final[state]:
            nfa.add_epsilon(states[state], end)
        for target, characters in _grouped(source.arcs[state]):
            if target not in states:
                states[target] = nfa.add_state()
                pending.append(target)
            if " " in characters:
                nfa.add_epsilon(states[state], states[target])
            nfa.add_arc(states[state], characters.replace(" ", ""), states[target])
    return registry.register(nfa, states[root], end)


def _grouped(arcs: Dict[str, int]) -> List[Tuple[int, str]]:
    grouped: Dict[int, str] = {}
    for character, target in arcs.items():
        grouped[target] = grouped.get(target, "") + character
    return list(grouped.items())
