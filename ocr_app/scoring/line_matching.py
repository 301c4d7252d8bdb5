"""Scoring by line, for images in which only some lines are labelled: was each labelled line read inside its quad?

The definition is in the README of the real-code set. A line counts as read if its label, in the form ``alnum``, is
contained in the text that was read inside its quad: the texts of the lines whose overlap exceeds 0.3 of the smaller
quad, joined along the line. An image is fully read if all its scored lines are; an image without any is fully read.
"""

from typing import List, NamedTuple, Optional, Sequence

import numpy as np

from ocr_app.core.types import Quad, TextLine
from ocr_app.imaging.geometry import shared_part
from ocr_app.scoring.text_forms import alphanumerics

MIN_OVERLAP = 0.3


class TruthLine(NamedTuple):
    """A labelled line; not scored without ``text`` or with ``ignore``. ``quad`` is None if its position is unknown."""

    text: Optional[str]
    quad: Optional[Quad] = None
    ignore: bool = False

    @property
    def scored(self) -> bool:
        """Whether the line has a position and a text with a letter or digit, and is not to be ignored."""
        return bool(alphanumerics(self.text or "")) and self.quad is not None and not self.ignore


class LineCount(NamedTuple):
    """The number of scored lines of one image, and how many of them were read."""

    lines: int
    read: int

    @property
    def full(self) -> bool:
        """Whether every scored line was read."""
        return self.read == self.lines


class LineOutcome(NamedTuple):
    """What became of one scored line.

    ``found``: a line that was detected overlaps it. ``read``: its label is contained in what was read there. ``exact``:
    nothing else was read there. All in the form ``alnum``.
    """

    found: bool
    read: bool
    exact: bool


def text_inside(quad: Quad, lines: Sequence[TextLine]) -> str:
    """The texts of the lines that overlap ``quad``, sorted along its top edge and joined without a separator."""
    along = (quad[1] - quad[0]) + (quad[2] - quad[3])
    inside = [line for line in lines if shared_part(quad, line.quad) > MIN_OVERLAP]
    inside.sort(key=lambda line: float(np.dot(line.quad.mean(axis=0), along)))
    return "".join(line.text for line in inside)


def line_outcome(truth: TruthLine, lines: Sequence[TextLine]) -> LineOutcome:
    """What became of one scored line."""
    assert truth.quad is not None and truth.text is not None
    wanted, got = alphanumerics(truth.text), alphanumerics(text_inside(truth.quad, lines))
    found = any(shared_part(truth.quad, line.quad) > MIN_OVERLAP for line in lines)
    return LineOutcome(found, wanted in got, wanted == got)


def line_outcomes(truths: Sequence[TruthLine], lines: Sequence[TextLine]) -> List[LineOutcome]:
    """The outcomes of the scored lines of one image, in the order of the labels."""
    return [line_outcome(truth, lines) for truth in truths if truth.scored]


def count_lines(truths: Sequence[TruthLine], lines: Sequence[TextLine]) -> LineCount:
    """Count the scored lines and the lines read of one image."""
    hits = [outcome.read for outcome in line_outcomes(truths, lines)]
    return LineCount(len(hits), sum(hits))
