"""Passes under a recipe, frame by frame: right or wrong, how sure, and whether a second witness agreed.

Each frame is read as it would be judged on a line. One that only leads or witnesses hold back is read once more without
the lead that every character needs (``tolerances: gap``), so that rejection curves can be drawn for any lead and rule.
"""

from typing import Any, Dict, List, NamedTuple, Optional, Sequence

from ocr_app import recipes
from ocr_app.benchmark.side_by_side import ideal
from ocr_app.benchmark.side_by_side.seat import ReaderSeat
from ocr_app.core.errors import OcrError, UsageError
from ocr_app.core.types import TextLine, line_from_json
from ocr_app.datasets.sample import Sample
from ocr_app.imaging.geometry import shared_part
from ocr_app.recipes.verdict import PASS
from ocr_app.scoring.line_matching import MIN_OVERLAP, TruthLine
from ocr_app.scoring.text_forms import alphanumerics, without_spaces

GRADES = ("right", "marks", "part", "wrong", "elsewhere")
"""right: the text is that of the labels; marks: but for punctuation; part: right as far as it goes, but labelled text
that belongs to the code is missing; wrong: another text; elsewhere: no label is where it was read."""
WITNESS = ("one-witness", "witnesses-disagree")
LEAD = ("unsure", "ambiguous")
"""Reasons that speak of witnesses, and those that a smaller lead does away with."""


class Asked(NamedTuple):
    """A sample, the part of it that is read, and how far it is turned.

    ``box``: x, y, width, height, or None for the whole image. ``degrees``: to the left.
    """

    sample: Sample
    box: Optional[Sequence[int]] = None
    degrees: float = 0.0


def case_of(seat: ReaderSeat, asked: Asked, path: str, recipe: recipes.Recipe) -> Dict[str, Any]:
    """The record of one frame under the recipe in the file ``path``.

    ``good``: whether the labels, read perfectly, pass. ``verdict`` and ``grade``: of the frame as it is judged.
    ``lax_grade``: the grade if it passes but for leads and witnesses, else None; ``lead``: then the smallest lead of
    any character and of the text, in nats (None: nothing else was possible); ``agreed``: whether a second witness
    agreed, None if none was asked. Raises UsageError for a reader that gives texts only.
    """
    truth = _Truth(asked.sample, recipe, placed=not asked.degrees and asked.box is None)
    record: Dict[str, Any] = {"id": asked.sample.id, "good": truth.text is not None}
    try:
        judged = _read(seat, asked, path, None)
        lax = _read(seat, asked, path, 0.0) if _held_by(judged, LEAD, WITNESS) else judged
    except UsageError:
        raise
    except OcrError as error:
        return dict(record, verdict="error", grade=None, lax_grade=None, lead=None, agreed=None, error=error.code)
    record.update(verdict=judged["verdict"], grade=truth.grade(judged) if judged["verdict"] == PASS else None)
    candidate = lax["verdict"] == PASS or _held_by(lax, WITNESS)
    record.update(lax_grade=truth.grade(lax) if candidate else None, lead=lead_of(lax) if candidate else None)
    return dict(record, agreed=agreed(lax))


def _read(seat: ReaderSeat, asked: Asked, path: str, gap: Optional[float]) -> Dict[str, Any]:
    sample = asked.sample
    return seat.read(sample.path, sample.layout, path, gap=gap, box=asked.box, degrees=asked.degrees)


def _held_by(answer: Dict[str, Any], *groups: Sequence[str]) -> bool:
    """Whether a code was found that does not pass, for reasons of these groups alone."""
    reasons = [reason["code"] for reason in (answer["code"] or {}).get("reasons", ())]
    known = [name for group in groups for name in group]
    return bool(reasons) and all(reason in known for reason in reasons)


def lead_of(answer: Dict[str, Any]) -> Optional[float]:
    """The smallest lead of any printed character and of any line's text, in nats; None if all are infinite."""
    leads: List[Optional[float]] = []
    for line in answer["code"]["lines"]:
        leads += [char["gap"] for char in line["chars"] if char["sign"] != " "] + [line["margin"]]
    finite = [lead for lead in leads if lead is not None]
    return min(finite) if finite else None


def agreed(answer: Dict[str, Any]) -> Optional[bool]:
    """Whether the second witness agreed; None where none was asked."""
    witnesses = (answer["code"] or {}).get("witnesses") or {}
    value: Optional[bool] = witnesses.get("agreed")
    return value


class _Truth:
    """The labels of a sample, and what they say under a recipe.

    ``placed``: whether the labels are where their quads are in what is read.
    """

    def __init__(self, sample: Sample, recipe: recipes.Recipe, placed: bool) -> None:
        self._recipe = recipe
        self._labels: Sequence[TruthLine] = sample.lines or ideal.whole(sample.truth)
        self._placed = placed and any(label.scored for label in sample.lines)
        self.text = ideal.passing_text(self._labels, recipe)

    def grade(self, answer: Dict[str, Any]) -> str:
        """One of GRADES, for an answer that passes."""
        lines = [line_from_json(line) for line in answer["lines"]]
        read = " ".join(line.text for line in lines)
        whole = _compared(read, self.text if self.text is not None else self._printed())
        if whole != "wrong":
            return whole
        if not self._placed:
            return "part" if alphanumerics(read) in alphanumerics(self.text or self._printed()) else "wrong"
        touched = self._touched(lines)
        if not touched:
            return "elsewhere"
        own = ideal.passing_text(touched, self._recipe)
        return "part" if own is not None and _compared(read, own) != "wrong" else "wrong"

    def _printed(self) -> str:
        return " ".join(label.text or "" for label in self._labels if label.scored)

    def _touched(self, lines: Sequence[TextLine]) -> List[TruthLine]:
        """The scored labels that the lines overlap; none unless every line overlaps one."""
        scored = [label for label in self._labels if label.scored and label.quad is not None]
        hits = [[k for k, label in enumerate(scored) if _overlaps(label, line)] for line in lines]
        return [scored[k] for k in sorted({k for own in hits for k in own})] if all(hits) else []


def _overlaps(label: TruthLine, line: TextLine) -> bool:
    return label.quad is not None and shared_part(label.quad, line.quad) > MIN_OVERLAP


def _compared(read: str, wanted: str) -> str:
    if without_spaces(read.upper()) == without_spaces(wanted.upper()):
        return "right"
    return "marks" if alphanumerics(read) == alphanumerics(wanted) else "wrong"
