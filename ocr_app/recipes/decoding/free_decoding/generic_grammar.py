"""The generic grammar of codes: what dates, times and keywords usually look like, and what finding one is worth.

A line is any text with such pieces in it. The worth of a piece is the prior's side of the balance: log prior(piece)
minus log prior(any characters in its place), tempered. A date of ten characters is one of about e^17 texts (days of 50
years, orders, separators, month names), while any ten characters are one of e^41. That leaves e^24, or about e^22, as
not every place holds a date. Two fifths of it count: the network has been trained on dates, so its posterior already
contains part of this prior, and its scores are more confident than they are right. training/recogniser/prior.py
measures gain and harm.
"""

from functools import lru_cache
from typing import Iterable, List, NamedTuple, Tuple

from ocr_app.recipes.automata import Dfa, Nfa, StateRegistry, minimise
from ocr_app.recipes.automata.dfa import group_by_target
from ocr_app.recipes.decoding.search import LabelAutomaton, label_automaton
from ocr_app.recipes.language.patterns import PatternSettings, date_tokens, pattern_automaton, time_tokens
from ocr_app.recipes.language.patterns.vocabulary import keywords

FULL_DATE_WORTH = 9.0  # nats: day, month and year of four digits
SHORT_YEAR_WORTH = 8.0  # day, month and year of two digits
MONTH_WORTH = 6.0  # month and year, with four digits or the month's name
PARTIAL_DATE_WORTH = 3.0  # month and year of two digits, day and month
TIME_WORTH = 4.5  # time of day
KEYWORD_WORTH = 5.0  # keyword of three letters or more
KEYWORD_DATE_BONUS = 3.0  # for a keyword followed by a date
_MARKS = ("/", ".", "-", "|", ",", "'")
_PARTIAL_DATE_MARKS = ("/", ".", "-")
_ANY_SEPARATOR = "~"  # placeholder for the separator while dates are built
_LANGUAGES = ("en", "es", "fr", "de", "it")
_FIRST_YEAR, _LAST_YEAR = 2000, 2049
_NUMERIC, _NUMERIC_SHORT = ("DD~MM~YYYY", "YYYY~MM~DD", "MM~DD~YYYY"), ("DD~MM~YY", "YY~MM~DD", "MM~DD~YY")
_NAMED, _NAMED_SHORT = ("DD~MMM~YYYY", "YYYY~MMM~DD", "MMM~DD~YYYY"), ("DD~MMM~YY", "MMM~DD~YY", "YY~MMM~DD")
_MIN_KEYWORD_LENGTH = 3  # a pair of letters is too common to be a keyword


class PieceKind(NamedTuple):
    """A kind of piece: its root state, its worth in nats, and what must not touch it on its left and right.

    ``left``, ``right``: "letter", "digit" or "alnum" (see borders.py). ``follows_keyword``: its automaton has only what
    follows a keyword, the search enters it at the end of one, and its worth includes the keyword's. ``max_worth``: the
    most that a piece which begins as this kind can be worth in the end.
    """

    name: str
    root: int
    worth: float
    left: str
    right: str
    follows_keyword: bool
    max_worth: float


class GenericGrammar(NamedTuple):
    """The kinds of pieces, and one automaton for all of them over the labels of one recogniser."""

    kinds: Tuple[PieceKind, ...]
    automaton: LabelAutomaton


@lru_cache(maxsize=4)
def grammar_for(characters: Tuple[str, ...]) -> GenericGrammar:
    """The grammar for a charset, compiled once. Kinds that need characters which the charset lacks are never found."""
    registry, kinds = compile_grammar()
    return GenericGrammar(kinds, label_automaton(registry, characters))


@lru_cache(maxsize=None)
def compile_grammar() -> Tuple[StateRegistry, Tuple[PieceKind, ...]]:
    """The automaton and the kinds, those that follow a keyword last."""
    registry = StateRegistry()
    dates = (
        ("date", _dates(_NUMERIC, _NAMED), FULL_DATE_WORTH, "digit", "digit"),
        ("short-year", _dates(_NUMERIC_SHORT, _NAMED_SHORT), SHORT_YEAR_WORTH, "alnum", "alnum"),
        ("month", _months(), MONTH_WORTH, "alnum", "digit"),
        ("partial-date", _partial_dates(), PARTIAL_DATE_WORTH, "alnum", "alnum"),
    )
    kinds: List[PieceKind] = []
    for name, automaton, worth, left, right in dates:
        kinds.append(PieceKind(name, _register(registry, automaton), worth, left, right, False, worth))
    kinds.append(PieceKind("time", _register(registry, _times()), TIME_WORTH, "digit", "digit", False, TIME_WORTH))
    best = KEYWORD_WORTH + FULL_DATE_WORTH + KEYWORD_DATE_BONUS
    root = _register(registry, _keywords())
    kinds.append(PieceKind("keyword", root, KEYWORD_WORTH, "letter", "letter", False, best))
    for name, automaton, worth, _, right in dates:
        root, total = _register(registry, _after_keyword(automaton)), KEYWORD_WORTH + KEYWORD_DATE_BONUS + worth
        kinds.append(PieceKind("keyword+" + name, root, total, "letter", right, True, total))
    return registry, tuple(kinds)


