"""The generic grammar of codes: what dates, times and keywords look like when nobody has said so, their worth.

A line is any text with such pieces in it. The worth of a piece is the prior's side of the bargain: log prior(piece)
less log prior(any characters in its place), tempered. A date of ten characters is one of about e^17 texts (days of 50
years, orders, marks, names) where any ten characters are one of e^41; that leaves e^24, or some e^22 as not every place
holds a date. Two fifths of it are counted: the network has seen dates too, so that its posterior holds a part of this
prior already, and its scores are surer than they are right. Gain and harm are measured by training/recogniser/prior.py.
"""

from functools import lru_cache
from typing import Dict, Iterable, NamedTuple, Tuple

from ocr_app.recipes.automata.nfa import Dfa, Nfa, Registry, compiled
from ocr_app.recipes.decoding.beam import Arcs, by_class
from ocr_app.recipes.language.calendar import Setting, date_tokens, language, time_tokens
from ocr_app.recipes.language.vocabulary import words

DATE = 9.0  # nats: day, month and year of four digits
BRIEF = 8.0  # year of two digits
MONTH = 6.0  # month and year of four digits or month's name
SHORT = 3.0  # month and year of two digits, day and month
CLOCK = 4.5  # time of the day
WORD = 5.0  # keyword of three letters or more
BOND = 3.0  # for a keyword and its date standing together
_MARKS = ("/", ".", "-", "|", ",", "'")
_TIGHT = ("/", ".", "-")  # marks of dates without a year
_ANY = "~"  # stands for the separator while dates are built
_LANGUAGES = ("en", "es", "fr", "de", "it")
_FIRST, _LAST = 2000, 2049  # years
_NUMERIC, _BRIEF = ("DD~MM~YYYY", "YYYY~MM~DD", "MM~DD~YYYY"), ("DD~MM~YY", "YY~MM~DD", "MM~DD~YY")
_NAMED, _BRIEF_NAMED = ("DD~MMM~YYYY", "YYYY~MMM~DD", "MMM~DD~YYYY"), ("DD~MMM~YY", "MMM~DD~YY", "YY~MMM~DD")
_SHORTEST = 3  # letters of a keyword: a pair of letters is too common to be one


class Kind(NamedTuple):
    """A kind of piece: its first state, its worth in nats, and what may not touch it on its left and right
    ("letter", "digit", "sign": see pieces.py).

    ``follows``: it stands behind a keyword only and takes up the keyword's worth; ``hope``: the most that a piece which
    begins as this kind may be worth in the end.
    """

    name: str
    root: int
    worth: float
    left: str
    right: str
    follows: bool
    hope: float


class Grammar(NamedTuple):
    """The kinds and the automaton of all of them, by class of one recogniser."""

    kinds: Tuple[Kind, ...]
    arcs: Arcs


@lru_cache(maxsize=4)
def grammar(characters: Tuple[str, ...]) -> Grammar:
    """The grammar for a charset, made once. A kind that needs characters which the charset lacks is never found."""
    registry, kinds = registered()
    return Grammar(kinds, by_class(registry, characters))


@lru_cache(maxsize=None)
def registered() -> Tuple[Registry, Tuple[Kind, ...]]:
    """The automaton and the kinds, those that follow a keyword last."""
    registry = Registry()
    dates = (
        ("date", _dates(_NUMERIC, _NAMED), DATE, "digit", "digit"),
        ("brief", _dates(_BRIEF, _BRIEF_NAMED), BRIEF, "sign", "sign"),
        ("month", _months(), MONTH, "sign", "digit"),
        ("short", _short(), SHORT, "sign", "sign"),
    )
    kinds = [Kind(name, _add(registry, dfa), own, left, right, False, own) for name, dfa, own, left, right in dates]
    kinds.append(Kind("time", _add(registry, _times()), CLOCK, "digit", "digit", False, CLOCK))
    kinds.append(Kind("word", _add(registry, _words()), WORD, "letter", "letter", False, WORD + DATE + BOND))
    for name, dfa, own, _, right in dates:
        root, worth = _add(registry, _behind_word(dfa)), WORD + BOND + own
        kinds.append(Kind("word+" + name, root, worth, "letter", right, True, worth))
    return registry, tuple(kinds)


