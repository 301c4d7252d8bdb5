"""The arbiter: how likely a member's text is right, given what the others read.

A logistic regression per member over a few features that can be explained: how sure the member is of its characters,
how long the text is and what it is made of, how high the print is, and who else read the same or something else. The
weights are in data/team.json, learnt by `python -m training.team.calibrate` from labelled lines; docs/models/team.md
has the reliability diagram.
"""

import math
from typing import Any, Dict, List, Mapping, NamedTuple, Sequence, Tuple

import numpy as np

_MOST = 1.0 - 1e-4  # a probability beyond this says nothing more
FEATURES = ("one", "mean", "least", "length", "digits", "lower", "height")
"""The features of a text alone; for each other member follow "agrees", "differs" and "its least" where it differs."""
FEATURES_OF_OTHER = ("agrees", "differs", "its-least")


class Said(NamedTuple):
    """What a member read in one place.

    ``text``: along the best path; ``probabilities``: of its characters, 0..1; ``height``: of the place in px.
    """

    member: str
    text: str
    probabilities: np.ndarray
    height: float


def comparable(text: str) -> str:
    """The letters and digits of a text in upper case, the letter O as the digit 0: what has to agree.

    Most code printers draw O and 0 alike; which of the two is meant is decided by what codes look like.
    """
    return "".join(character for character in text.upper() if character.isalnum()).replace("O", "0")


def features(said: Said, others: Dict[str, Said], members: Sequence[str]) -> np.ndarray:
    """The features of one member's text; ``others``: what the members that were asked say, by name."""
    probabilities = said.probabilities.tolist()
    values = [
        1.0,
        _logit(sum(probabilities) / len(probabilities)) if probabilities else 0.0,
        _logit(min(probabilities)) if probabilities else 0.0,
        math.log1p(len(said.text)),
        _share(said.text, str.isdigit),
        _share(said.text, str.islower),
        math.log(max(said.height, 1.0) / 16.0, 2),
    ]
    for name in members:
        if name != said.member:
            values += _of_other(said, others.get(name))
    return np.array(values)


def _of_other(said: Said, other: Any) -> List[float]:
    if other is None:
        return [0.0, 0.0, 0.0]
    if comparable(other.text) == comparable(said.text):
        return [1.0, 0.0, 0.0]
    return [0.0, 1.0, _logit(float(other.probabilities.min())) if len(other.probabilities) else -3.0]


def _logit(probability: float) -> float:
    bounded = min(max(probability, 1.0 - _MOST), _MOST)
    return math.log(bounded / (1.0 - bounded))


def _share(text: str, kind: Any) -> float:
    return sum(map(kind, text)) / float(len(text)) if text else 0.0


class Arbiter:
    """Weighs the texts of the members of a team for one place."""

    def __init__(self, weights: Mapping[str, Sequence[float]], members: Sequence[str]) -> None:
        """``weights``: per member, in the order of the features; ``members``: all members that the weights know."""
        self._weights = {name: np.array(row, np.float64) for name, row in weights.items()}
        self._members = tuple(members)

    def probability(self, said: Said, others: Dict[str, Said]) -> float:
        """The calibrated probability that the text is right, 0..1; 0 for an empty text."""
        if not comparable(said.text):
            return 0.0
        score = float(self._weights[said.member] @ features(said, others, self._members))
        return float(1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, score)))))

    def weigh(self, said: Sequence[Said]) -> List[Tuple[Said, float]]:
        """The texts with their probabilities, the likeliest first."""
        by_name = {each.member: each for each in said}
        rated = [
            (each, self.probability(each, {name: other for name, other in by_name.items() if name != each.member}))
            for each in said
        ]
        return sorted(rated, key=lambda pair: -pair[1])
