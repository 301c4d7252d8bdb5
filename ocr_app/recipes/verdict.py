"""Verify mode: whether a code that was decoded may pass. The default is to reject."""

import re
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from ocr_app.core.errors import UsageError
from ocr_app.recipes.decoding.result import CONFUSED, MISMATCH, NOT_READ, CodeDecoding, DecodedLine
from ocr_app.recipes.language.dates import Clock, Span, agrees, moved, spans, todays
from ocr_app.recipes.language.fields import FieldValue
from ocr_app.recipes.language.recipe import Recipe, RecipeField, Relation

PASS, FAIL, NO_READ, HOLD = "pass", "fail", "no-read", "hold"
VERDICTS = (PASS, FAIL, NO_READ, HOLD)
REASONS = {
    "code-not-found": NO_READ,
    "line-not-found": NO_READ,
    "not-read": NO_READ,
    "unsure": NO_READ,
    "ambiguous": NO_READ,
    "date-ambiguous": NO_READ,
    "contradicted": FAIL,
    "unexpected-character": FAIL,
    "unexpected-text": FAIL,
    "not-expected": FAIL,
    "field-missing": FAIL,
    "relation-broken": FAIL,
    "deadline-missed": FAIL,
    "clock-not-trusted": HOLD,
}
"""What each reason leads to; the gravest of all reasons is the verdict: fail, no-read, hold."""


class Reason(NamedTuple):
    """Why a code does not pass: a key of ``REASONS``, where, and what was found and expected."""

    code: str
    where: str = ""
    found: str = ""
    expected: str = ""

    def to_json(self) -> Dict[str, str]:
        """Without empty parts."""
        return {name: value for name, value in self._asdict().items() if value}


class Verdict(NamedTuple):
    """``verdict`` is one of ``VERDICTS``; "pass" has no reasons."""

    verdict: str
    reasons: Tuple[Reason, ...]
    text: str
    assurance: float

    def to_json(self) -> Dict[str, Any]:
        """Machine-readable form."""
        reasons = [reason.to_json() for reason in self.reasons]
        assurance = round(self.assurance, 3) if abs(self.assurance) < 1e6 else None
        return {"verdict": self.verdict, "reasons": reasons, "text": self.text, "assurance": assurance}


def verify(
    decoding: CodeDecoding,
    recipe: Recipe,
    expected: Optional[Mapping[str, str]] = None,
    clock: Optional[Clock] = None,
    elapsed_ms: Optional[float] = None,
    deadline_ms: Optional[float] = None,
) -> Verdict:
    """Whether the code may pass.

    ``expected``: texts of named fields, compared without spaces; ``clock`` is needed where the recipe says "today" or
    a year is printed with fewer digits than tell it; ``elapsed_ms`` later than ``deadline_ms`` rejects, and so does a
    deadline without a time. Raises UsageError for an expected field that the recipe does not have.
    """
    _check_names(recipe, expected or {})
    reasons = _lateness(elapsed_ms, deadline_ms)
    if not decoding.lines:
        reasons.append(Reason("code-not-found"))
    for line in decoding.lines:
        reasons += _legibility(recipe, line)
    if decoding.lines:
        values = [value for line in decoding.lines for value in line.fields]
        fields = {value.name: value for value in values if value.name}
        reasons += _expectations(recipe, values, expected or {}, clock)
        reasons += [reason for relation in recipe.relations for reason in _relation(recipe, relation, fields, clock)]
    return Verdict(_gravest(reasons), tuple(reasons), decoding.text, decoding.assurance)


def _gravest(reasons: List[Reason]) -> str:
    found = {REASONS[reason.code] for reason in reasons}
    return next((verdict for verdict in (FAIL, NO_READ, HOLD) if verdict in found), PASS)


def _check_names(recipe: Recipe, expected: Mapping[str, str]) -> None:
    names = sorted({field.name for field in recipe.fields if field.name})
    for name in expected:
        if name not in names:
            raise UsageError("the recipe has no field {!r}".format(name), ", ".join(names) or "no field has a name")


def _lateness(elapsed_ms: Optional[float], deadline_ms: Optional[float]) -> List[Reason]:
    if deadline_ms is None or (elapsed_ms is not None and elapsed_ms <= deadline_ms):
        return []
    found = "unknown" if elapsed_ms is None else "{:.1f} ms".format(elapsed_ms)
    return [Reason("deadline-missed", "", found, "{:.1f} ms".format(deadline_ms))]


