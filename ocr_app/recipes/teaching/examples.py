"""What a recipe accepts, as examples and as a number."""

import random
from typing import Dict, List

from ocr_app.recipes.automata.nfa import Registry


def texts(registry: Registry, root: int, count: int, seed: int = 0) -> List[str]:
    """Up to ``count`` different texts from ``root``, the same ones for the same seed."""
    chance = random.Random(seed)
    found: List[str] = []
    for _ in range(20 * count):
        text = _walk(registry, root, chance)
        if text not in found:
            found.append(text)
        if len(found) == count:
            break
    return found


def _walk(registry: Registry, root: int, chance: random.Random) -> str:
    """One text: at each state a target is drawn, then one of the characters that lead to it."""
    here, text = root, ""
    while True:
        groups: Dict[int, List[str]] = {}
        for sign, target in registry.arcs[here].items():
            groups.setdefault(target, []).append(sign)
        if not groups or (registry.final[here] and chance.random() < 0.3):
            return text
        target = chance.choice(sorted(groups))
        text += chance.choice(sorted(groups[target]))
        here = target


def how_many(registry: Registry, root: int) -> int:
    """The number of texts from ``root``."""
    known: List[int] = []
    for state in range(root + 1):  # targets have lower numbers
        ways = sum(known[target] for target in registry.arcs[state].values())
        known.append(ways + int(registry.final[state]))
    return known[root]