def _add(registry: Registry, dfa: Dfa) -> int:
    nfa = Nfa()
    start = nfa.state()
    return registry.add(nfa, start, nfa.dfa(start, dfa))


def _union(parts: Iterable[Dfa]) -> Dfa:
    nfa = Nfa()
    start, end = nfa.state(), nfa.state()
    for part in parts:
        nfa.link(nfa.dfa(start, part), end)
    return compiled(nfa, start, end)


def _dates(numeric: Tuple[str, ...], named: Tuple[str, ...]) -> Dfa:
    """Numbers with the same mark or space between them, a month's name also without; spaces beside marks."""
    return _union([_separated(numeric, _MARKS + (" ",)), _separated(named, _MARKS + (" ", ""))])


def _months() -> Dfa:
    return _dates(("MM~YYYY", "YYYY~MM"), ("MMM~YYYY", "MMM~YY"))


def _short() -> Dfa:
    numbers = _separated(("MM~YY", "DD~MM", "MM~DD"), _TIGHT, spaced=False)
    return _union([numbers, _separated(("DD~MMM", "MMM~DD"), _TIGHT + (" ", ""), spaced=False)])


def _separated(forms: Tuple[str, ...], separators: Tuple[str, ...], spaced: bool = True) -> Dfa:
    """Dates of these forms with each of the separators throughout; ``spaced``: a space may stand on either side of it.

    The calendar is gone through once, with a separator that stands for all.
    """
    setting = Setting(_FIRST, _LAST, _LANGUAGES, (_ANY,))
    dates = _union(language(date_tokens(form), setting) for form in forms)
    nfa = Nfa()
    start, end = nfa.state(), nfa.state()
    for separator in separators:
        _copy(nfa, start, end, dates, separator, spaced and separator.strip() != "")
    return compiled(nfa, start, end)


def _copy(nfa: Nfa, start: int, end: int, dates: Dfa, separator: str, spaced: bool) -> None:
    """Adds the dates with ``separator`` for ``_ANY``."""
    states = [nfa.state() for _ in dates.arcs]
    nfa.link(start, states[dates.start])
    low, high = 0, int(spaced)
    for number, arcs in enumerate(dates.arcs):
        grouped: Dict[int, str] = {}
        for sign, target in arcs.items():
            grouped[target] = grouped.get(target, "") + sign
        for target, signs in grouped.items():
            if signs == _ANY:
                here = nfa.chars(states[number], " ", low, high) if spaced else states[number]
                here = nfa.text(here, separator)
                nfa.link(nfa.chars(here, " ", low, high) if spaced else here, states[target])
            else:
                nfa.arcs[states[number]].append((signs, states[target]))
        if dates.final[number]:
            nfa.link(states[number], end)


def _times() -> Dfa:
    setting = Setting(_FIRST, _LAST, _LANGUAGES, _MARKS)
    return _union([language(time_tokens(form), setting) for form in ("HH:MM", "HH:MM:SS")])


def _words() -> Dfa:
    known = {word for group in words()["keywords"].values() for word in group if len(word) >= _SHORTEST}
    nfa = Nfa()
    start = nfa.state()
    return compiled(nfa, start, nfa.words(start, sorted(known)))


def _behind_word(date: Dfa) -> Dfa:
    """Perhaps a colon or full stop, perhaps a space, and a date."""
    nfa = Nfa()
    start = nfa.state()
    marked = nfa.chars(start, ":.", 0, 1)
    end = nfa.dfa(nfa.chars(marked, " ", 0, 1), date)
    return compiled(nfa, start, end)
