"""Gives a text that was decoded in upper case back the case in which it was printed.

A recogniser cannot see the case of a letter whose two cases have one shape, but for its height. Such a letter follows
the others of its word, or of its line.
"""

from functools import lru_cache
from typing import List, Optional, Sequence, Tuple

import numpy as np

from ocr_app.core.types import LinePosterior
from ocr_app.recipes.decoding.result import DecodedChar, DecodedLine

ALIKE = frozenset("COSUVWXZ")
CLEAR_LEAD = 2.0  # nats by which lower case has to lead where no other letter of the line tells the case


def as_printed(posterior: LinePosterior, line: DecodedLine) -> DecodedLine:
    """The line with each letter in the case that was printed; the alternatives stay in upper case.

    A recogniser without lower-case classes leaves the line as it is.
    """
    characters = tuple(posterior.characters)
    if not _has_lower_case(characters) or not line.chars:
        return line
    leads = [_lead(np.asarray(posterior.log_probs), characters, char) for char in line.chars]
    lower = _lower(line.text, leads)
    chars = tuple(
        char._replace(character=char.character.lower()) if is_lower else char
        for char, is_lower in zip(line.chars, lower)
    )
    return line._replace(text="".join(char.character for char in chars), chars=chars)


@lru_cache(maxsize=32)
def _has_lower_case(characters: Tuple[str, ...]) -> bool:
    return any(character.islower() for character in characters)


def _lead(log_probs: np.ndarray, characters: Tuple[str, ...], char: DecodedChar) -> Optional[float]:
    """How far lower case leads in the frames of a letter, in nats; None for what has no case here."""
    upper, lower = char.character.upper(), char.character.lower()
    if upper == lower or upper not in characters or lower not in characters:
        return None
    first, last = char.frames
    best = log_probs[first : last + 1].max(axis=0)
    return float(best[characters.index(lower)] - best[characters.index(upper)])


def _lower(text: str, leads: Sequence[Optional[float]]) -> List[bool]:
    """Whether each character is lower case."""
    whole = _clear(text, leads, 0, len(text))
    found = [False] * len(text)
    for start, end in _words(leads):
        clear = _clear(text, leads, start, end)
        for place in range(start, end):
            lead = leads[place] or 0.0
            if text[place].upper() not in ALIKE:
                found[place] = lead > 0
            elif clear:
                found[place] = 2 * sum(clear) >= len(clear) and (place > start or lead > 0)
            elif whole and all(whole) == any(whole):
                found[place] = all(whole)
            else:
                found[place] = lead > (0.0 if whole else CLEAR_LEAD)
    return found


def _clear(text: str, leads: Sequence[Optional[float]], start: int, end: int) -> List[bool]:
    """Of each letter whose cases differ in shape whether it is lower case."""
    pairs = zip(text[start:end], leads[start:end])
    return [lead > 0 for character, lead in pairs if lead is not None and character.upper() not in ALIKE]


def _words(leads: Sequence[Optional[float]]) -> List[Tuple[int, int]]:
    """The runs of letters, as (first, last + 1)."""
    edges = np.flatnonzero(np.diff([0] + [int(lead is not None) for lead in leads] + [0]))
    return [(int(start), int(end)) for start, end in zip(edges[::2], edges[1::2])]
