"""What a recipe is once it is loaded: layouts of lines of fields, tolerances, relations, and one automaton for all."""

from typing import Dict, NamedTuple, Optional, Tuple, Union

from ocr_app.recipes.automata import Dfa, StateRegistry
from ocr_app.recipes.language.patterns import PatternSettings, PatternToken
from ocr_app.recipes.language.patterns.vocabulary import unaccented

SPACE_RULES = ("required", "optional", "forbidden", "loose")
JUNK_RULES = ("report", "ignore")
WITNESSES = 2


class RecipeField(NamedTuple):
    """One field of a line.

    ``name`` is the field's key in values ("expiry"); ``space`` tells what is printed before it (one of
    ``SPACE_RULES``); ``patterns`` are the ways to read its text as a date, time or lot, empty for other kinds;
    ``expect`` is the text, or the relation to today, that a verdict requires.
    """

    number: int
    kind: str
    name: str
    automaton: Dfa
    space: str
    patterns: Tuple[Tuple[PatternToken, ...], ...] = ()
    settings: PatternSettings = PatternSettings()
    expect: Optional[str] = None

    @property
    def loose(self) -> bool:
        """Whether a space may be printed between any two characters of the field."""
        return self.space == "loose"

    @property
    def label(self) -> str:
        """The field's name, or its number from 1 where it has no name."""
        return self.name or "field {}".format(self.number + 1)


class FieldGroup(NamedTuple):
    """One of ``alternatives`` is printed, each a sequence of parts; where ``optional``, possibly none."""

    alternatives: Tuple[Tuple["LinePart", ...], ...]  # type: ignore[misc]
    optional: bool


LinePart = Union[RecipeField, FieldGroup]


class RecipeLine(NamedTuple):
    """One printed line. ``root`` is its start state in the recipe's registry; ``junk`` is one of ``JUNK_RULES``."""

    name: str
    parts: Tuple[LinePart, ...]
    junk: str
    optional: bool
    root: int


class RecipeLayout(NamedTuple):
    """The lines of one form of the code, from top to bottom."""

    name: str
    lines: Tuple[RecipeLine, ...]


class Tolerances(NamedTuple):
    """Limits of a recipe, in nats (natural logarithms of probability ratios) except ``midnight_minutes``.

    ``gap``: the lead that every character needs; ``contradiction``: the lead of the unconstrained best path over the
    recipe's text from which it counts as a contradiction; ``misfit``: the cost per character above which a line is not
    taken for the code at all.
    """

    gap: float = 4.5
    contradiction: float = 4.0
    misfit: float = 3.0
    midnight_minutes: float = 10.0


class Relation(NamedTuple):
    """``left`` (a field's name) compared with ``right`` (a field's name or "today") plus a period."""

    left: str
    comparison: str
    right: str
    amount: int
    unit: str
    month_end: str
    text: str


class Recipe(NamedTuple):
    """A loaded recipe.

    ``fields`` are indexed by their number; ``registry`` holds the states of all lines; ``lookalikes`` are sets of
    characters that the printer prints alike; ``cache`` keeps the automata per charset; ``witnesses``: how many
    independent networks must read the same code before it passes. ``neighbours``: one of ``JUNK_RULES`` for text next
    to the code that was found in other places; None: that of the line's ``junk``.
    """

    name: str
    file: str
    layouts: Tuple[RecipeLayout, ...]
    fields: Tuple[RecipeField, ...]
    tolerances: Tolerances
    relations: Tuple[Relation, ...]
    lookalikes: Tuple[str, ...]
    registry: StateRegistry
    cache: Dict[Tuple[str, ...], object]
    witnesses: int = WITNESSES
    neighbours: Optional[str] = None

    @property
    def lines(self) -> Tuple[RecipeLine, ...]:
        """Every line of every layout."""
        return tuple(line for layout in self.layouts for line in layout.lines)


def accepts(recipe: Recipe, line: RecipeLine, text: str) -> bool:
    """Whether the recipe allows ``text`` on this line, as it is or without its accents."""
    return any(recipe.registry.accepts(line.root, each) for each in sorted({text, unaccented(text)}))
