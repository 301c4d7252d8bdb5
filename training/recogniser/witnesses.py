"""How independent the recogniser's errors are of another reader's: how often both read the same wrong text.

Two witnesses for a pass are worth something only if they do not make the same mistakes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ocr_app.imaging.preprocess import to_bgr
from ocr_app.readers.contract import Reader, ReaderOptions
from ocr_app.readers.ppocr import reader as ppocr
from ocr_app.scoring.text_forms import alphanumerics
from training.recogniser.evaluation_sets import EvaluationLine

OTHERS = ("v6-tiny", "v6-small")


def readings(model: str, chosen: Sequence[EvaluationLine]) -> list[str]:
    """What a PP-OCR recogniser reads on each crop. Raises ModelError where its files are not installed."""
    reader: Reader = ppocr.open_reader(ReaderOptions(model=model, threads=1))
    found = reader.read_lines([to_bgr(line.pixels) for line in chosen])
    return [" ".join(line.text for line in lines) for lines in found]


def agreement(truths: Sequence[str], own: Sequence[str], others: Sequence[str]) -> dict[str, Any]:
    """Lines read right by each, wrong by both, and the same wrong text by both; letters and digits alone count."""
    rows = [tuple(alphanumerics(text) for text in row) for row in zip(truths, own, others, strict=True)]
    return {
        "lines": len(rows),
        "own_right": sum(a == truth for truth, a, _ in rows),
        "other_right": sum(b == truth for truth, _, b in rows),
        "both_wrong": sum(truth not in (a, b) for truth, a, b in rows),
        "same_text": sum(a == b for _, a, b in rows),
        "same_wrong": sum(a == b != truth and a != "" for truth, a, b in rows),
    }
