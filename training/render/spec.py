"""What a frame has to show: the tags by which a data set is balanced and reported."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from training.render.seeds import between, pick
from training.render.substrate import SURFACES, UNSEEN_SURFACES
from training.render.text import LAYOUTS

PRINTS = ("dot-5x7", "dot-7x9", "dot-5x5", "inkjet-merged", "font")
CONDITIONS = ("clean", "low-contrast", "overlap", "glare", "blur", "light-on-dark")
DIFFICULTIES = ("easy", "middle", "hard")
_SEVERITY = {"easy": (0.0, 0.3), "middle": (0.35, 0.65), "hard": (0.7, 1.0)}


@dataclass(frozen=True)
class FrameSpec:
    """The kind of print, condition, difficulty, surface and layout of a frame."""

    print: str
    condition: str
    difficulty: str
    surface: str
    layout: str

    def __post_init__(self) -> None:
        """Refuse unknown values, and name the known ones."""
        known = {
            "print": PRINTS,
            "condition": CONDITIONS,
            "difficulty": DIFFICULTIES,
            "surface": SURFACES + UNSEEN_SURFACES,
            "layout": LAYOUTS,
        }
        for name, values in known.items():
            if getattr(self, name) not in values:
                raise ValueError(f"unknown {name} {getattr(self, name)!r}; known: {', '.join(values)}")

    def tags(self) -> dict[str, str]:
        """The tags as they are written in a manifest."""
        return {
            "print": self.print,
            "condition": self.condition,
            "difficulty": self.difficulty,
            "surface": self.surface,
            "layout": self.layout,
        }

    def severity(self, rng: np.random.Generator) -> float:
        """The strength of the faults, 0..1, within the band of the difficulty."""
        return between(rng, *_SEVERITY[self.difficulty])


def draw(rng: np.random.Generator) -> FrameSpec:
    """A random spec in which all values are equally likely, for training."""
    return FrameSpec(
        pick(rng, PRINTS), pick(rng, CONDITIONS), pick(rng, DIFFICULTIES), pick(rng, SURFACES), pick(rng, LAYOUTS)
    )


def balanced(index: int, rng: np.random.Generator, surfaces: tuple[str, ...] = SURFACES) -> FrameSpec:
    """The spec of image ``index`` of a test set: print, condition and difficulty in turn, the rest at random.

    Any 90 images in a row hold each combination of print, condition and difficulty once; half of the layouts are
    two-line, as in the thesis.
    """
    condition, block = index // len(PRINTS) % len(CONDITIONS), index // (len(PRINTS) * len(CONDITIONS))
    difficulty = DIFFICULTIES[(index + condition + block) % len(DIFFICULTIES)]
    layout = pick(rng, ("two-line", "two-line", "single-line", "date-only"))
    return FrameSpec(PRINTS[index % len(PRINTS)], CONDITIONS[condition], difficulty, pick(rng, surfaces), layout)
