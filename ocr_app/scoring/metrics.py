"""The metrics of the thesis, per image and over a set.

The formulas are those of process_logs.ipynb of github.com/pmedare/ocr-in-jetson-nano. They take two strings that are
already in the same text form (text_forms.py). Averages over images are macro averages, as in the notebook.
"""

from collections import Counter
from typing import Dict, Iterable, List, NamedTuple, Optional, Sequence, Tuple

from ocr_app.scoring.edit_distance import Edit, align, levenshtein
from ocr_app.scoring.text_forms import CONFUSION_FORM, FORMS, form


class Score(NamedTuple):
    """One image in one text form. ``distance`` and ``length`` (of the truth) are for the micro-averaged CER."""

    exact: bool
    cer: float
    precision: float
    recall: float
    distance: int
    length: int


class Average(NamedTuple):
    """Averages over ``images`` images, as shares of 1.

    ``cer`` is the thesis's mean of the CERs per image; ``cer_micro`` is the number of all edits over that of all
    characters of the truths, which the text-recognition literature calls CER.
    """

    images: int
    exact: float
    cer: float
    cer_micro: float
    precision: float
    recall: float


def cer(truth: str, read: str) -> float:
    """Levenshtein(read, truth) / len(truth), which may exceed 1. For an empty truth: 0 if nothing was read, else 1."""
    if not truth:
        return 1.0 if read else 0.0
    return levenshtein(truth, read) / len(truth)


def common_characters(truth: str, read: str) -> int:
    """The size of the multiset intersection of the characters; their order is ignored."""
    return sum((Counter(truth) & Counter(read)).values())


def precision(truth: str, read: str) -> float:
    """Common characters (:func:`common_characters`) / len(read). If nothing was read: 1 for an empty truth, else 0."""
    return common_characters(truth, read) / len(read) if read else float(not truth)


def recall(truth: str, read: str) -> float:
    """Common characters / len(truth). For an empty truth: 1 if nothing was read, else 0.

    ``recall(a, b) == precision(b, a)``.
    """
    return precision(read, truth)


def score(truth: str, read: str) -> Score:
    """All metrics of one image."""
    edits = levenshtein(truth, read)
    rate = edits / len(truth) if truth else float(bool(read))
    return Score(truth == read, rate, precision(truth, read), recall(truth, read), edits, len(truth))


def score_forms(truth: str, texts: Sequence[str]) -> Dict[str, Score]:
    """The scores in every text form, by its name; ``texts`` are the texts of the lines in reading order."""
    return {name: score(*entry.sides(truth, texts)) for name, entry in FORMS.items()}


def average(scores: Iterable[Score]) -> Optional[Average]:
    """The averages over images; None if there are none."""
    rows = list(scores)
    if not rows:
        return None
    exact, rate, right, found, distance, length = (sum(column) / len(rows) for column in zip(*rows))
    micro = distance / length if length else float(any(row.cer for row in rows))
    return Average(len(rows), exact, rate, micro, right, found)


def confusions(pairs: Iterable[Tuple[str, Sequence[str]]], top: int = 40) -> List[Tuple[str, str, int]]:
    """The most frequent (character of the truth, character read, count) over (truth, line texts) pairs.

    "" is no character: one was missed or inserted. Texts are aligned in CONFUSION_FORM, which shows lost spaces.
    """
    counts: Dict[Edit, int] = {}
    for truth, texts in pairs:
        for edit in align(*form(CONFUSION_FORM).sides(truth, texts)):
            counts[edit] = counts.get(edit, 0) + (edit[0] != edit[1])
    ordered = sorted(((edit, count) for edit, count in counts.items() if count), key=lambda item: (-item[1], item[0]))
    return [(wanted, got, count) for (wanted, got), count in ordered[:top]]
