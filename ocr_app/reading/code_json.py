"""The result of decoding under a recipe: as text lines, and as the ``code`` of a result in JSON form."""

import math
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

import numpy as np

from ocr_app.core.types import LinePosterior, TextLine, line_to_json
from ocr_app.networks import ctc
from ocr_app.reading.judging import Judgement
from ocr_app.recipes import Recipe
from ocr_app.recipes.decoding import CodeDecoding, DecodedChar, DecodedLine
from ocr_app.recipes.language.fields import FieldValue
from ocr_app.recipes.language.typed import TypedValue, typed_value
from ocr_app.recipes.verdict import Reason, Verdict, WitnessReport, agreeing_members, check_witnesses


def lines_of(decoding: CodeDecoding) -> List[TextLine]:
    """The lines of the code that were found, in the order of the recipe."""
    return [TextLine(line.text, line.quad, line.confidence) for line in decoding.lines if line.text]


def to_json(judgement: Judgement, recipe: Recipe, this_year: Optional[int] = None) -> Dict[str, Any]:
    """JSON form. Scores are natural logarithms; None stands for an infinite lead, where nothing else was possible.

    ``this_year``: for years that are printed with too few digits to be unique; None where the clock is not trusted.
    """
    decoding, verdict = judgement.decoding, judgement.verdict
    typed = {value: typed_value(recipe, value, this_year) for line in decoding.lines for value in line.fields}
    return {
        "recipe": decoding.recipe,
        "layout": decoding.layout,
        "status": decoding.status,
        "assurance": _finite(verdict.assurance),
        "reasons": [_reason(reason) for reason in verdict.reasons],
        "values": dict(decoding.values),
        "typed": {field.name: known.value for field, known in typed.items() if field.name},
        "lines": [_line(line, judgement.witnesses, typed) for line in decoding.lines],
        "others": [_other(judgement.posteriors[index]) for index in decoding.unused],
        "witnesses": _witnesses(judgement, recipe),
    }


def _witnesses(judgement: Judgement, recipe: Recipe) -> Dict[str, Any]:
    """Who read the whole code as it was decoded; "agreed" is None where it was not asked."""
    report = judgement.witnesses
    if report is None:
        return {"needed": recipe.witnesses, "agreed": None, "members": []}
    members = agreeing_members(judgement.decoding, report)
    agreed = not check_witnesses(recipe, judgement.decoding, report)
    return {"needed": recipe.witnesses, "agreed": agreed, "members": list(members)}


def reasons_of(verdict: Verdict) -> Tuple[str, ...]:
    """The reasons of the verdict as they appear in a result: ``code`` or ``code:where``."""
    return tuple(reason.code + (":" + reason.where if reason.where else "") for reason in verdict.reasons)


def _reason(reason: Reason) -> Dict[str, str]:
    return dict(reason._asdict())


def _line(line: DecodedLine, report: Optional[WitnessReport], typed: Mapping[FieldValue, TypedValue]) -> Dict[str, Any]:
    return {
        "name": line.name,
        "text": line.text,
        "status": line.status,
        "score": _finite(line.score),
        "margin": _finite(line.margin),
        "contradiction": _finite(line.contradiction),
        "rival": line.rival,
        "fields": [
            {"name": its.name, "kind": its.kind, "text": its.text, "type": typed[its].type, "value": typed[its].value}
            for its in line.fields
        ],
        "chars": [_char(char) for char in line.chars],
        "junk": list(line.junk),
        "free": line.best_path,
        "witnesses": [{"member": each.member, "text": each.text} for each in (report.of(line.name) if report else ())],
    }


def _char(char: DecodedChar) -> Dict[str, Any]:
    return {
        "sign": char.character,
        "status": char.status,
        "gap": _finite(char.gap),
        "free_gap": _finite(char.free_gap),
        "alternatives": _ranked(char.alternatives),
        "allowed": _ranked(char.allowed),
    }


def _ranked(pairs: Sequence[Tuple[str, float]]) -> List[List[Any]]:
    return [[sign, _finite(trail)] for sign, trail in pairs]


def _other(posterior: LinePosterior) -> Dict[str, Any]:
    """A line that is not part of the code, decoded by its best path."""
    text = ctc.decode(np.exp(posterior.log_probs), posterior.characters).text.strip()
    record = line_to_json(TextLine(text, posterior.quad, 0.0))
    return {"text": record["text"], "quad": record["quad"]}


def _finite(value: float) -> Optional[float]:
    return round(float(value), 3) if math.isfinite(value) else None
