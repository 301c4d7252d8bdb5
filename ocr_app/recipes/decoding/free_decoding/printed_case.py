"""Gives a text that was decoded in upper case back the case in which it was printed."""

from functools import lru_cache
from typing import Tuple

import numpy as np

from ocr_app.core.types import LinePosterior
from ocr_app.recipes.decoding.result import DecodedChar, DecodedLine


def as_printed(posterior: LinePosterior, line: DecodedLine) -> DecodedLine:
    """The line with each letter in the case whose class is likelier in the frames of the letter.

    A recogniser without lower-case classes leaves the line as it is. The alternatives stay in upper case.
    """
    characters = tuple(posterior.characters)
    if not _has_lower_case(characters) or not line.chars:
        return line
    log_probs = np.asarray(posterior.log_probs)
    chars = tuple(_char_as_printed(log_probs, characters, char) for char in line.chars)
    return line._replace(text="".join(char.character for char in chars), chars=chars)


@lru_cache(maxsize=32)
def _has_lower_case(characters: Tuple[str, ...]) -> bool:
    return any(character.islower() for character in characters)


def _char_as_printed(log_probs: np.ndarray, characters: Tuple[str, ...], char: DecodedChar) -> DecodedChar:
    upper, lower = char.character.upper(), char.character.lower()
    if upper == lower or upper not in characters or lower not in characters:
        return char
    first, last = char.frames
    best = log_probs[first : last + 1].max(axis=0)
    is_lower = best[characters.index(lower)] > best[characters.index(upper)]
    return char._replace(character=lower if is_lower else upper)
