"""Close calls between letters and digits, settled word by word towards what codes are made of."""

import itertools
import re
from functools import lru_cache
from typing import Dict, FrozenSet, List, Sequence, Tuple

import numpy as np

from ocr_app.recipes.decoding.evidence import Evidence
from ocr_app.recipes.language.vocabulary import words

STRENGTH = 3.0  # nats: outside of dates, times and keywords the prior turns a call that is closer than this, no other
_MOST = 64  # readings of one word that are weighed
_DATE_PARTS = re.compile(r"(\d{1,4})([./ -])(\d{1,2})(?:\2(\d{1,4}))?$")


def settled(
    held: Evidence, before: Sequence[int], rivals: Sequence[List[Tuple[int, float]]], fixed: Sequence[bool]
) -> List[int]:
    """The classes after the prior had its say: word by word, only where a character outside of pieces is in doubt."""
    classes = list(before)
    options: Dict[int, List[Tuple[int, float]]] = {}
    for place, own in enumerate(rivals):
        if fixed[place]:
            continue
        close = [(k, trail) for k, trail in own if trail < STRENGTH and held.characters[k].isalnum()]
        if close and held.characters[classes[place]].isalnum():
            options[place] = [(classes[place], 0.0)] + close
    for first, stop in _words(_outside(held, classes, fixed)) if options else ():
        doubtful = [place for place in range(first, stop) if place in options]
        if doubtful:
            _settle(held, classes, first, stop, doubtful, options)
    return classes


def _settle(
    held: Evidence,
    classes: List[int],
    first: int,
    stop: int,
    doubtful: List[int],
    options: Dict[int, List[Tuple[int, float]]],
) -> None:
    """Puts the likeliest reading of one word into ``classes``."""
    best, chosen = -np.inf, None
    for combination in itertools.islice(itertools.product(*(options[place] for place in doubtful)), _MOST):
        trial = list(classes[first:stop])
        for place, (sign, _) in zip(doubtful, combination):
            trial[place - first] = sign
        word = "".join(held.characters[sign] for sign in trial)
        value = -STRENGTH * strangeness(word) - sum(trail for _, trail in combination)
        if value > best:
            best, chosen = value, trial
    if chosen is not None:
        classes[first:stop] = chosen


def _outside(held: Evidence, classes: Sequence[int], fixed: Sequence[bool]) -> str:
    """The text with spaces for what belongs to pieces: what is glued to a date is a word of its own."""
    return "".join(" " if own else held.characters[sign] for sign, own in zip(classes, fixed))


def _words(text: str) -> List[Tuple[int, int]]:
    return [(found.start(), found.end()) for found in re.finditer(r"[^ ]+", text)]


@lru_cache(maxsize=None)
def _known() -> FrozenSet[str]:
    """Keywords and month names of all languages."""
    record = words()
    names = [word for group in record["keywords"].values() for word in group]
    names += [name for months in record["months"].values() for variants in months for name in variants]
    names += [name for months in record["full_months"].values() for name in months]
    return frozenset(names)


@lru_cache(maxsize=4096)
def strangeness(word: str) -> float:
    """From 0 how little a word without spaces looks like a piece of a code; each odd run adds up to 1."""
    runs = re.findall(r"[A-Z0-9]+", word)
    return sum(1.0 - _shape(run) for run in runs) + 0.5 * (1.0 - _possible(word))


def _shape(run: str) -> float:
    """A run of letters and digits: digits and known words are likeliest, mixtures least."""
    if run.isdigit() or run in _known():
        return 1.0
    if run.isalpha():
        return 0.7
    parts = re.findall(r"[A-Z]+|[0-9]+", run)
    if len(parts) <= 3 and all(part.isdigit() or part in _known() for part in parts):
        return 1.0
    if len(parts) > 2:
        return 0.2
    return 0.8 if len(parts[1]) >= 3 and parts[1].isdigit() else 0.4


def _possible(word: str) -> float:
    """1 unless the word looks like a date or a time and cannot be one."""
    clock = re.match(r"\D*(\d\d):(\d\d)(?::(\d\d))?$", word)
    if clock:
        hour, minute, second = (int(part or 0) for part in clock.groups())
        return float(hour < 24 and minute < 60 and second < 60)
    found = _DATE_PARTS.search(word)
    if not found or not found.group(4):
        return 1.0
    first, middle, last = int(found.group(1)), int(found.group(3)), int(found.group(4))
    orders = ((first, middle), (last, middle), (middle, first))  # day and month in DMY, YMD, MDY
    return float(any(1 <= day <= 31 and 1 <= month <= 12 for day, month in orders))