def _legibility(recipe: Recipe, line: DecodedLine) -> List[Reason]:
    """What speaks against the line's text as such. Comparisons are written so that NaN rejects."""
    if not line.text:
        return [Reason("line-not-found", line.name)]
    tolerances = recipe.tolerances
    reasons = []
    for place, char in enumerate(line.chars):
        where = "{}[{}]".format(line.name, place)
        code = {MISMATCH: "contradicted", NOT_READ: "not-read", CONFUSED: "unsure"}.get(char.status)
        if code is None and char.sign != " " and not char.gap >= tolerances.gap:
            code = "unsure"
        if code is not None:
            reasons.append(Reason(code, where, char.alternatives[0][0] if char.alternatives else "", char.sign))
    if not line.margin >= tolerances.gap and not reasons:
        reasons.append(Reason("ambiguous", line.name, "another text trails by {:.2f}".format(line.margin)))
    for sign, value in line.extra:
        if not value < tolerances.contradiction:
            reasons.append(Reason("unexpected-character", line.name, sign))
    kept = {own.name: own.junk for layout in recipe.layouts for own in layout.lines}
    if any(line.junk) and kept.get(line.name) != "ignore":
        reasons.append(Reason("unexpected-text", line.name, " ... ".join(part for part in line.junk if part)))
    return reasons


def _expectations(
    recipe: Recipe, values: Sequence[FieldValue], expected: Mapping[str, str], clock: Optional[Clock]
) -> List[Reason]:
    """What the recipe expects of every field that was printed, named or not, and what the caller expects of his."""
    reasons: List[Reason] = []
    for value in values:
        field = recipe.fields[value.number]
        if field.expect and not (field.name and field.name in expected):
            reasons += _expectation(recipe, field, value, clock)
    for name, text in expected.items():
        found = [value.text for value in values if value.name == name]
        if not found:
            reasons.append(Reason("field-missing", name, "", text))
        reasons += [Reason("not-expected", name, own, text) for own in found if _bare(own) != _bare(text)]
    return reasons + _twice(values)


def _twice(values: Sequence[FieldValue]) -> List[Reason]:
    """A field that is printed in several places under one name has to say the same in all of them."""
    first: Dict[str, str] = {}
    reasons = []
    for value in values:
        if value.name and _bare(first.setdefault(value.name, value.text)) != _bare(value.text):
            reasons.append(Reason("not-expected", value.name, value.text, first[value.name]))
    return reasons


def _bare(text: str) -> str:
    return "".join(text.split()).upper()


_TODAY = re.compile(
    r"today(?:\s*(?P<sign>[+-])\s*(?P<amount>\d+)\s+(?P<unit>day|week|month|year)s?)?(?:\s*\((?P<end>[\w-]+)\))?$"
)


def _expectation(recipe: Recipe, field: RecipeField, value: FieldValue, clock: Optional[Clock]) -> List[Reason]:
    """A field's own ``expect``: a text, or today and a period."""
    expect = field.expect or ""
    found = _TODAY.match(expect)
    if not found:
        return [] if _bare(value.text) == _bare(expect) else [Reason("not-expected", _named(field), value.text, expect)]
    sign, amount, unit, end = found.groups()
    number = int(amount or 0) * (-1 if sign == "-" else 1)
    relation = Relation(_named(field), "=", "today", number, (unit or "day") + "s", end or "clamp", expect)
    return _relation(recipe, relation, {_named(field): value}, clock)


def _named(field: RecipeField) -> str:
    """The field's name, or its number where it has none."""
    return field.name or "field {}".format(field.number + 1)


def _relation(
    recipe: Recipe, relation: Relation, fields: Mapping[str, FieldValue], clock: Optional[Clock]
) -> List[Reason]:
    left = fields.get(relation.left)
    if left is None or (relation.right != "today" and relation.right not in fields):
        return []  # fields of another layout or of an optional part
    if relation.right == "today" and (clock is None or not clock.trusted):
        return [Reason("clock-not-trusted", relation.left, clock.why if clock else "no clock", relation.text)]
    printed = _meanings(recipe, left, clock)
    if relation.right == "today":
        assert clock is not None
        days = todays(clock.now, recipe.tolerances.midnight_minutes)
        bases = [Span(day, day) for day in days]
        return _compared(relation, left, printed, bases, any_base=True)
    return _compared(relation, left, printed, _meanings(recipe, fields[relation.right], clock), any_base=False)


def _meanings(recipe: Recipe, value: FieldValue, clock: Optional[Clock]) -> List[Span]:
    setting = recipe.fields[value.number].setting
    now = clock.now.year if clock is not None and clock.trusted else None
    return sorted({span for moment in value.moments for span in spans(moment, setting, now)})


def _compared(
    relation: Relation, left: FieldValue, printed: List[Span], bases: List[Span], any_base: bool
) -> List[Reason]:
    """Every meaning of what is printed has to hold; of two dates that are right around midnight one is enough."""
    if not printed or not bases:
        return [Reason("date-ambiguous", relation.left, left.text, relation.text)]
    held = [[_holds(relation, span, base) for base in bases] for span in printed]
    fits = [any(row) if any_base else all(row) for row in held]
    if all(fits):
        return []
    code = "date-ambiguous" if any(any(row) for row in held) else "relation-broken"
    return [Reason(code, relation.left, left.text, relation.text)]


def _holds(relation: Relation, printed: Span, base: Span) -> bool:
    try:
        wanted = moved(base, relation.amount, relation.unit, relation.month_end)
    except (OverflowError, ValueError):
        return False
    if relation.comparison == "after":
        return printed.last > wanted.last
    if relation.comparison == "before":
        return printed.first < wanted.first
    return agrees(printed, wanted)
