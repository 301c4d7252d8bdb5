"""A result in words: what a person is told in tables, on pictures and in reports."""

from typing import Dict, List

from ocr_app.core.types import Reading
from ocr_app.recipes.verdict import explain, sentence

_MOST = 4  # reasons that are told of one image; the others are counted


def summary_of(reading: Reading) -> str:
    """The text, after the verdict where there is one; without a text, whether any text was found at all."""
    text = reading.text or _nothing(reading)
    return text if reading.code is None else "{}: {}".format(reading.verdict, text)


def _nothing(reading: Reading) -> str:
    others = reading.code["others"] if reading.code is not None else []
    count = sum(1 for other in others if other["text"].strip())
    if not count:
        return "- no text found -"
    return "- no code among {} text{} that {} found -".format(count, *(("", "was") if count == 1 else ("s", "were")))


def explanations_of(reading: Reading) -> List[str]:
    """A sentence for each reason against a code, with what to do: the same advice only once."""
    rows, seen = [], set()
    reasons = _reasons(reading)
    for reason in reasons[:_MOST]:
        rows.append(sentence(reason) if reason["code"] in seen else explain(reason))
        seen.add(reason["code"])
    return rows + _rest(len(reasons))


def notes_of(reading: Reading) -> List[str]:
    """The verdict and the sentences of its reasons, for a picture; () without a recipe."""
    if reading.code is None:
        return []
    head = reading.verdict if reading.lines else summary_of(reading)
    reasons = _reasons(reading)
    return [head] + [sentence(reason) for reason in reasons[:_MOST]] + _rest(len(reasons))


def _reasons(reading: Reading) -> List[Dict[str, str]]:
    return list(reading.code["reasons"]) if reading.code is not None else []


def _rest(count: int) -> List[str]:
    return ["{} more reasons are in the result of --jsonl.".format(count - _MOST)] if count > _MOST else []
