"""Readers over the same images, in turns: every reader reads an image before the next image begins.

The order of the readers rotates from image to image, so that disturbances of the machine, and what the one before left
in the caches, affect all of them.
"""

from typing import Any, Callable, Dict, List, NamedTuple, Optional, Sequence

from ocr_app.benchmark.side_by_side.seat import ReaderSeat
from ocr_app.core.errors import OcrError
from ocr_app.core.types import TextLine, line_from_json
from ocr_app.datasets.sample import Dataset, Sample
from ocr_app.scoring.line_matching import line_outcomes
from ocr_app.scoring.text_forms import FORMS

WARM_UP = 3

Report = Callable[[str], None]


class TurnsSet(NamedTuple):
    """A data set of a comparison, and its name there."""

    name: str
    dataset: Dataset


def compare(seats: Sequence[ReaderSeat], sets: Sequence[TurnsSet], repeat: int, report: Report) -> Dict[str, Any]:
    """``{reader: {set: [image record]}}``; an image that fails is an entry with its error.

    ``report`` is told when a set begins.
    """
    found: Dict[str, Any] = {seat.name: {each.name: [] for each in sets} for seat in seats}
    for layout in sorted({sample.layout for each in sets for sample in each.dataset.samples}):
        for seat in seats:
            seat.warm_up(layout, WARM_UP)
    number = 0
    for each in sets:
        report("{}: {} images, {} readers".format(each.name, len(each.dataset.samples), len(seats)))
        for sample in each.dataset.samples:
            taken = _turn(seats, sample, repeat, number)
            number += 1
            for name, record in taken.items():
                found[name][each.name].append(record)
    return found


def _turn(seats: Sequence[ReaderSeat], sample: Sample, repeat: int, number: int) -> Dict[str, Dict[str, Any]]:
    answers: Dict[str, List[Dict[str, Any]]] = {seat.name: [] for seat in seats}
    for again in range(repeat):
        first = (number + again) % len(seats)
        for seat in list(seats[first:]) + list(seats[:first]):
            answers[seat.name].append(_answer(seat, sample))
    return {name: image_record(sample, rows) for name, rows in answers.items()}


def _answer(seat: ReaderSeat, sample: Sample) -> Dict[str, Any]:
    try:
        return seat.read(sample.path, sample.layout)
    except OcrError as error:
        return {"lines": [], "ms": None, "cpu_ms": None, "error": error.to_json()}


def image_record(sample: Sample, answers: Sequence[Dict[str, Any]]) -> Dict[str, Any]:
    """One image of one reader, without texts.

    ``lines``: [found, read, exact] of each scored line of a photograph, or of the text of a crop. ``ms`` and
    ``cpu_ms``: the least of the repeats.
    """
    errors = [answer["error"] for answer in answers if answer["error"]]
    lines = [] if errors else [line_from_json(line) for line in answers[0]["lines"]]
    return {
        "id": sample.id,
        "lines": outcomes_of(sample, lines),
        "ms": _least(answers, "ms"),
        "cpu_ms": _least(answers, "cpu_ms"),
        "error": errors[0] if errors else None,
    }


def outcomes_of(sample: Sample, lines: Sequence[TextLine]) -> List[List[int]]:
    """[found, read, exact] of each scored line; a sample without labelled lines counts as one line."""
    if sample.lines:
        return [[int(value) for value in outcome] for outcome in line_outcomes(sample.lines, lines)]
    wanted, got = FORMS["alnum"].sides(sample.truth, [line.text for line in lines])
    return [[int(bool(lines)), int(wanted in got), int(wanted == got)]]


def _least(answers: Sequence[Dict[str, Any]], key: str) -> Optional[float]:
    values = [answer[key] for answer in answers if answer[key] is not None]
    return min(values) if values else None
