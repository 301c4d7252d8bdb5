"""The metrics of the thesis, per image and over a set.

Source of the formulas: process_logs.ipynb of github.com/pmedare/ocr-in-jetson-nano. They take two strings that are
already in one text form (see forms.py); averages over images are macro averages, as there.
"""

from collections import Counter
from typing import Dict, Iterable, List, NamedTuple, Optional, Sequence, Tuple

from ocr_app.scoring.edit_distance import Edit, align, levenshtein
from ocr_app.scoring.text_forms import CONFUSION_FORM, FORMS, form


class Score(NamedTuple):
    """One image in one text form. ``distance`` and ``length`` (of the truth) allow the micro-averaged CER."""

    exact: bool
    cer: float
    precision: float
    recall: float
    distance: int
    length: int


class Average(NamedTuple):
    """Over ``images`` images, shares of 1; ``cer`` is the thesis's mean of per-image CERs, ``cer_micro`` is all
    edits over all characters of the truths (the CER of the text-recognition literature)."""

    images: int
    exact: float
    cer: float
    cer_micro: float
    precision: float
    recall: float


def cer(truth: str, read: str) -> float:
    """Levenshtein(read, truth) / len(truth); for an empty truth 0 when nothing was read, else 1. May exceed 1."""
    if not truth:
        return 1.0 if read else 0.0
    return levenshtein(truth, read) / len(truth)


def common_characters(truth: str, read: str) -> int:
    """Size of the multiset intersection of the characters; their order is ignored."""
    return sum((Counter(truth) & Counter(read)).values())


def precision(truth: str, read: str) -> float:
    """Sum over characters of min(count read, count in truth) / len(read); nothing read: 1 if truth is empty, else 0."""
    return common_characters(truth, read) / len(read) if read else float(not truth)


def recall(truth: str, read: str) -> float:
    """Sum over characters of min(count read, count in truth) / len(truth); empty truth: 1 if nothing was read, else 0.

    ``recall(a, b) == precision(b, a)``.
    """
    return precision(read, truth)


def score(truth: str, read: str) -> Score:
    """All metrics of one image."""
    edits = levenshtein(truth, read)
    rate = edits / len(truth) if truth else float(bool(read))
    return Score(truth == read, rate, precision(truth, read), recall(truth, read), edits, len(truth))


def score_forms(truth: str, texts: Sequence[str]) -> Dict[str, Score]:
    """Scores in every form, by its name; ``texts`` are the line texts in reading order."""
    return {name: score(*entry.sides(truth, texts)) for name, entry in FORMS.items()}


def average(scores: Iterable[Score]) -> Optional[Average]:
    """Averages over images; None for no image."""
    rows = list(scores)
    if not rows:
        return None
    exact, rate, right, found, distance, length = (sum(column) / len(rows) for column in zip(*rows))
    micro = distance / length if length else float(any(row.cer for row in rows))
    return Average(len(rows), exact, rate, micro, right, found)


def confusions(pairs: Iterable[Tuple[str, Sequence[str]]], top: int = 40) -> List[Tuple[str, str, int]]:
    """The commonest (character of the truth, character read, count) over (truth, line texts) pairs.

    "" is nothing: a character missed or made up. Aligned in the form CONFUSION_FORM, so lost spaces show.
    """
    counts: Dict[Edit, int] = {}
    for truth, texts in pairs:
        for edit in align(*form(CONFUSION_FORM).sides(truth, texts)):
            counts[edit] = counts.get(edit, 0) + (edit[0] != edit[1])
    ordered = sorted(((edit, count) for edit, count in counts.items() if count), key=lambda item: (-item[1], item[0]))
    return [(wanted, got, count) for (wanted, got), count in ordered[:top]]
