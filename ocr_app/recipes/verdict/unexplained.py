"""Whether text next to the code stays unexplained, so that a code read in part does not pass for the whole.

A recipe may allow a part of a code by itself. What tells the part from the whole is then only what else is printed:
text on the line of the code, between its parts, or in a line next to it, of its height and direction, whichever way up
it was read. All detected places count, read or not, as it is their geometry that speaks; and so does ink on the line
that nothing detected.
"""

from typing import List, NamedTuple, Sequence, Set, Tuple

import cv2
import numpy as np

from ocr_app.core.types import Image
from ocr_app.imaging.ink import BETWEEN, LEFT, RIGHT, Mark, marks_beside
from ocr_app.imaging.line_assembly import gap_between
from ocr_app.imaging.reading_order import Layout, layout_of, pair_direction
from ocr_app.recipes.decoding.result import CodeDecoding, DecodedLine, TextPlace
from ocr_app.recipes.language.recipe import Recipe, RecipeLayout, RecipeLine
from ocr_app.recipes.verdict.reasons import Reason

BESIDE = 2.5  # heights along the line within which text belongs to it
ADJACENT = 2.2  # heights across within which a line belongs to the same print
ALIKE = 1.6  # text of the same print differs in height by this factor at most
_SAME_LINE = 0.6  # heights between the middles of two parts of one line
_PARALLEL = 15.0  # degrees
_COVERED = 0.5  # share of a place inside a line of the code from which the line explains it
CODE_LIKE = 0.5  # probability from which a place that cannot be read may be code
FEWEST_LETTERS = 3  # of a part of a code without a digit
FEWEST_OF_CODE = 4  # characters of text like the code's that counts above and below it whatever the layouts say
INK_BESIDE = 3.0  # heights beyond the ends of a line that are searched for ink
ABOVE, BELOW = "above", "below"


class Neighbour(NamedTuple):
    """An unused place next to a line of the code: indices of the place and of the line, and the side of the line."""

    place: int
    line: int
    side: str


def check_unexplained(recipe: Recipe, decoding: CodeDecoding) -> List[Reason]:
    """A reason for each place next to the code, and each text beside it on its line, that the recipe does not explain.

    Where a recipe ignores other text (``neighbours``, ``junk``), only what could be a missing part of the code counts.
    """
    reasons = []
    for neighbour in find_neighbours(decoding):
        line, place = decoding.lines[neighbour.line], decoding.places[neighbour.place]
        if not _may_be_ignored(recipe, decoding, neighbour):
            reasons.append(_reason(line, neighbour.side, place.text or "a place that was not read"))
    for line in decoding.lines:
        for side, text in zip((LEFT, RIGHT), line.junk):
            token = (text.split() or [""])[-1 if side == LEFT else 0]
            if _has_digit(token) and may_continue(recipe, _recipe_line(recipe, decoding, line), line.text, side):
                reasons.append(_reason(line, side, token))
    return reasons


def check_ink(recipe: Recipe, decoding: CodeDecoding, image: Image) -> List[Reason]:
    """A reason for ink beside each line of the code, and between its parts, where no text was found.

    Text that was found there is the matter of ``check_unexplained``.
    """
    unused = [decoding.places[index].quad for index in decoding.unused] if decoding.places else []
    reasons = []
    for line in decoding.lines:
        parts = [decoding.places[index].quad for index in line.sources] if decoding.places else [line.quad]
        for mark in marks_beside(image, parts, INK_BESIDE) if line.text else []:
            if not any(_is_inside(mark, quad) for quad in unused) and _counts(recipe, decoding, line, mark.side):
                reasons.append(_reason(line, mark.side, "ink that was not read"))
    return reasons


def _reason(line: DecodedLine, side: str, found: str) -> Reason:
    return Reason("unexplained-text", "{}:{}".format(line.name, side), found, "the whole code")


def _counts(recipe: Recipe, decoding: CodeDecoding, line: DecodedLine, side: str) -> bool:
    """Whether ink on this side may be a missing part of the code."""
    own = _recipe_line(recipe, decoding, line)
    if side == BETWEEN or (recipe.neighbours or own.junk) != "ignore":
        return True
    return not line.junk[side == RIGHT] and may_continue(recipe, own, line.text, side)


