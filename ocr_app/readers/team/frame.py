"""What a team reads, who is in it, and the steps that a budget may forbid."""

import time
from contextlib import contextmanager
from typing import Iterator, List, NamedTuple, Sequence, Tuple, Union

from ocr_app.core.types import Image, Quad
from ocr_app.imaging.geometry import rectify
from ocr_app.imaging.preprocess import gray
from ocr_app.readers.contract import Timer
from ocr_app.readers.team.arbiter import Arbiter
from ocr_app.readers.team.budget import Budget
from ocr_app.readers.team.members import Member
from ocr_app.readers.team.settings import TeamSettings

ANOTHER_DETECTOR, OTHER_SCALES, UPSIDE_DOWN = "another-detector", "other-scales", "upside-down"
SECOND_MEMBER, THIRD_MEMBER = "second-member", "third-member"


class Frame(NamedTuple):
    """A frame that is being looked at: its pixels, the timer of its phases, and what may be spent on it.

    ``grey``: the same pixels without colour, for members that do not use it.
    """

    image: Image
    grey: Image
    timer: Timer
    budget: Budget

    def crop(self, number: int, quad: Quad, colour: bool) -> Image:
        """The straightened content of a quad; ``number`` of the place, in the order in which places are given."""
        return rectify(self.image if colour else self.grey, quad)


class GivenLines(NamedTuple):
    """Images of one line each, in place of a frame: the quad of place ``number`` is in pixels of that image."""

    images: Sequence[Image]
    timer: Timer
    budget: Budget

    def crop(self, number: int, quad: Quad, colour: bool) -> Image:
        """The straightened content of a quad in image ``number``."""
        return rectify(self.images[number] if colour else gray(self.images[number]), quad)


Source = Union[Frame, GivenLines]


class Team(NamedTuple):
    """The open members in the order in which they are asked, with the arbiter and the settings."""

    members: Tuple[Member, ...]
    arbiter: Arbiter
    settings: TeamSettings

    @property
    def first(self) -> Member:
        """The member that reads every place."""
        return self.members[0]

    def detectors(self, names: Sequence[str]) -> List[Member]:
        """The members of these names."""
        return [each for name in names for each in self.members if each.name == name]


@contextmanager
def measured(budget: Budget, step: str) -> Iterator[None]:
    """The time of a step that is done inside, for the budget."""
    start = time.perf_counter()
    yield
    budget.took(step, (time.perf_counter() - start) * 1000.0)
