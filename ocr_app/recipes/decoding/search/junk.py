"""Text beside the code on its line: what it costs to leave it out of the code."""

from typing import NamedTuple, Optional, Tuple

import numpy as np

from ocr_app.recipes.decoding.evidence import BLANK, Evidence
from ocr_app.recipes.decoding.search.alignment import NEVER, Alignment


class JunkCosts(NamedTuple):
    """What text beside the code costs, in nats.

    ``enter``: for being there; ``character``: for each of its characters; ``touching``: when one of its letters or
    digits touches one of the code without a space between them (digits of a longer number are not a date).
    """

    enter: float = 4.0
    character: float = 5.0
    touching: float = 12.0  # above the label beam of token passing, so that such a reading is checked exactly


def outside_scores(evidence: Evidence, costs: Optional[JunkCosts]) -> Tuple[np.ndarray, np.ndarray]:
    """Scores of the frames before and after the code, ``(T+1,)`` each, by the number r of frames remaining.

    The frames are blanks, or text that does not belong to the code. ``costs`` None: the code is the whole line.
    """
    frames = len(evidence.scores)
    before, behind = np.full(frames + 1, NEVER), np.full(frames + 1, NEVER)
    before[frames] = behind[0] = 0.0
    if costs is None or not frames:
        return before, behind
    best = evidence.scores[np.arange(frames), evidence.best]
    starts = (evidence.best != BLANK) & (np.concatenate(([BLANK], evidence.best[:-1])) != evidence.best)
    running, count = np.concatenate(([0.0], np.cumsum(best))), np.concatenate(([0], np.cumsum(starts)))
    cut = costs.enter + costs.touching * _touching_cuts(evidence)
    before[:frames] = (running - costs.character * count - cut)[:0:-1]
    before[frames] = 0.0
    behind[1:] = (running[-1] - running - costs.character * (count[-1] - count) - cut)[-2::-1]
    return before, behind


def _touching_cuts(evidence: Evidence) -> np.ndarray:
    """float ``(T+1,)``: 1 where a cut before that frame separates two letters or digits without a space between."""
    found = np.zeros(len(evidence.best) + 1)
    previous, since = "", 0
    changes = np.flatnonzero(evidence.best[1:] != evidence.best[:-1]) + 1
    for at in [0] + changes.tolist():
        character = evidence.characters[evidence.best[at]]
        if character:
            if previous.isalnum() and character.isalnum():
                found[since + 1 : at + 1] = 1.0
            previous, since = character, at
    if previous.isalnum():
        last = int(np.flatnonzero(evidence.best)[-1])
        found[since + 1 : last + 1] = 1.0
    return found


def junk_cost(evidence: Evidence, costs: JunkCosts, alignment: Alignment) -> float:
    """What the text beside an alignment's code costs, compared with the unconstrained best path."""
    frames = len(evidence.scores)
    before, behind = outside_scores(evidence, costs)
    best = evidence.scores[np.arange(frames), evidence.best]
    cost_before = float(best[: alignment.start].sum() - before[frames - alignment.start])
    cost_behind = float(best[alignment.stop :].sum() - behind[frames - alignment.stop])
    return cost_before + cost_behind
