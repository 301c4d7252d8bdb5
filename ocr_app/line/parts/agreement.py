"""Several frames of one part, decided together: they have to agree, and a disagreement never passes."""

from typing import Any, Dict, List, Sequence, Tuple

from ocr_app.line.journal.rows import FAIL, PASS
from ocr_app.line.parts.part import Outcome, outcome_of
from ocr_app.line.reading.jobs import Result

DIFFER, TOO_FEW = "no-consensus", "frames-too-few"
REASONS = {
    DIFFER: "two frames of the part were read differently",
    TOO_FEW: "fewer frames passed than trigger.frames_agree asks for",
}
"""Why a part fails though one of its frames passes."""
_WORST_FIRST = ("hold", FAIL, "no-read", PASS)


def decide(results: Sequence[Result], least: int) -> Tuple[int, Outcome]:
    """(place of the frame that the verdict is about, the verdict). ``results``: of each frame, at least one.

    A part of several frames passes when ``least`` of them pass, and no other one was read as something else. A frame
    on which nothing was found contradicts none.
    """
    outcomes = [outcome_of(result, "") for result in results]
    if len(outcomes) == 1:
        return 0, outcomes[0]
    place, outcome = _together(outcomes, least)
    return place, outcome._replace(witnesses=dict(outcome.witnesses or {}, frames=_shown(results, outcomes)))


def _together(outcomes: List[Outcome], least: int) -> Tuple[int, Outcome]:
    passing = [index for index, outcome in enumerate(outcomes) if outcome.verdict == PASS]
    if not passing:
        place = min(range(len(outcomes)), key=lambda index: _WORST_FIRST.index(outcomes[index].verdict))
        return place, outcomes[place]
    one = outcomes[passing[0]]
    for place, other in enumerate(outcomes):
        if _says_something_else(other, one):
            return place, other._replace(verdict=FAIL, reasons=(DIFFER,) + other.reasons)
    if len(passing) < least:
        return passing[0], one._replace(verdict=FAIL, reasons=(TOO_FEW,) + one.reasons)
    return passing[0], one


def _says_something_else(outcome: Outcome, passed: Outcome) -> bool:
    """Whether a frame was read, and as another code than one that passes."""
    if outcome.values and passed.values:
        return outcome.values != passed.values
    return bool(outcome.text) and outcome.verdict != "no-read" and outcome.text != passed.text


def _shown(results: Sequence[Result], outcomes: List[Outcome]) -> List[Dict[str, Any]]:
    """What each frame was, for the history."""
    return [
        {"name": result["image"], "verdict": each.verdict, "text": each.text, "reasons": list(each.reasons)}
        for result, each in zip(results, outcomes)
    ]
