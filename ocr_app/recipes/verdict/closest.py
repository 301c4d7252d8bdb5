"""What comes closest to a line of the recipe that was not found: a text of the frame, and what the recipe would allow.

The distance is the number of characters that have to be replaced, added or left out (Levenshtein), not counting
spaces. The search goes along the automaton, the cheapest way first, and is given up where it grows long: an
explanation must not take longer than the reading.
"""

import heapq
from typing import Dict, List, NamedTuple, Optional, Tuple

from ocr_app.recipes.automata import StateRegistry
from ocr_app.recipes.decoding.result import CodeDecoding
from ocr_app.recipes.language.recipe import Recipe, RecipeLine
from ocr_app.recipes.verdict.reasons import Reason, Verdict

_CHARACTER, _SPACE = 1000, 1  # costs
MAX_STEPS = 4000  # steps of the search for one text
MAX_TEXTS = 24  # texts of a frame that are compared with a line


class ClosestText(NamedTuple):
    """A text that was read, the nearest text that the recipe allows on the line, and how many characters differ."""

    read: str
    allowed: str
    distance: int
    line: str


def explain_missing(verdict: Verdict, decoding: CodeDecoding, recipe: Recipe) -> Verdict:
    """The verdict with the closest text in the reasons that say that the code, or a line of it, was not found."""
    return verdict._replace(reasons=tuple(_explained(reason, decoding, recipe) for reason in verdict.reasons))


def _explained(reason: Reason, decoding: CodeDecoding, recipe: Recipe) -> Reason:
    if reason.code not in ("code-not-found", "line-not-found") or reason.found:
        return reason
    texts = [decoding.places[index].text for index in decoding.unused] if decoding.places else []
    texts = [text for text in texts if text.strip()]
    lines = [line for line in recipe.lines if reason.code == "code-not-found" or line.name == reason.where]
    closest = find_closest(recipe, lines, texts)
    if closest is None:
        detail = "{} texts were read, and none comes close".format(len(texts)) if texts else "no text was found"
        return reason._replace(detail=detail)
    count = "{} character{}".format(closest.distance, "" if closest.distance == 1 else "s")
    detail = "{} differ{} on {}".format(count, "s" if closest.distance == 1 else "", closest.line)
    if closest.distance == 0:
        detail = "it fits {}, but is not where the recipe has it, or too little sure".format(closest.line)
    return reason._replace(found=closest.read, expected=closest.allowed, detail=detail)


def find_closest(recipe: Recipe, lines: List[RecipeLine], texts: List[str]) -> Optional[ClosestText]:
    """Of these texts the one that is nearest to one of the lines; None where at least half of each would change."""
    best: Optional[ClosestText] = None
    lengths = recipe.registry.text_lengths([line.root for line in lines]) if lines else {}
    offers = [(_gap(len(_plain(text)), lengths[line.root]), text, line) for text in texts for line in lines]
    for least, text, line in sorted(offers, key=lambda offer: offer[0])[:MAX_TEXTS]:
        most = len(_plain(text)) // 2
        most = most if best is None else min(most, best.distance - 1)
        found = nearest_text(recipe.registry, line.root, text, most) if least <= most else None
        if found is not None:
            best = ClosestText(text, found[0], found[1], line.name)
    return best


def _plain(text: str) -> str:
    return text.replace(" ", "")


def _gap(length: int, allowed: Tuple[int, int]) -> int:
    """By how much a length is outside of what is allowed: the least distance of any text of it."""
    return max(allowed[0] - length, length - allowed[1], 0)


def nearest_text(registry: StateRegistry, root: int, text: str, most: int) -> Optional[Tuple[str, int]]:
    """The nearest text from a root and its distance, if at most ``most``; None where the search grows too long.

    Of texts at the same distance, one with the spaces of ``text`` is taken.
    """
    waiting: List[Tuple[int, int, int, str]] = [(0, 0, root, "")]  # cost, characters used up (negative), state, text
    seen: Dict[Tuple[int, int], int] = {}
    for _ in range(MAX_STEPS):
        if not waiting:
            return None
        cost, used, state, allowed = heapq.heappop(waiting)
        if (state, used) in seen:
            continue
        seen[(state, used)] = cost
        if used == -len(text) and registry.final[state]:
            return allowed, cost // _CHARACTER
        for extra, step, target, character in _steps(registry, state, text[-used : 1 - used]):
            if cost + extra < (most + 1) * _CHARACTER:
                heapq.heappush(waiting, (cost + extra, used - step, target, allowed + character))
    return None


def _steps(registry: StateRegistry, state: int, character: str) -> List[Tuple[int, int, int, str]]:
    """The ways on from a state: (cost, characters of the text used up, next state, character of the allowed text)."""
    arcs = registry.arcs[state]
    steps = [(_SPACE if character == " " else _CHARACTER, 1, state, "")] if character else []  # one too many
    if character in arcs:
        steps.append((0, 1, arcs[character], character))
    samples: Dict[int, str] = {}
    for other, target in sorted(arcs.items()):
        if other == " ":
            steps.append((_SPACE, 0, target, " "))
        else:
            samples.setdefault(target, other)
    for target, other in samples.items():
        steps.append((_CHARACTER, 0, target, other))  # one is missing in the text
        if character.strip():
            steps.append((_CHARACTER, 1, target, other))
    return steps
