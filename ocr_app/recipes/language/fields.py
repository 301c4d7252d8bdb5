"""Which characters of a line's text belong to which field, and what the fields mean."""

from typing import Iterator, NamedTuple, Optional, Tuple

from ocr_app.recipes.language.patterns import PartialDateTime, parse_text
from ocr_app.recipes.language.recipe import LinePart, RecipeField, RecipeLine


class FieldValue(NamedTuple):
    """The text ``line[first:stop]`` of the recipe's field ``number``.

    ``interpretations``: what it may mean as a date or time, usually one; empty for other kinds of fields.
    """

    name: str
    kind: str
    number: int
    text: str
    first: int
    stop: int
    interpretations: Tuple[PartialDateTime, ...] = ()


_Split = Tuple[int, bool, Tuple[FieldValue, ...]]
"""Where the parts so far end, whether nothing has been printed yet, and the values."""


def split_fields(line: RecipeLine, text: str) -> Tuple[FieldValue, ...]:
    """The fields of ``text``; () when the line does not allow it. Earlier fields take as much as they can."""
    for end, _, values in _split_sequence(line.parts, text, 0, True):
        if end == len(text):
            return values
    return ()


def _split_sequence(parts: Tuple[LinePart, ...], text: str, at: int, at_start: bool) -> Iterator[_Split]:
    if not parts:
        yield at, at_start, ()
        return
    for end, unprinted, values in _split_part(parts[0], text, at, at_start):
        for last, still_unprinted, rest in _split_sequence(parts[1:], text, end, unprinted):
            yield last, still_unprinted, values + rest


def _split_part(part: LinePart, text: str, at: int, at_start: bool) -> Iterator[_Split]:
    if isinstance(part, RecipeField):
        for first in _starts(part, text, at, at_start):
            for stop in _stops(part, text, first):
                yield stop, False, (_value(part, text, first, stop),)
        return
    for alternative in part.alternatives:
        for found in _split_sequence(alternative, text, at, at_start):
            yield found
    if part.optional:
        yield at, at_start, ()


def _starts(field: RecipeField, text: str, at: int, at_start: bool) -> Tuple[int, ...]:
    """Where the field may start: with or without a space before it."""
    if at_start or field.space == "forbidden":
        return (at,)
    spaced = (at + 1,) if text[at : at + 1] == " " else ()
    return spaced if field.space == "required" else spaced + (at,)


def _stops(field: RecipeField, text: str, at: int) -> Tuple[int, ...]:
    """Where the field may end, the farthest first."""
    automaton = field.automaton
    state: Optional[int] = automaton.start
    found = [at] if automaton.final[automaton.start] else []
    for position in range(at, len(text)):
        state = automaton.arcs[state].get(text[position])  # type: ignore[index]
        if state is None:
            break
        if automaton.final[state]:
            found.append(position + 1)
    return tuple(reversed(found))


def _value(field: RecipeField, text: str, first: int, stop: int) -> FieldValue:
    own = text[first:stop]
    clean = own.replace(" ", "") if field.loose else own
    parsed = [parse_text(pattern, field.settings, clean) for pattern in field.patterns]
    distinct = tuple(sorted({each for each in parsed if each is not None}, key=repr))
    return FieldValue(field.name, field.kind, field.number, own, first, stop, distinct)