def _register(registry: StateRegistry, automaton: Dfa) -> int:
    nfa = Nfa()
    start = nfa.add_state()
    return registry.register(nfa, start, nfa.add_automaton(start, automaton))


def _union(parts: Iterable[Dfa]) -> Dfa:
    nfa = Nfa()
    start, end = nfa.add_state(), nfa.add_state()
    for part in parts:
        nfa.add_epsilon(nfa.add_automaton(start, part), end)
    return minimise(nfa, start, end)


def _dates(numeric: Tuple[str, ...], named: Tuple[str, ...]) -> Dfa:
    """Numbers with the same mark or space between them, month names also without; spaces beside marks."""
    return _union([_separated(numeric, _MARKS + (" ",)), _separated(named, _MARKS + (" ", ""))])


def _months() -> Dfa:
    return _dates(("MM~YYYY", "YYYY~MM"), ("MMM~YYYY", "MMM~YY"))


def _partial_dates() -> Dfa:
    numeric = _separated(("MM~YY", "DD~MM", "MM~DD"), _PARTIAL_DATE_MARKS, spaced=False)
    return _union([numeric, _separated(("DD~MMM", "MMM~DD"), _PARTIAL_DATE_MARKS + (" ", ""), spaced=False)])


def _separated(patterns: Tuple[str, ...], separators: Tuple[str, ...], spaced: bool = True) -> Dfa:
    """Dates of these patterns with each of the separators throughout.

    ``spaced``: a space may be printed on either side of a mark. The dates are built once, with a placeholder for all
    separators.
    """
    settings = PatternSettings(_FIRST_YEAR, _LAST_YEAR, _LANGUAGES, (_ANY_SEPARATOR,))
    dates = _union(pattern_automaton(date_tokens(pattern), settings) for pattern in patterns)
    nfa = Nfa()
    start, end = nfa.add_state(), nfa.add_state()
    for separator in separators:
        _add_with_separator(nfa, start, end, dates, separator, spaced and separator.strip() != "")
    return minimise(nfa, start, end)


def _add_with_separator(nfa: Nfa, start: int, end: int, dates: Dfa, separator: str, spaced: bool) -> None:
    """Adds the dates with ``separator`` in place of the placeholder."""
    states = [nfa.add_state() for _ in dates.arcs]
    nfa.add_epsilon(start, states[dates.start])
    for number, arcs in enumerate(dates.arcs):
        for target, characters in group_by_target(arcs).items():
            if characters == _ANY_SEPARATOR:
                nfa.add_epsilon(_add_separator(nfa, states[number], separator, spaced), states[target])
            else:
                nfa.add_arc(states[number], characters, states[target])
        if dates.final[number]:
            nfa.add_epsilon(states[number], end)


def _add_separator(nfa: Nfa, source: int, separator: str, spaced: bool) -> int:
    before = nfa.add_repetition(source, " ", 0, 1) if spaced else source
    behind = nfa.add_text(before, separator)
    return nfa.add_repetition(behind, " ", 0, 1) if spaced else behind


def _times() -> Dfa:
    settings = PatternSettings(_FIRST_YEAR, _LAST_YEAR, _LANGUAGES, _MARKS)
    return _union([pattern_automaton(time_tokens(pattern), settings) for pattern in ("HH:MM", "HH:MM:SS")])


def _keywords() -> Dfa:
    nfa = Nfa()
    start = nfa.add_state()
    known = sorted(word for word in keywords() if len(word) >= _MIN_KEYWORD_LENGTH)
    return minimise(nfa, start, nfa.add_choice(start, known))


def _after_keyword(date: Dfa) -> Dfa:
    """An optional colon or full stop, an optional space, and a date."""
    nfa = Nfa()
    start = nfa.add_state()
    marked = nfa.add_repetition(start, ":.", 0, 1)
    end = nfa.add_automaton(nfa.add_repetition(marked, " ", 0, 1), date)
    return minimise(nfa, start, end)
