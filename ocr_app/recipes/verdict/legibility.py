"""Whether a line's text can be trusted as such, whatever it says."""

from typing import Dict, List

from ocr_app.recipes.decoding.result import CONFUSED, MISMATCH, NOT_READ, DecodedChar, DecodedLine
from ocr_app.recipes.language.recipe import Recipe
from ocr_app.recipes.verdict.reasons import Reason

ALIKE = "the recipe counts them as alike, and the field allows both"
_REASONS_OF_STATUS = {MISMATCH: "contradicted", NOT_READ: "not-read", CONFUSED: "unsure"}


def check_legibility(recipe: Recipe, line: DecodedLine) -> List[Reason]:
    """What speaks against the line's text. Comparisons are written so that NaN counts against it."""
    if not line.text:
        return [Reason("line-not-found", line.name)]
    tolerances = recipe.tolerances
    reasons: List[Reason] = []
    for position, char in enumerate(line.chars):
        reasons += _check_char("{}[{}]".format(line.name, position), char, recipe)
    if not line.margin >= tolerances.gap and not reasons:
        found = line.rival or "another text trails by only {:.2f}".format(line.margin)
        reasons.append(Reason("ambiguous", _where_they_differ(line), found, line.text))
    for character, score in line.extra:
        if not score < tolerances.contradiction:
            reasons.append(Reason("unexpected-character", line.name, character))
    if any(line.junk) and _junk_rules(recipe).get(line.name) != "ignore":
        reasons.append(Reason("unexpected-text", line.name, " ... ".join(part for part in line.junk if part)))
    return reasons


def _check_char(where: str, char: DecodedChar, recipe: Recipe) -> List[Reason]:
    gap = recipe.tolerances.gap
    code = _REASONS_OF_STATUS.get(char.status)
    if code is None and char.character != " " and not char.gap >= gap:
        code = "unsure"
    if code is None:
        return []
    rivals = char.allowed if code == "unsure" and char.gap < gap else char.alternatives
    found = rivals[0][0] if rivals else ""
    detail = ALIKE if code == "unsure" and _count_as_alike(recipe, found, char.character) else ""
    return [Reason(code, where, found, char.character, detail)]


def _count_as_alike(recipe: Recipe, one: str, other: str) -> bool:
    """Whether the printer draws both characters alike, by the recipe."""
    return any(one in alike and other in alike for alike in recipe.lookalikes if one)


def _where_they_differ(line: DecodedLine) -> str:
    """The line, and the first place where its rival has something else."""
    pairs = zip(line.text, line.rival)
    first = next((at for at, (own, other) in enumerate(pairs) if own != other), min(len(line.text), len(line.rival)))
    return "{}[{}]".format(line.name, first) if line.rival else line.name


def _junk_rules(recipe: Recipe) -> Dict[str, str]:
    return {line.name: line.junk for line in recipe.lines}
