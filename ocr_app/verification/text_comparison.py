"""How texts are compared when networks are judged: white space is ignored, as in every accuracy that is reported."""

from typing import List, Optional, Sequence, Tuple

from ocr_app.scoring.edit_distance import levenshtein
from ocr_app.scoring.text_forms import FORMS

FORM = "nospace"


def same(one: str, other: str) -> bool:
    """Whether two texts are equal."""
    truth, read = FORMS[FORM].sides(one, [other])
    return truth == read


def cer(texts: Sequence[str], truths: Sequence[Optional[str]]) -> Optional[float]:
    """Character error rate in percent, over the items whose truth is known; None where there are none."""
    pairs = _known_pairs(texts, truths)
    characters = sum(len(truth) for truth, _ in pairs)
    if not characters:
        return None
    return round(100.0 * sum(levenshtein(truth, read) for truth, read in pairs) / characters, 2)


def exact(texts: Sequence[str], truths: Sequence[Optional[str]]) -> int:
    """How many texts are right."""
    return sum(truth == read for truth, read in _known_pairs(texts, truths))


def _known_pairs(texts: Sequence[str], truths: Sequence[Optional[str]]) -> List[Tuple[str, str]]:
    """(truth, text), both without white space, of the items whose truth is known."""
    return [FORMS[FORM].sides(truth, [text]) for text, truth in zip(texts, truths) if truth is not None]
