"""Whether a decoded code may pass. A code passes only when nothing speaks against it."""

from typing import Dict, List, Mapping, Optional

from ocr_app.core.errors import UsageError
from ocr_app.core.types import Image
from ocr_app.recipes.decoding.result import CodeDecoding
from ocr_app.recipes.language.clock import Clock
from ocr_app.recipes.language.fields import FieldValue
from ocr_app.recipes.language.recipe import Recipe
from ocr_app.recipes.verdict.expectations import check_expectations
from ocr_app.recipes.verdict.legibility import check_legibility
from ocr_app.recipes.verdict.reasons import Reason, Verdict, gravest_verdict
from ocr_app.recipes.verdict.relations import check_relation
from ocr_app.recipes.verdict.unexplained import check_ink, check_unexplained
from ocr_app.recipes.verdict.witnesses import WitnessReport, check_witnesses


def verify(
    decoding: CodeDecoding,
    recipe: Recipe,
    expected: Optional[Mapping[str, str]] = None,
    clock: Optional[Clock] = None,
    elapsed_ms: Optional[float] = None,
    deadline_ms: Optional[float] = None,
    witnesses: Optional[WitnessReport] = None,
    image: Optional[Image] = None,
) -> Verdict:
    """The verdict on a code.

    ``expected``: texts of named fields, compared without spaces, or their dates and times in ISO 8601. ``clock`` is
    needed where the recipe says "today", and where a year is printed with too few digits to be unique. ``elapsed_ms``
    above ``deadline_ms`` fails, and so does a deadline without an elapsed time. ``witnesses``: who read the code;
    without it, nobody is asked for. ``image``: the frame, grey or BGR, in which a code that would pass is searched for
    ink that was not read; None where there is only what was decoded. Raises UsageError for an expected field that the
    recipe does not have.
    """
    expected = expected or {}
    _refuse_unknown_fields(recipe, expected)
    reasons = _check_deadline(elapsed_ms, deadline_ms)
    if not decoding.lines:
        reasons.append(Reason("code-not-found"))
    for line in decoding.lines:
        reasons += check_legibility(recipe, line)
    reasons += check_unexplained(recipe, decoding)
    if decoding.lines:
        values = [value for line in decoding.lines for value in line.fields]
        reasons += check_expectations(recipe, values, expected, clock)
        named: Dict[str, FieldValue] = {value.name: value for value in values if value.name}
        reasons += [
            reason for relation in recipe.relations for reason in check_relation(recipe, relation, named, clock)
        ]
    if decoding.lines and witnesses is not None:
        reasons += check_witnesses(recipe, decoding, witnesses)
    if image is not None and not reasons:
        reasons += check_ink(recipe, decoding, image)
    return Verdict(gravest_verdict(reasons), tuple(reasons), decoding.text, decoding.assurance)


def _refuse_unknown_fields(recipe: Recipe, expected: Mapping[str, str]) -> None:
    names = sorted({field.name for field in recipe.fields if field.name})
    for name in expected:
        if name not in names:
            known = ", ".join(names) or "no field of this recipe has a name"
            raise UsageError("the recipe does not have the field {!r}".format(name), known)


def _check_deadline(elapsed_ms: Optional[float], deadline_ms: Optional[float]) -> List[Reason]:
    """The comparison is written so that NaN fails."""
    if deadline_ms is None or (elapsed_ms is not None and elapsed_ms <= deadline_ms):
        return []
    found = "unknown" if elapsed_ms is None else "{:.1f} ms".format(elapsed_ms)
    return [Reason("deadline-missed", "", found, "{:.1f} ms".format(deadline_ms))]
