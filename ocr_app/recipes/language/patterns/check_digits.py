"""Automata of numbers with a check digit: decoding never yields one whose check digit is wrong.

A library can check a whole text, but decoding needs all texts at once: which digit may follow, given those before.
"""

import string
from functools import lru_cache
from typing import Callable, Dict, Sequence, Tuple

from ocr_app.recipes.automata import Dfa, Nfa, minimise

_DIGITS = string.digits
_LETTERS = string.ascii_uppercase


def _weighted(places: Sequence[Dict[str, int]], modulus: int) -> Dfa:
    """Texts with one character per place, whose values sum up to a multiple of ``modulus``."""
    nfa = Nfa()
    sums = {0: nfa.add_state()}
    start = sums[0]
    for values in places:
        following: Dict[int, int] = {}
        for total, state in sums.items():
            for character, value in values.items():
                rest = (total + value) % modulus
                if rest not in following:
                    following[rest] = nfa.add_state()
                nfa.add_arc(state, character, following[rest])
        sums = following
    return minimise(nfa, start, sums[0])


@lru_cache(maxsize=None)
def mod10_automaton(length: int) -> Dfa:
    """Numbers of ``length`` digits with GS1's check digit: GTIN, SSCC, GLN.

    General Specifications, section 7.9: weights 3, 1, 3, ... from the right; the sum including the check digit is a
    multiple of ten.
    """
    weights = [1 if (length - place) % 2 else 3 for place in range(length)]
    return _weighted([{digit: weight * int(digit) for digit in _DIGITS} for weight in weights], 10)


@lru_cache(maxsize=None)
def luhn_automaton(length: int) -> Dfa:
    """Numbers of ``length`` digits with the check digit of ISO/IEC 7812-1, annex B: IMEI, card numbers."""
    doubled = {digit: sum(divmod(2 * int(digit), 10)) for digit in _DIGITS}
    single = {digit: int(digit) for digit in _DIGITS}
    return _weighted([single if (length - place) % 2 else doubled for place in range(length)], 10)


def _container_values() -> Dict[str, int]:
    """ISO 6346: A is 10; 11, 22 and 33 are left out."""
    values = [number for number in range(10, 39) if number % 11]
    return dict(zip(_LETTERS, values))


@lru_cache(maxsize=None)
def container_automaton() -> Dfa:
    """Codes of freight containers: owner, U, J or Z, six digits, check digit (ISO 6346, annex A).

    Weights 1, 2, 4, ...; the check digit is the sum modulo 11, and 0 for 10.
    """
    letters = _container_values()
    places = [{letter: value << place for letter, value in letters.items()} for place in range(3)]
    places.append({letter: letters[letter] << 3 for letter in "UJZ"})
    places += [{digit: int(digit) << place for digit in _DIGITS} for place in range(4, 10)]
    nfa = Nfa()
    start, end = nfa.add_state(), nfa.add_state()
    for check, remainders in [(digit, (int(digit),)) for digit in _DIGITS[1:]] + [("0", (0, 10))]:
        for remainder in remainders:
            nfa.add_epsilon(nfa.add_automaton(start, _weighted([*places, {check: -remainder}], 11)), end)
    return minimise(nfa, start, end)


_VIN = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", (1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9)))
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


@lru_cache(maxsize=None)
def vin_automaton() -> Dfa:
    """Vehicle identification numbers with the check digit of North America (49 CFR 565.15), X for ten; no I, O, Q."""
    values = dict({digit: int(digit) for digit in _DIGITS}, **_VIN)
    places = [{character: weight * value for character, value in values.items()} for weight in _VIN_WEIGHTS]
    places[8] = dict({digit: -int(digit) for digit in _DIGITS}, X=-10)
    return _weighted(places, 11)


CHECKED: Dict[str, Tuple[Tuple[int, ...], Callable[[int], Dfa]]] = {
    "gtin": ((8, 12, 13, 14), mod10_automaton),
    "sscc": ((18,), mod10_automaton),
    "gln": ((13,), mod10_automaton),
    "luhn": ((16,), luhn_automaton),
    "imei": ((15,), luhn_automaton),
    "iso6346": ((11,), lambda length: container_automaton()),
    "vin": ((17,), lambda length: vin_automaton()),
}
"""For each kind of number its lengths, and the automaton of a length."""
