"""What a text means to whoever uses the code: the values of its fields, whatever stands between them.

Texts with one meaning are no rivals of each other: they differ in blanks, in punctuation that the recipe allows either
way, or in how a date is printed.
"""

from functools import lru_cache
from typing import Dict, Hashable, List, Optional, Tuple

from ocr_app.recipes.automata import Dfa
from ocr_app.recipes.language.fields import FieldValue, split_fields
from ocr_app.recipes.language.patterns.tokens import Tokens
from ocr_app.recipes.language.recipe import LinePart, Recipe, RecipeField, RecipeLine

Meaning = Tuple[Hashable, ...]
"""Compares equal for texts of one line that mean the same."""


def meaning_of(recipe: Recipe, line: RecipeLine, text: str) -> Meaning:
    """What a text that the line allows means.

    A date or time that can be read in one way only is what it says; the text of another field counts without its
    spaces; printed words count without their punctuation. A text that the line does not allow means itself.
    """
    values = split_fields(line, text)
    found = [_meaning_of_value(recipe.fields[value.number], value) for value in values]
    return tuple(each for each in found if each) or (text,)


def mean_the_same(recipe: Recipe, line: RecipeLine, text: str, other: str) -> bool:
    """Whether two texts of a line mean the same."""
    return meaning_of(recipe, line, text) == meaning_of(recipe, line, other)


def other_spellings(recipe: Recipe, line: RecipeLine, text: str, limit: int) -> List[str]:
    """Up to ``limit`` texts that the line allows, have the same characters with other spaces, and mean the same."""
    arcs, final = recipe.registry.arcs, recipe.registry.final
    ways = [(line.root, "")]
    for character in text.replace(" ", ""):
        after: List[Tuple[int, str]] = []
        for state, before in ways:
            for spaced, start in ((before, state), (before + " ", arcs[state].get(" "))):
                target = None if start is None else arcs[start].get(character)
                if target is not None:
                    after.append((target, spaced + character))
        ways = after[:limit]
    found = [spaced for state, spaced in ways if final[state] and spaced != text]
    return [each for each in found if mean_the_same(recipe, line, text, each)]


def blanks_may_decide(recipe: Recipe, line: RecipeLine) -> bool:
    """Whether a blank may decide which field a character belongs to: where a field's length is not fixed."""
    key = ("blanks", str(line.root), line.name)
    if key not in recipe.cache:
        recipe.cache[key] = not all(_has_one_length(part) for part in line.parts) and len(line.parts) > 1
    return bool(recipe.cache[key])


def _has_one_length(part: LinePart) -> bool:
    """Whether the part prints the same number of characters each time, not counting spaces."""
    return isinstance(part, RecipeField) and _one_length(part.automaton) is not None


def _one_length(automaton: Dfa) -> Optional[int]:
    """The length of all texts of an automaton, not counting spaces; None where they differ."""
    known: Dict[int, Optional[int]] = {}

    def length_from(state: int) -> Optional[int]:
        if state not in known:
            ways = {
                None if rest is None else rest + int(character != " ")
                for character, target in automaton.arcs[state].items()
                for rest in [length_from(target)]
            }
            ways |= {0} if automaton.final[state] else set()
            known[state] = ways.pop() if len(ways) == 1 else None
        return known[state]

    return length_from(automaton.start)


def _meaning_of_value(field: RecipeField, value: FieldValue) -> Tuple[Hashable, ...]:
    """() for what has no meaning of its own: printed punctuation."""
    if field.kind == "literal":
        word = "".join(character for character in value.text if character.isalnum())
        return (field.name, word) if word else ()
    where = field.name or field.number
    if len(value.interpretations) == 1 and _says_all(field):
        return (where, value.interpretations)
    return (where, value.text.replace(" ", ""))


def _says_all(field: RecipeField) -> bool:
    """Whether the date or time that a field prints is all that it prints, but for punctuation."""
    return bool(field.patterns) and all(_is_all_moment(tokens) for tokens in field.patterns)


@lru_cache(maxsize=None)
def _is_all_moment(tokens: Tokens) -> bool:
    return all(token.part or token.kind == "separator" or _is_punctuation(token.characters) for token in tokens)


def _is_punctuation(characters: str) -> bool:
    return bool(characters) and not any(character.isalnum() for character in characters)
