"""The kinds of fields: for each one, from its keys to an automaton and the patterns that parse its text."""

import re
from typing import Callable, Dict, Iterable, List, Tuple

from ocr_app.core.errors import RecipeError
from ocr_app.core.yaml_tree import YamlMapping, YamlNode
from ocr_app.recipes.automata import Dfa, Nfa, minimise
from ocr_app.recipes.language.patterns import (
    PatternSettings,
    PatternToken,
    date_tokens,
    gs1,
    mask_tokens,
    pattern_automaton,
    time_tokens,
)
from ocr_app.recipes.language.patterns.check_digits import CHECKED
from ocr_app.recipes.language.patterns.tokens import DIGITS, LETTERS, Tokens
from ocr_app.recipes.language.patterns.vocabulary import unaccented

_DECADE = 10
MAX_LENGTH = 64  # characters of one field; nothing longer is a code
NAMED_DATES: Dict[str, Tuple[str, ...]] = {
    "iso": ("YYYY-MM-DD",),
    "day-first": ("DD~MM~YYYY", "DD~MM~YY", "DD~MMM~YYYY", "DD~MMM~YY"),
    "year-first": ("YYYY~MM~DD", "YY~MM~DD", "YYYY~MMM~DD"),
    "month-name-first": ("MMM~DD~YYYY", "MMM~DD~YY"),
    "month-first": ("MM~DD~YYYY", "MM~DD~YY", "MMM~DD~YYYY", "MMM~DD~YY"),
    "month-year": ("MM~YYYY", "MM~YY", "MMM~YYYY", "MMM~YY", "YYYY~MM"),
    "day-month": ("DD~MM", "DD~MMM", "MM~DD", "MMM~DD"),
}
"""Named date formats; ``any`` is all of them except ``month-first``, which would give 01.02. two meanings."""
NAMED_DATES["any"] = tuple(
    sorted({pattern for name, patterns in NAMED_DATES.items() if name != "month-first" for pattern in patterns})
)

FieldLanguage = Tuple[Dfa, Tuple[Tokens, ...]]
"""The automaton of a field's texts, and the patterns that parse them as dates, times or lots."""

_FieldReader = Callable[[YamlNode, YamlMapping, PatternSettings], FieldLanguage]


def _read_literal(value: YamlNode, keys: YamlMapping, settings: PatternSettings) -> FieldLanguage:
    return _choice([value.as_text("literal")]), ()


def _read_choice(value: YamlNode, keys: YamlMapping, settings: PatternSettings) -> FieldLanguage:
    return _choice(value.as_texts("choice")), ()


def _choice(texts: List[str]) -> Dfa:
    nfa = Nfa()
    start = nfa.add_state()
    printed = [text.upper() for text in texts]
    return minimise(nfa, start, nfa.add_choice(start, sorted({each for p in printed for each in (p, unaccented(p))})))


def _counted(characters: str) -> _FieldReader:
    """The reader of a kind of field with a count and, optionally, further characters (``signs``)."""

    def read(value: YamlNode, keys: YamlMapping, settings: PatternSettings) -> FieldLanguage:
        low, high = _read_count(value)
        signs = keys.get("signs")
        allowed = characters + (signs.as_text("signs").upper() if signs else "")
        nfa = Nfa()
        start = nfa.add_state()
        end = nfa.add_repetition(start, "".join(sorted(set(allowed))), low=low, high=high)
        return minimise(nfa, start, end), ()

    return read


def _read_count(value: YamlNode) -> Tuple[int, int]:
    """A number or a range: ``8``, ``4-8``, ``4..8``."""
    text = value.as_text("a count")
    found = re.match(r"(\d+)(?:\s*(?:-|\.\.)\s*(\d+))?$", text)
    if not found:
        raise value.error("a count is {!r}".format(text), "a number or a range: 8 or 4-8")
    low = int(found.group(1))
    high = int(found.group(2) or low)
    if not 1 <= low <= high <= MAX_LENGTH:
        raise value.error("a count from {} to {}".format(low, high), "1-{}, the lower first".format(MAX_LENGTH))
    return low, high