def _is_inside(mark: Mark, quad: np.ndarray) -> bool:
    x, y = mark.quad.mean(axis=0)
    return cv2.pointPolygonTest(np.asarray(quad, np.float32), (float(x), float(y)), False) >= 0


def find_neighbours(decoding: CodeDecoding) -> List[Neighbour]:
    """The unused places next to the lines of the code, each once, at the line that is nearest."""
    found = [(number, line) for number, line in enumerate(decoding.lines) if line.text and line.sources]
    if not found or not decoding.unused or not decoding.places:
        return []
    used = {source for _, line in found for source in line.sources}
    layout = layout_of(_along(np.array([place.quad for place in decoding.places]), min(used)))
    neighbours = []
    for place in decoding.unused:
        if _is_covered(layout, place, used):
            continue
        offers = [(offer[0], number, offer[1]) for number, line in found for offer in _sides(layout, place, line)]
        if offers:
            _, number, side = min(offers)
            neighbours.append(Neighbour(place, number, side))
    return neighbours


def _along(quads: np.ndarray, chosen: int) -> List[np.ndarray]:
    """The quads in the direction of the chosen one: a line that was read standing on its head is of the print too."""
    ways = quads[:, 1] - quads[:, 0] + quads[:, 2] - quads[:, 3]
    return [np.roll(quad, 2, axis=0) if way @ ways[chosen] < 0 else quad for quad, way in zip(quads, ways)]


def _is_covered(layout: Layout, place: int, used: Set[int]) -> bool:
    """Whether a place is a second find of text that the code has already."""
    for source in used:
        apart = layout.centres[place] - layout.centres[source]
        along, down = layout.directions[source], _down(layout.directions[source])
        inside_width = _shared(float(apart @ along), layout.widths[place], layout.widths[source])
        inside_height = _shared(float(apart @ down), layout.heights[place], layout.heights[source])
        if inside_width * inside_height >= _COVERED * layout.widths[place] * layout.heights[place]:
            return True
    return False


def _shared(apart: float, first: float, second: float) -> float:
    """How much of two extents overlap whose middles are ``apart``."""
    return float(max(0.0, min(0.5 * (first + second) - abs(apart), first, second)))


def _sides(layout: Layout, place: int, line: DecodedLine) -> List[Tuple[float, str]]:
    """The distance in heights and the side of a place that is next to a line of the code; nothing where it is not."""
    offers = []
    for source in line.sources:
        if not _is_alike(layout, place, source):
            continue
        height = max(layout.heights[source], 1e-9)
        direction = pair_direction(layout, source, place)
        apart = layout.centres[place] - layout.centres[source]
        gap, across = gap_between(layout, *_in_order(layout, source, place)), float(apart @ _down(direction)) / height
        if abs(across) <= _SAME_LINE and gap <= BESIDE:
            offers.append((max(gap, 0.0), RIGHT if apart @ direction > 0 else LEFT))
        elif abs(across) <= ADJACENT and gap <= 0.5:
            offers.append((abs(across), BELOW if across > 0 else ABOVE))
    return offers


def _in_order(layout: Layout, first: int, second: int) -> Tuple[int, int]:
    """Both indices along the text."""
    ahead = float((layout.centres[second] - layout.centres[first]) @ pair_direction(layout, first, second)) >= 0
    return (first, second) if ahead else (second, first)


def _is_alike(layout: Layout, first: int, second: int) -> bool:
    """Whether two places have about the same height and direction."""
    low, high = sorted((layout.heights[first], layout.heights[second]))
    turn = float(layout.directions[first] @ layout.directions[second])
    return bool(0 < high <= ALIKE * low and turn >= np.cos(np.radians(_PARALLEL)))


def _down(direction: np.ndarray) -> np.ndarray:
    return np.array([-direction[1], direction[0]])


