"""Posteriors over one set of characters, turned into posteriors over another."""

from functools import lru_cache
from typing import Dict, Sequence, Tuple

import numpy as np

LEAST = -60.0
"""The log-probability of a character that the source does not know: below anything that a network says."""


class CharsetProjection:
    """Adds up the probabilities of the classes that become one character.

    A class becomes the same character of the target, or else its upper-case letter. Probabilities of classes that
    become nothing are dropped, and the rest is normalised: the result is the posterior given the target's characters.
    """

    def __init__(self, source: Sequence[str], target: Sequence[str]) -> None:
        """``source`` and ``target``: characters by class, the blank first."""
        self.target = tuple(target)
        place: Dict[str, int] = {character: index for index, character in enumerate(self.target)}
        self._matrix = np.zeros((len(source), len(self.target)), np.float32)
        for index, character in enumerate(source):
            found = place.get(character, place.get(character.upper()))
            if found is not None:
                self._matrix[index, found] = 1.0

    def __call__(self, log_probs: np.ndarray) -> np.ndarray:
        """``(T, C)`` natural logarithms over the source to ``(T, C')`` over the target, float32."""
        summed = np.exp(log_probs) @ self._matrix
        summed /= np.maximum(summed.sum(axis=1, keepdims=True), 1e-30)
        return np.asarray(np.log(np.maximum(summed, np.exp(LEAST))), np.float32)


@lru_cache(maxsize=32)
def projection(source: Tuple[str, ...], target: Tuple[str, ...]) -> CharsetProjection:
    """The projection of one set of characters onto another, made once."""
    return CharsetProjection(source, target)
