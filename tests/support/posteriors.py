"""Posteriors for tests: of a given text, with given rivals."""

import numpy as np

from ocr_app.core.types import LinePosterior

CHARACTERS = ("",) + tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,:;/-+()*&%#'\"@|=_!?<>$")


def quad_at(x, y, width=200.0, height=20.0):
    return np.array([[x, y], [x + width, y], [x + width, y + height], [x, y + height]], np.float32)


def line_of(text, rivals=None, noise=1.0, seed=0, quad=None, characters=CHARACTERS):
    """A peaky posterior of ``text``; ``rivals``: {position: {character: log probability ratio to the text's own}}."""
    chance = np.random.RandomState(seed)
    rows = []
    for position, character in enumerate(text):
        row = -16.0 + noise * chance.rand(len(characters))
        row[characters.index(character)] = 0.0
        for other, ratio in (rivals or {}).get(position, {}).items():
            row[characters.index(other) if other else 0] = ratio
        blank = -16.0 + noise * chance.rand(len(characters))
        blank[0] = 0.0
        rows += [row, blank]
    table = np.array(rows).reshape(-1, len(characters))
    table = table - np.log(np.exp(table).sum(axis=1, keepdims=True))
    return LinePosterior(quad_at(0, 0) if quad is None else quad, table.astype(np.float32), characters)


def frame_of(*texts):
    """Lines one below the other."""
    return [line_of(text, seed=i, quad=quad_at(0, 40 * i)) for i, text in enumerate(texts)]
