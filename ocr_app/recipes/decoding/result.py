"""What decoding hands out."""

from typing import Dict, NamedTuple, Tuple

from ocr_app.core.types import Quad
from ocr_app.recipes.language.fields import FieldValue

READ, CONFUSED, NOT_READ, MISMATCH = "read", "confused", "not-read", "mismatch"
STATUSES = (READ, CONFUSED, NOT_READ, MISMATCH)


class DecodedChar(NamedTuple):
    """One character of a decoded line. All scores are natural logarithms of probability ratios.

    ``gap``: how far it leads over the best other character that the recipe allows in its place (inf: none);
    ``free_gap``: how far it leads over the best other character at all, or none; negative where the recipe overruled
    the plain reading. ``alternatives``: (character, how far it trails), nearest first, "" for no character;
    ``allowed`` the same among what the recipe allows. ``frames``: first and last, inclusive.
    """

    sign: str
    status: str
    gap: float
    free_gap: float
    alternatives: Tuple[Tuple[str, float], ...]
    allowed: Tuple[Tuple[str, float], ...]
    frames: Tuple[int, int]


class DecodedLine(NamedTuple):
    """One line of a code.

    ``name``: the recipe's line. ``text`` is "" where the line was not found. ``score``: log P(text | image), summed
    over all alignments; ``margin``: lead over the best other text that the recipe allows, best paths compared;
    ``contradiction``: lead of the plain reading over ``text``, 0 where they agree, spaces not counted.
    ``taken``: indices of the posteriors it was read from; ``junk``: what stands before and behind it on its line;
    ``free``: the plain reading; ``extra``: signs that the plain reading has between the recipe's, with their scores.
    """

    name: str
    text: str
    status: str
    chars: Tuple[DecodedChar, ...]
    fields: Tuple[FieldValue, ...]
    score: float
    margin: float
    contradiction: float
    taken: Tuple[int, ...]
    quad: Quad
    junk: Tuple[str, str]
    free: str
    extra: Tuple[Tuple[str, float], ...] = ()

    @property
    def assurance(self) -> float:
        """Lead over everything the recipe allows, less the clearest contradiction (nats)."""
        signs = [char for char in self.chars if char.sign != " "]
        against = max([-char.free_gap for char in signs] + [value for _, value in self.extra] + [0.0])
        return min([char.gap for char in signs] + [self.margin]) - against

    @property
    def confidence(self) -> float:
        """0..1: the probability ratio of the weakest character against its best rival, within the recipe."""
        gaps = [char.gap for char in self.chars if char.sign != " "]
        weakest = min(gaps + [50.0])
        return float(1.0 / (1.0 + 2.718281828459045 ** -max(-50.0, weakest))) if self.chars else 0.0


class CodeDecoding(NamedTuple):
    """What a frame says under a recipe.

    ``layout``: name of the layout that explains most, "" when none does. ``lines`` as the layout has them, those not
    found with text "". ``others``: indices of posteriors that no line was read from. ``reasons``: words such as
    "line-not-found:lot".
    """

    recipe: str
    layout: str
    status: str
    lines: Tuple[DecodedLine, ...]
    others: Tuple[int, ...]
    reasons: Tuple[str, ...]

    @property
    def text(self) -> str:
        """The lines that were found, joined by one space."""
        return " ".join(line.text for line in self.lines if line.text)

    @property
    def assurance(self) -> float:
        """One number for how safely the code could be passed, in nats: the smallest lead of any character and of the
        text over what else the recipe allows, less the clearest contradiction; -inf where a line is missing."""
        if not self.lines or any(not line.text for line in self.lines):
            return float("-inf")
        return min(line.assurance for line in self.lines)

    @property
    def values(self) -> Dict[str, str]:
        """Texts of the fields that have a name."""
        return {field.name: field.text for line in self.lines for field in line.fields if field.name}
