"""A place in a frame with what the members of a team read there."""

from typing import Dict, List, NamedTuple, Tuple

import numpy as np

from ocr_app import recipes
from ocr_app.core.types import LinePosterior, Quad
from ocr_app.imaging.geometry import sides
from ocr_app.networks import ctc
from ocr_app.readers.team.arbiter import Arbiter, Said, comparable

CODE_LIKE = 0.5  # probability from which a place without a digit may be code
Answer = Tuple[np.ndarray, Tuple[str, ...]]
"""A member's posterior of a place: log-probabilities ``(T, C)``, and the characters by class."""


class Place(NamedTuple):
    """One place: its quad in reading direction, the detector's score, and the answer of each member that was asked.

    ``sure``: whether a detector is sure of it; a doubtful place has to read like a code, or to continue a line.
    ``code``: how likely a detector takes it for code. ``drawn``: the quads that other members' detectors drew around
    the same line. ``tried``: how many members had read it when it was read standing on its head.
    """

    quad: Quad
    score: float
    sure: bool = True
    answers: Dict[str, Answer] = {}
    code: float = 1.0
    drawn: Dict[str, Quad] = {}
    tried: int = 0

    def with_answer(self, member: str, answer: Answer) -> "Place":
        """The place with one more answer."""
        return self._replace(answers=dict(self.answers, **{member: answer}))

    def drawn_by(self, member: str) -> Quad:
        """The quad that a member reads: what its own detector drew, else that of the place."""
        return self.drawn.get(member, self.quad)


class WeighedPlace(NamedTuple):
    """A place whose texts the arbiter has weighed, the likeliest first; ``rated`` is empty where nobody was asked."""

    place: Place
    rated: Tuple[Tuple[Said, float], ...]

    @property
    def best(self) -> Said:
        """The likeliest text."""
        return self.rated[0][0]

    @property
    def probability(self) -> float:
        """The calibrated probability that the likeliest text is right, 0..1."""
        return self.rated[0][1] if self.rated else 0.0

    @property
    def worth(self) -> float:
        """How many letters and digits are expected to be right: of two ways to see the same print, more is better."""
        return self.probability * len(comparable(self.best.text)) if self.rated else 0.0

    @property
    def gain(self) -> float:
        """What another opinion may be worth here: most for a long text with many digits that is as likely as not."""
        length = len(comparable(self.best.text))
        return self.probability * (1.0 - self.probability) * (self.digits + 0.2 * length)

    @property
    def digits(self) -> int:
        """How many digits the likeliest text has, the letter O counted as one."""
        return sum(character.isdigit() for character in comparable(self.best.text)) if self.rated else 0

    @property
    def disagree(self) -> bool:
        """Whether two members read different texts."""
        return len({comparable(said.text) for said, _ in self.rated}) > 1


def may_be_code(weighed: WeighedPlace) -> bool:
    """Whether a place may be code: a member reads a digit there, or the detector takes it for code."""
    digits = any(character.isdigit() for said, _ in weighed.rated for character in said.text)
    return digits or weighed.place.code >= CODE_LIKE


def said_of(member: str, answer: Answer, quad: Quad) -> Said:
    """What a member read, along the best path; the probabilities are those of the letters in either case."""
    log_probs, characters = answer
    text = "".join(characters[index] for index in ctc.best_path(log_probs)[1])
    folded = recipes.fold_case(LinePosterior(quad, log_probs, characters)).log_probs
    steps, classes = ctc.best_path(folded)
    return Said(member, text, np.exp(folded[steps, classes]), sides(quad)[1])


def weigh(place: Place, arbiter: Arbiter) -> WeighedPlace:
    """The place with its texts weighed."""
    return _weighed(place, [said_of(member, answer, place.quad) for member, answer in place.answers.items()], arbiter)


def weigh_once_more(weighed: WeighedPlace, member: str, answer: Answer, arbiter: Arbiter) -> WeighedPlace:
    """The place with one more answer, its texts weighed anew."""
    place = weighed.place.with_answer(member, answer)
    return _weighed(place, [said for said, _ in weighed.rated] + [said_of(member, answer, place.quad)], arbiter)


def _weighed(place: Place, said: List[Said], arbiter: Arbiter) -> WeighedPlace:
    return WeighedPlace(place, tuple(arbiter.weigh(said)))


def posterior_of(weighed: WeighedPlace, counts: bool = True) -> LinePosterior:
    """The posterior of the member whose text is the likeliest, with those of the others.

    ``counts``: whether the place may be a line by itself.
    """
    members = [said.member for said, _ in weighed.rated]
    posteriors = [_posterior(weighed.place, member)._replace(sure=counts) for member in members]
    return posteriors[0]._replace(others=tuple(posteriors[1:]))


def _posterior(place: Place, member: str) -> LinePosterior:
    log_probs, characters = place.answers[member]
    return LinePosterior(place.quad, log_probs, characters, place.score, member=member, code=place.code)


def total_worth(weighed: List[WeighedPlace]) -> float:
    """The worth of all places together."""
    return sum(each.worth for each in weighed)
