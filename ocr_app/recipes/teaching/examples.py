"""What a recipe accepts, as examples and as a number."""

import random
from typing import Dict, List

from ocr_app.recipes.automata import StateRegistry


def sample_texts(registry: StateRegistry, root: int, count: int, seed: int = 0) -> List[str]:
    """Up to ``count`` different texts from ``root``, the same ones for the same seed."""
    rng = random.Random(seed)
    found: List[str] = []
    for _ in range(20 * count):
        text = _random_walk(registry, root, rng)
        if text not in found:
            found.append(text)
        if len(found) == count:
            break
    return found


def _random_walk(registry: StateRegistry, root: int, rng: random.Random) -> str:
    """One text: at each state a target is drawn, then one of the characters that lead to it."""
    state, text = root, ""
    while True:
        groups: Dict[int, List[str]] = {}
        for character, target in registry.arcs[state].items():
            groups.setdefault(target, []).append(character)
        if not groups or (registry.final[state] and rng.random() < 0.3):
            return text
        target = rng.choice(sorted(groups))
        text += rng.choice(sorted(groups[target]))
        state = target


def count_texts(registry: StateRegistry, root: int) -> int:
    """The number of texts from ``root``."""
    counts: List[int] = []
    for state in range(root + 1):  # targets have lower numbers
        continued = sum(counts[target] for target in registry.arcs[state].values())
        counts.append(continued + int(registry.final[state]))
    return counts[root]
