"""Greedy decoding of CTC posteriors (Graves et al. 2006, best path decoding)."""

from typing import List, NamedTuple, Sequence, Tuple

import numpy as np

BLANK = 0


class Decoded(NamedTuple):
    """The text, the mean probability of its characters (0 if there are none), and the time step of each character."""

    text: str
    confidence: float
    steps: Tuple[int, ...]


def best_path(posteriors: np.ndarray) -> Tuple[np.ndarray, np.ndarray]:
    """The time steps that emit a character, and their classes.

    ``posteriors``: float ``(T, C)``; class 0 is the blank. A step emits a character if its best class is not the blank
    and differs from that of the step before. Returns indices into T and the classes there, both int ``(K,)``.
    """
    best = posteriors.argmax(axis=1)
    before = np.concatenate(([BLANK], best[:-1]))
    steps = np.flatnonzero((best != BLANK) & (best != before))
    return steps, best[steps]


def decode(posteriors: np.ndarray, charset: Sequence[str]) -> Decoded:
    """The greedy text of one ``(T, C)`` posterior; ``charset[k]`` is the character of class ``k``, [0] is unused."""
    steps, classes = best_path(posteriors)
    if not len(steps):
        return Decoded("", 0.0, ())
    text = "".join(charset[k] for k in classes)
    confidence = float(posteriors[steps, classes].mean())
    return Decoded(text, min(1.0, max(0.0, confidence)), tuple(int(step) for step in steps))


def keep_classes(charset: Sequence[str], allowed: str) -> List[int]:
    """The classes whose characters are in ``allowed``, the blank first, to reduce posteriors to a smaller charset."""
    return [BLANK] + [k for k, sign in enumerate(charset) if k != BLANK and sign in allowed]


def log_softmax(logits: np.ndarray) -> np.ndarray:
    """The natural logarithms of the softmax over the last axis, float32."""
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True)), np.float32)


def decode_log(log_probs: np.ndarray, charset: Sequence[str]) -> Decoded:
    """As :func:`decode`, of natural logarithms."""
    steps, classes = best_path(log_probs)
    text = "".join(charset[k] for k in classes)
    confidence = float(np.exp(log_probs[steps, classes]).mean()) if len(steps) else 0.0
    return Decoded(text, min(1.0, confidence), tuple(int(step) for step in steps))
