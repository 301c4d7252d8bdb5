"""Which characters of a line's text belong to which field, and what the fields say."""

from typing import Iterator, NamedTuple, Optional, Tuple

from ocr_app.recipes.language.calendar import Moment, parse
from ocr_app.recipes.language.recipe import Part, RecipeField, RecipeLine


class FieldValue(NamedTuple):
    """``text`` is ``line[first:stop]``; ``moments`` are what it may mean as a date or time (usually one)."""

    name: str
    kind: str
    number: int
    text: str
    first: int
    stop: int
    moments: Tuple[Moment, ...] = ()


_Way = Tuple[int, bool, Tuple[FieldValue, ...]]


def split(line: RecipeLine, text: str) -> Tuple[FieldValue, ...]:
    """The fields of ``text``; () when the line does not allow it. Earlier fields take as much as they can."""
    for end, _, values in _sequence(line.parts, text, 0, True):
        if end == len(text):
            return values
    return ()


def _sequence(parts: Tuple[Part, ...], text: str, at: int, fresh: bool) -> Iterator[_Way]:
    if not parts:
        yield at, fresh, ()
        return
    for end, unprinted, values in _part(parts[0], text, at, fresh):
        for last, still, rest in _sequence(parts[1:], text, end, unprinted):
            yield last, still, values + rest


def _part(part: Part, text: str, at: int, fresh: bool) -> Iterator[_Way]:
    if isinstance(part, RecipeField):
        for begin in _begins(part, text, at, fresh):
            for end in _ends(part, text, begin):
                yield end, False, (_value(part, text, begin, end),)
        return
    for way in part.ways:
        for found in _sequence(way, text, at, fresh):
            yield found
    if part.optional:
        yield at, fresh, ()


def _begins(field: RecipeField, text: str, at: int, fresh: bool) -> Tuple[int, ...]:
    if fresh or field.space == "forbidden":
        return (at,)
    spaced = (at + 1,) if text[at : at + 1] == " " else ()
    return spaced if field.space == "required" else spaced + (at,)


def _ends(field: RecipeField, text: str, at: int) -> Tuple[int, ...]:
    """Where the field may end, the farthest first."""
    automaton = field.automaton
    here: Optional[int] = automaton.start
    found = [at] if automaton.final[automaton.start] else []
    for place in range(at, len(text)):
        here = automaton.arcs[here].get(text[place])  # type: ignore[index]
        if here is None:
            break
        if automaton.final[here]:
            found.append(place + 1)
    return tuple(reversed(found))


def _value(field: RecipeField, text: str, first: int, stop: int) -> FieldValue:
    own = text[first:stop]
    clean = own.replace(" ", "") if field.loose else own
    moments = [parse(pattern, field.setting, clean) for pattern in field.patterns]
    distinct = tuple(sorted({moment for moment in moments if moment is not None}, key=repr))
    return FieldValue(field.name, field.kind, field.number, own, first, stop, distinct)