def _may_be_ignored(recipe: Recipe, decoding: CodeDecoding, neighbour: Neighbour) -> bool:
    """Whether the recipe allows other text there, and this cannot be a missing part of the code."""
    line, place = decoding.lines[neighbour.line], decoding.places[neighbour.place]
    own = _recipe_line(recipe, decoding, line)
    if (recipe.neighbours or own.junk) != "ignore":
        return False
    if not _may_be_code(recipe, place):
        return True
    if neighbour.side in (ABOVE, BELOW):
        speaks = place.clear and _has_digit(place.text) and len(place.text.replace(" ", "")) >= FEWEST_OF_CODE
        return not speaks and not _may_have_line(recipe, decoding, line, neighbour.side)
    return not any(_is_part(recipe, each, line.text, neighbour.side) for each in recipe.lines)


def _may_be_code(recipe: Recipe, place: TextPlace) -> bool:
    """Whether a place can be a part of a code: by its text where that is read without doubt, else by its looks.

    A clear text is one if texts of the recipe hold half of it or more at a stretch, unless that is one or two letters.
    What cannot be read is taken for a part of the code where the detector takes it for code.
    """
    if not place.clear:
        return place.code >= CODE_LIKE
    text = place.text.replace(" ", "")
    if not _has_digit(text) and len(text) < FEWEST_LETTERS:
        return False
    half = (len(text) + 1) // 2
    parts = {text[at : at + half] for at in range(len(text) - half + 1)}
    return any(recipe.registry.holds(line.root, part, recipe.lookalikes) for line in recipe.lines for part in parts)


def may_be_longer(recipe: Recipe, decoding: CodeDecoding) -> bool:
    """Whether the recipe allows the code with more lines than were found."""
    texts = [line.text for line in decoding.lines if line.text]
    return any(_allows_more(recipe, layout, texts) for layout in recipe.layouts)


def _allows_more(recipe: Recipe, layout: RecipeLayout, texts: Sequence[str]) -> bool:
    """Whether the texts are some of the lines of a layout, in their order, but not all."""
    if len(layout.lines) <= len(texts):
        return False
    at = 0
    for line in layout.lines:
        if at < len(texts) and recipe.registry.accepts(line.root, texts[at]):
            at += 1
    return at == len(texts)


def _has_digit(text: str) -> bool:
    return any(character.isdigit() for character in text)


def _layout(recipe: Recipe, decoding: CodeDecoding) -> RecipeLayout:
    return next(layout for layout in recipe.layouts if layout.name == decoding.layout)


def _recipe_line(recipe: Recipe, decoding: CodeDecoding, line: DecodedLine) -> RecipeLine:
    """The recipe's line that a line was decoded as."""
    return next(each for each in _layout(recipe, decoding).lines if each.name == line.name)


def _may_have_line(recipe: Recipe, decoding: CodeDecoding, line: DecodedLine, side: str) -> bool:
    """Whether some layout has another line on this side of one that holds this text; between two lines it may."""
    if _is_inner(decoding, line, side):
        return True
    for other in recipe.layouts:
        outer = other.lines[1:] if side == ABOVE else other.lines[:-1]
        if any(recipe.registry.holds(each.root, line.text) for each in outer):
            return True
    return False


def _is_inner(decoding: CodeDecoding, line: DecodedLine, side: str) -> bool:
    """Whether a line of the code is on this side of the line."""
    texts = [each for each in decoding.lines if each.text]
    return line is not (texts[0] if side == ABOVE else texts[-1])


def _is_part(recipe: Recipe, line: RecipeLine, text: str, side: str) -> bool:
    """Whether a text of some line goes on beyond ``text`` on this side; it may hold more on the other one."""
    registry = recipe.registry
    within = registry.states_from(line.root)
    if side == LEFT:
        return any(registry.state_after(state, text) is not None for state in within if state != line.root)
    ends = [registry.state_after(state, text) for state in within]
    return any(registry.arcs[end] for end in ends if end is not None)


def may_continue(recipe: Recipe, line: RecipeLine, text: str, side: str) -> bool:
    """Whether the recipe allows a longer text that ends with ``text`` (``side`` left) or begins with it (right)."""
    final = recipe.registry.final
    if side == RIGHT:
        end = recipe.registry.state_after(line.root, text)
        return end is not None and any(final[each] for each in recipe.registry.states_from(end) if each != end)
    beyond = [state for state in recipe.registry.states_from(line.root) if state != line.root]
    return any(recipe.registry.accepts(state, tail) for state in beyond for tail in (text, " " + text))