def _read_date(value: YamlNode, keys: YamlMapping, settings: PatternSettings) -> FieldLanguage:
    patterns: List[str] = []
    for text in value.as_texts("date"):
        patterns += NAMED_DATES.get(text, (text,))
    tokens = [date_tokens(pattern) for pattern in patterns]
    for pattern, own in zip(patterns, tokens):
        if any(token.kind == "year1" for token in own):
            _check_one_digit(pattern, settings)
    return _any_pattern(tokens, settings)


def _check_one_digit(pattern: str, settings: PatternSettings) -> None:
    """A year of one digit means a single year only within a window of ten. Raises RecipeError."""
    if settings.last_year - settings.first_year < _DECADE:
        return
    found = (
        "date pattern {!r}: Y is a year of one digit, which comes again every ten years, and years are {}-{}".format(
            pattern, settings.first_year, settings.last_year
        )
    )
    expected = "a window of at most ten years; DDD is the day of the year, YY and YYYY are years of more digits"
    raise RecipeError(found, expected, "add years: now-4..now+5, or write {}".format(re.sub("Y+", "YY", pattern)))


def _read_time(value: YamlNode, keys: YamlMapping, settings: PatternSettings) -> FieldLanguage:
    return _any_pattern((time_tokens(text) for text in value.as_texts("time")), settings)


def _read_lot(value: YamlNode, keys: YamlMapping, settings: PatternSettings) -> FieldLanguage:
    tokens = [mask_tokens(text) for text in value.as_texts("lot")]
    if not settings.year_letters and any(token.kind == "year-letter" for own in tokens for token in own):
        raise RecipeError("<Y> needs to know the letters of years", 'year-letters: "2020=ABCDEFGHJK"')
    return _any_pattern(tokens, settings)


def _any_pattern(patterns: Iterable[Tokens], settings: PatternSettings) -> FieldLanguage:
    patterns = tuple(patterns)
    nfa = Nfa()
    start, end = nfa.add_state(), nfa.add_state()
    for tokens in patterns:
        nfa.add_epsilon(nfa.add_automaton(start, pattern_automaton(tokens, settings)), end)
    return minimise(nfa, start, end), patterns


def _read_gs1(value: YamlNode, keys: YamlMapping, settings: PatternSettings) -> FieldLanguage:
    """One element: ``gs1: "17"``, with ``length`` and ``brackets``."""
    ai = value.as_text("gs1")
    length = keys.get("length")
    low, high = _read_count(length) if length else (None, None)
    prefix = "({})".format(ai) if keys.get_flag("brackets", True) else ai
    nfa = Nfa()
    start = nfa.add_state()
    end = nfa.add_automaton(nfa.add_text(start, prefix), gs1.element_automaton(ai, settings, low, high))
    head = tuple(PatternToken("set", character) for character in prefix)
    patterns = tuple(head + tokens for tokens in gs1.date_patterns(ai))
    return minimise(nfa, start, end), patterns


def _read_checked(value: YamlNode, keys: YamlMapping, settings: PatternSettings) -> FieldLanguage:
    """A number with a check digit: ``checked: gtin``, with ``length``."""
    kind = value.as_choice("kind of checked number", tuple(sorted(CHECKED)))
    lengths, automaton = CHECKED[kind]
    length = keys.get("length")
    if length is not None:
        low, high = _read_count(length)
        lengths = tuple(range(low, high + 1)) if kind == "luhn" else tuple(n for n in lengths if low <= n <= high)
    if not lengths:
        raise value.error("{} has no such length".format(kind), ", ".join(str(n) for n in CHECKED[kind][0]))
    nfa = Nfa()
    start, end = nfa.add_state(), nfa.add_state()
    for each in lengths:
        nfa.add_epsilon(nfa.add_automaton(start, automaton(each)), end)
    return minimise(nfa, start, end), ()


FIELD_KINDS: Dict[str, _FieldReader] = {
    "literal": _read_literal,
    "digits": _counted(DIGITS),
    "letters": _counted(LETTERS),
    "alphanumeric": _counted(DIGITS + LETTERS),
    "choice": _read_choice,
    "date": _read_date,
    "time": _read_time,
    "lot": _read_lot,
    "gs1": _read_gs1,
    "checked": _read_checked,
}
"""Readers by kind. A reader takes the kind's value, the field's other keys and the settings; it raises RecipeError."""
