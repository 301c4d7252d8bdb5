"""The prior: close calls between letters and digits are decided, word by word, by what codes are made of."""

import itertools
import re
from functools import lru_cache
from typing import Dict, List, Sequence, Tuple

import numpy as np

from ocr_app.recipes.language.patterns.vocabulary import known_words

PRIOR_WEIGHT = 3.0  # nats: outside dates, times and keywords the prior changes only characters that lead by less
_MAX_READINGS = 64  # readings of one word that are compared
_DATE_PARTS = re.compile(r"(\d{1,4})([./ -])(\d{1,2})(?:\2(\d{1,4}))?$")

_Options = Dict[int, List[Tuple[int, float]]]
"""For each position in doubt the possible labels with how far they trail, the line's own label first."""


def apply_prior(
    characters: Sequence[str],
    labels: Sequence[int],
    rivals: Sequence[List[Tuple[int, float]]],
    in_piece: Sequence[bool],
) -> List[int]:
    """The labels of a line after the prior has decided the close calls outside pieces, word by word.

    ``characters``: of each label; ``rivals``: (label, how far it trails) pairs for each position, nearest first;
    ``in_piece``: the positions that belong to a piece of the generic grammar and stay as they are.
    """
    decided = list(labels)
    options: _Options = {}
    for position, own in enumerate(rivals):
        if in_piece[position]:
            continue
        close = [(label, trail) for label, trail in own if trail < PRIOR_WEIGHT and characters[label].isalnum()]
        if close and characters[decided[position]].isalnum():
            options[position] = [(decided[position], 0.0)] + close
    for first, stop in _words_outside_pieces(characters, decided, in_piece) if options else ():
        doubtful = {position: options[position] for position in range(first, stop) if position in options}
        if doubtful:
            decided[first:stop] = _likeliest_word(characters, decided[first:stop], first, doubtful)
    return decided


def _likeliest_word(characters: Sequence[str], word: List[int], first: int, options: _Options) -> List[int]:
    """The labels of the word's likeliest reading. ``first``: the position at which the word begins.

    No word is more than plausible, so that a reading that trails by more than the best one loses is not looked at.
    """
    best, chosen = -np.inf, word
    for combination in itertools.islice(itertools.product(*options.values()), _MAX_READINGS):
        behind = sum(trail for _, trail in combination)
        if -behind <= best:
            continue
        trial = list(word)
        for position, (label, _) in zip(options, combination):
            trial[position - first] = label
        text = "".join(characters[label] for label in trial)
        value = -PRIOR_WEIGHT * implausibility(text) - behind
        if value > best:
            best, chosen = value, trial
    return chosen


def _words_outside_pieces(
    characters: Sequence[str], labels: Sequence[int], in_piece: Sequence[bool]
) -> List[Tuple[int, int]]:
    """First position and end of each word. What touches a piece without a space is a word of its own."""
    text = "".join(" " if inside else characters[label] for label, inside in zip(labels, in_piece))
    return [(found.start(), found.end()) for found in re.finditer(r"[^ ]+", text)]


@lru_cache(maxsize=4096)
def implausibility(word: str) -> float:
    """How little a word without spaces looks like a part of a code: 0 is plausible; each odd run adds up to 1."""
    runs = re.findall(r"[A-Z0-9]+", word)
    return sum(1.0 - _plausible_run(run) for run in runs) + 0.5 * (1.0 - _possible_date(word))


def _plausible_run(run: str) -> float:
    """0..1 for a run of letters and digits: digits and known words are likeliest, mixtures least."""
    if run.isdigit() or run in known_words():
        return 1.0
    if run.isalpha():
        return 0.7
    parts = re.findall(r"[A-Z]+|[0-9]+", run)
    if len(parts) <= 3 and all(part.isdigit() or part in known_words() for part in parts):
        return 1.0
    if len(parts) > 2:
        return 0.2
    return 0.8 if len(parts[1]) >= 3 and parts[1].isdigit() else 0.4


def _possible_date(word: str) -> float:
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
