"""Whether enough independent networks read the same code.

A margin within one network does not make a code safe: a network can be sure of a wrong character. Networks that were
trained independently hardly ever make the same mistake, so a code passes only when two of them read the same. Two that
agree against a third one have to be surer of it: two networks of one family may share a mistake.
"""

from typing import List, NamedTuple, Optional, Tuple

from ocr_app.recipes.decoding.result import CodeDecoding, DecodedLine
from ocr_app.recipes.language.recipe import Recipe
from ocr_app.recipes.verdict.reasons import Reason

CONTESTED = 6.0  # nats of lead that a line needs which another network reads as another text of the recipe


class WitnessReading(NamedTuple):
    """What one member reads on one line of the code, under the recipe; "" where nothing of the recipe fits."""

    line: str
    member: str
    text: str


class WitnessReport(NamedTuple):
    """What each member reads on each line of the code that it has been asked about."""

    readings: Tuple[WitnessReading, ...] = ()

    def of(self, line: str) -> Tuple[WitnessReading, ...]:
        """What is said about one line."""
        return tuple(each for each in self.readings if each.line == line)

    def agreeing(self, line: DecodedLine) -> Tuple[str, ...]:
        """The members that read the line as it was decoded."""
        return tuple(each.member for each in self.of(line.name) if plain(each.text) == plain(line.text))


def plain(text: str) -> str:
    """The text without spaces, whose width is a matter of judgement; networks need not agree on it."""
    return text.replace(" ", "")


def agreeing_members(decoding: CodeDecoding, report: WitnessReport) -> Tuple[str, ...]:
    """The members that read every line of the code as it was decoded."""
    members = dict.fromkeys(each.member for each in report.readings)
    return tuple(name for name in members if all(name in report.agreeing(line) for line in decoding.lines))


def check_witnesses(recipe: Recipe, decoding: CodeDecoding, report: WitnessReport) -> List[Reason]:
    """What speaks against the code: lines that fewer members than the recipe asks for read as they were decoded."""
    reasons = (_check_line(recipe.witnesses, line, report) for line in decoding.lines)
    return [reason for reason in reasons if reason is not None]


def _check_line(needed: int, line: DecodedLine, report: WitnessReport) -> Optional[Reason]:
    agreeing = report.agreeing(line)
    differing = [each for each in report.of(line.name) if each.member not in agreeing]
    contested = any(each.text for each in differing) and not min(line.margin, line.assurance) >= CONTESTED
    if len(agreeing) >= needed and not contested:
        return None
    expected = "{} independent networks".format(needed)
    if not differing:
        return Reason("one-witness", line.name, ", ".join(agreeing), expected)
    said = ", ".join("{}: {}".format(each.member, each.text or "nothing of the recipe") for each in differing)
    return Reason("witnesses-disagree", line.name, said, expected)
