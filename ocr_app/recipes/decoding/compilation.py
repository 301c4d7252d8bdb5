"""A recipe compiled for the charset of one recogniser."""

from typing import Dict, List, NamedTuple, Sequence, Tuple

from ocr_app.core.errors import RecipeError
from ocr_app.recipes.automata.state_layout import StateLayout, lay_out
from ocr_app.recipes.decoding.search import LabelAutomaton, Needs, find_needs, label_automaton
from ocr_app.recipes.language.recipe import Recipe


class CompiledRecipe(NamedTuple):
    """``layout``: of all lines together; ``layouts``: of each line alone, by its root, which are smaller.

    ``lengths``: for each root the fewest and the most characters of its line, not counting spaces. ``needs``: what its
    texts need of a line. ``alike``: for each label those that the printer prints alike, itself included.
    """

    layout: StateLayout
    layouts: Dict[int, StateLayout]
    automaton: LabelAutomaton
    lengths: Dict[int, Tuple[int, int]]
    needs: Needs
    alike: Tuple[List[int], ...]


def compile_recipe(recipe: Recipe, characters: Tuple[str, ...]) -> CompiledRecipe:
    """The recipe's automata for a charset, compiled once. Raises RecipeError when a line needs other characters."""
    if characters not in recipe.cache:
        roots = [line.root for line in recipe.lines]
        layout = lay_out(recipe.registry, roots, characters)
        for line in recipe.lines:
            if line.root not in layout.positions:
                found = "{}: {} needs characters that this recogniser does not know".format(recipe.file, line.name)
                raise RecipeError(found, "".join(characters), "change the recipe or choose another reader")
        automaton = label_automaton(recipe.registry, characters)
        layouts = {root: lay_out(recipe.registry, [root], characters) for root in sorted(set(roots))}
        needs = find_needs(recipe.registry, sorted(set(roots)), characters)
        lengths = recipe.registry.text_lengths(roots)
        recipe.cache[characters] = CompiledRecipe(
            layout, layouts, automaton, lengths, needs, _alike(recipe.lookalikes, characters)
        )
    return recipe.cache[characters]  # type: ignore[return-value]


def _alike(groups: Sequence[str], characters: Tuple[str, ...]) -> Tuple[List[int], ...]:
    table = []
    for label, own in enumerate(characters):
        others = {character for group in groups if own and own in group for character in group}
        table.append([label] + [k for k, character in enumerate(characters) if character in others - {own}])
    return tuple(table)
