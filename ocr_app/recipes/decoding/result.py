"""What decoding returns."""

from typing import Callable, Dict, NamedTuple, Tuple, Union

from ocr_app.core.types import Quad
from ocr_app.recipes.language.fields import FieldValue

READ, CONFUSED, NOT_READ, MISMATCH = "read", "confused", "not-read", "mismatch"
STATUSES = (READ, CONFUSED, NOT_READ, MISMATCH)

Ranked = Tuple[Tuple[str, float], ...]
"""(character, how far it trails) pairs, nearest first; "" is no character."""

Score = Union[float, Callable[[], float]]
"""A score, or what computes it: no verdict depends on the score of a line, which costs as much as all the rest."""


class DecodedChar(NamedTuple):
    """One character of a decoded line. All scores are in nats (natural logarithms of probability ratios).

    ``gap``: its lead over the best other character that the recipe allows in its place (inf: there is none);
    ``free_gap``: its lead over the best other character, or none, without the recipe; negative where the recipe
    overruled the best path. ``alternatives`` are the nearest rivals without the recipe, ``allowed`` those that the
    recipe allows. ``frames``: first and last, inclusive.
    """

    character: str
    status: str
    gap: float
    free_gap: float
    alternatives: Ranked
    allowed: Ranked
    frames: Tuple[int, int]


class _DecodedLineFields(NamedTuple):
    """The fields of DecodedLine, which hides that a score may still have to be computed."""

    name: str
    text: str
    status: str
    chars: Tuple[DecodedChar, ...]
    fields: Tuple[FieldValue, ...]
    score: Score
    margin: float
    contradiction: float
    sources: Tuple[int, ...]
    quad: Quad
    junk: Tuple[str, str]
    best_path: str
    extra: Ranked = ()
    rival: str = ""


class DecodedLine(_DecodedLineFields):
    """One line of a code.

    ``name``: the recipe's name of the line. ``text``: "" where the line was not found. ``score``: log P(text | image),
    summed over all alignments; made from a float, or from a function that is called when the score is asked for.
    ``margin``: lead over the best text of another meaning that the recipe allows, comparing best paths.
    ``contradiction``: lead of the unconstrained best path over ``text``; 0 where they agree, not counting spaces.
    ``sources``: indices of the posteriors that the line was read from. ``junk``: the text before and after the code.
    ``best_path``: the text of the unconstrained best path. ``extra``: (character, score) pairs of the best path that
    fall between the characters of ``text``. ``rival``: the text of another meaning that trails by the margin; "" where
    no text that differs in several places comes so near.
    """

    __slots__ = ()

    @property
    def score(self) -> float:  # type: ignore[override]
        """log P(text | image)."""
        given: Score = super(DecodedLine, self).score
        return given() if callable(given) else given

    @property
    def assurance(self) -> float:
        """Lead over everything that the recipe allows, less the clearest contradiction (nats)."""
        printed = [char for char in self.chars if char.character != " "]
        against = max([-char.free_gap for char in printed] + [score for _, score in self.extra] + [0.0])
        return min([char.gap for char in printed] + [self.margin]) - against

    @property
    def confidence(self) -> float:
        """0..1: the probability of the weakest character against its best rival within the recipe."""
        gaps = [char.gap for char in self.chars if char.character != " "]
        weakest = min(gaps + [50.0])
        return float(1.0 / (1.0 + 2.718281828459045 ** -max(-50.0, weakest))) if self.chars else 0.0


class TextPlace(NamedTuple):
    """A place of the frame where text was found: its quad, and the text of the unconstrained best path.

    ``sure``: False for a place that does not count as a line by itself; its text may be anything. ``clear``: whether
    every character of its text is read without doubt. ``code``: how likely the detector takes it for code, 0..1.
    """

    quad: Quad
    text: str
    sure: bool
    clear: bool = False
    code: float = 1.0


class CodeDecoding(NamedTuple):
    """What the lines of a frame mean under a recipe.

    ``layout``: name of the layout that explains most, "" when none does. ``lines``: in the layout's order; lines that
    were not found have the text "". ``unused``: indices of the posteriors that no line was read from. ``reasons``:
    machine-readable, such as "line-not-found:lot". ``places``: one for each posterior.
    """

    recipe: str
    layout: str
    status: str
    lines: Tuple[DecodedLine, ...]
    unused: Tuple[int, ...]
    reasons: Tuple[str, ...]
    places: Tuple[TextPlace, ...] = ()

    @property
    def text(self) -> str:
        """The texts of the lines that were found, joined by one space."""
        return " ".join(line.text for line in self.lines if line.text)

    @property
    def assurance(self) -> float:
        """How safely the code can be passed, as one number in nats.

        The smallest lead of any character and of the text over what else the recipe allows, less the clearest
        contradiction; -inf where a line is missing.
        """
        if not self.lines or any(not line.text for line in self.lines):
            return float("-inf")
        return min(line.assurance for line in self.lines)

    @property
    def values(self) -> Dict[str, str]:
        """Texts of the named fields."""
        return {field.name: field.text for line in self.lines for field in line.fields if field.name}
