"""What a recipe makes of labels that are read without any doubt: the measure of good codes and of right passes.

A good code is one that passes when its labelled lines are read perfectly, where they are. What passes is right when it
says what the perfect reading says.
"""

import string
from typing import List, Optional, Sequence

import numpy as np

from ocr_app import recipes
from ocr_app.core.types import LinePosterior, Quad
from ocr_app.imaging.geometry import box_quad
from ocr_app.imaging.reading_order import reading_order
from ocr_app.recipes.verdict import PASS
from ocr_app.scoring.line_matching import TruthLine

CHARACTERS = ("",) + tuple(sorted(set(string.printable) - set(string.ascii_lowercase) - set(string.whitespace) | {" "}))
"""Recipes are in upper case, and so are the labels here."""
_CERTAIN, _ELSE = 0.0, -20.0  # nats, before normalisation


def posterior(text: str, quad: Quad) -> LinePosterior:
    """The posterior of a reader without any doubt. Characters that no recipe can print are left out."""
    classes = [CHARACTERS.index(sign) for sign in text.upper() if sign in CHARACTERS]
    table = np.full((max(1, 2 * len(classes)), len(CHARACTERS)), _ELSE)
    for position, number in enumerate(classes):
        table[2 * position, number] = _CERTAIN
        table[2 * position + 1, 0] = _CERTAIN
    table -= np.log(np.exp(table).sum(axis=1, keepdims=True))
    return LinePosterior(quad, table.astype(np.float32), CHARACTERS)


def frame(labels: Sequence[TruthLine]) -> List[LinePosterior]:
    """The posteriors of the scored labels, in reading order."""
    scored = [label for label in labels if label.scored]
    quads = [np.asarray(label.quad, np.float32) for label in scored]
    return [posterior(str(scored[k].text), quads[k]) for k in reading_order(quads)]


def whole(text: str) -> List[TruthLine]:
    """A text without known places, as one label: for crops of one line."""
    return [TruthLine(text, box_quad(0, 0, 20.0 * max(1, len(text)), 30.0))]


def passing_text(labels: Sequence[TruthLine], recipe: recipes.Recipe) -> Optional[str]:
    """The text that passes when the labels are read perfectly; None if they do not pass, and are no good code.

    A code of which the recipe leaves a label out is no good code either, unless the label repeats one that it reads.
    """
    posteriors = frame(labels)
    decoding = recipes.decode(posteriors, recipe)
    if recipes.verify(decoding, recipe).verdict != PASS:
        return None
    texts = [_printed(each) for each in posteriors]
    left_out = {texts[index] for index in decoding.unused} - {texts[k] for line in decoding.lines for k in line.sources}
    return None if left_out else decoding.text


def _printed(line: LinePosterior) -> str:
    classes = line.log_probs.argmax(axis=1)
    return "".join(CHARACTERS[number] for number in classes)
