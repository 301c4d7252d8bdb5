"""What a recipe is once it is read: layouts of lines of fields, tolerances, relations, and one automaton for all."""

from typing import Dict, NamedTuple, Optional, Tuple, Union

from ocr_app.recipes.automata.nfa import Dfa, Registry
from ocr_app.recipes.language.calendar import Setting, Token

SPACES = ("required", "optional", "forbidden", "loose")
JUNK = ("report", "ignore")


class RecipeField(NamedTuple):
    """One field of a line.

    ``name`` is the field's key in values ("expiry"); ``space`` says what stands before it (one of ``SPACES``);
    ``patterns`` are the ways its text can be understood as a date, time or lot, empty for others.
    """

    number: int
    kind: str
    name: str
    automaton: Dfa
    space: str
    patterns: Tuple[Tuple[Token, ...], ...] = ()
    setting: Setting = Setting()
    expect: Optional[str] = None
    loose: bool = False


class FieldGroup(NamedTuple):
    """``ways`` are sequences of which one is printed; ``optional``: or none."""

    ways: Tuple[Tuple["Part", ...], ...]  # type: ignore[misc]
    optional: bool


Part = Union[RecipeField, FieldGroup]


class RecipeLine(NamedTuple):
    """One printed line; ``root`` is its first state in the recipe's registry."""

    name: str
    parts: Tuple[Part, ...]
    junk: str
    optional: bool
    root: int


class RecipeLayout(NamedTuple):
    """The lines of one form of the code, from top to bottom."""

    name: str
    lines: Tuple[RecipeLine, ...]


class Tolerances(NamedTuple):
    """Natural logarithms of probability ratios, but for ``midnight_minutes``.

    ``gap``: how far every character must lead; ``contradiction``: how far a reading without the recipe may lead over
    the recipe's; ``misfit``: what a line may cost a character before it is not taken for the code at all.
    """

    gap: float = 4.5
    contradiction: float = 4.0
    misfit: float = 3.0
    midnight_minutes: float = 10.0


class Relation(NamedTuple):
    """``left`` (a field's name) compared with ``right`` (a field's name, "today") plus a period."""

    left: str
    comparison: str
    right: str
    amount: int
    unit: str
    month_end: str
    text: str


class Recipe(NamedTuple):
    """A recipe that was loaded. ``fields`` by number; ``registry`` holds the states of all lines.

    ``lookalikes`` are sets of characters that this printer prints alike.
    """

    name: str
    file: str
    layouts: Tuple[RecipeLayout, ...]
    fields: Tuple[RecipeField, ...]
    tolerances: Tolerances
    relations: Tuple[Relation, ...]
    lookalikes: Tuple[str, ...]
    registry: Registry
    cache: Dict[Tuple[str, ...], object]

    @property
    def lines(self) -> Tuple[RecipeLine, ...]:
        """Every line of every layout."""
        return tuple(line for layout in self.layouts for line in layout.lines)


def accepts(recipe: Recipe, line: RecipeLine, text: str) -> bool:
    """Whether ``text`` is one that the recipe allows on this line."""
    return recipe.registry.accepts(line.root, text)
