"""Alignments: which frames the characters of a text take."""

from typing import NamedTuple, Tuple

NEVER = -1e9  # score of what is impossible; finite, so that sums and differences stay free of NaN


class CharacterRun(NamedTuple):
    """A character of an alignment: its label and its frames ``first..last`` (inclusive)."""

    label: int
    first: int
    last: int


class Alignment(NamedTuple):
    """A path through the frames: its score, its characters, and the frames ``start..stop`` (exclusive) of the code."""

    score: float
    runs: Tuple[CharacterRun, ...]
    start: int
    stop: int

    @property
    def labels(self) -> Tuple[int, ...]:
        """The labels of the characters."""
        return tuple(run.label for run in self.runs)
