"""What was probably meant by letters that no pattern has: letters of other languages, words, small letters."""

from typing import Callable, Dict, NamedTuple, Optional

from ocr_app.core.errors import RecipeError


class _PatternLetters(NamedTuple):
    """How a language names the parts of a date, and the letters of patterns that they are."""

    language: str
    words: str
    letters: Dict[str, str]


_LANGUAGES = (
    _PatternLetters("French", "J jour, M mois, A année", {"J": "D", "M": "M", "A": "Y", "S": "W"}),
    _PatternLetters("German", "T Tag, M Monat, J Jahr", {"T": "D", "M": "M", "J": "Y"}),
    _PatternLetters("Dutch", "D dag, M maand, J jaar", {"D": "D", "M": "M", "J": "Y"}),
    _PatternLetters("Spanish and Portuguese", "D día, M mes, A año", {"D": "D", "M": "M", "A": "Y"}),
    _PatternLetters("Italian", "G giorno, M mese, A anno", {"G": "D", "M": "M", "A": "Y"}),
    _PatternLetters("Turkish", "G gün, A ay, Y yıl", {"G": "D", "A": "M", "Y": "Y"}),
    _PatternLetters("Polish and Czech", "D dzień, M miesiąc, R rok", {"D": "D", "M": "M", "R": "Y"}),
    _PatternLetters("Swedish", "D dag, M månad, Å år", {"D": "D", "M": "M", "Å": "Y"}),
    _PatternLetters("Finnish", "P päivä, K kuukausi, V vuosi", {"P": "D", "K": "M", "V": "Y"}),
)
_WORDS = (
    ("MONTH", "MMMM", "month's name in full"),
    ("MON", "MMM", "month's name, abbreviated"),
    ("CCYY", "YYYY", "year"),
    ("DOY", "DDD", "day of the year"),
    ("JJJ", "DDD", "day of the year"),
    ("KW", "WW", "week"),
    ("WK", "WW", "week"),
    ("MI", "MM", "minute"),
)
"""Words of other systems, the pattern that they mean here, and what that is."""


class Suggestion(NamedTuple):
    """The pattern that is meant, and why: "French: J jour, M mois, A année"."""

    pattern: str
    why: str


def suggest(pattern: str, split: Callable[[str], object]) -> Optional[Suggestion]:
    """The pattern that was probably meant, None where nothing fits.

    ``split`` raises RecipeError for what is no pattern, and must not ask for a suggestion itself.
    """
    upper = pattern.upper()
    if upper != pattern and _fits(upper, split):
        return Suggestion(upper, "pattern letters are capitals")
    replaced, why = upper, []
    for word, meant, means in _WORDS:
        if word in replaced:
            replaced = replaced.replace(word, meant)
            why.append("{} is {}, the {}".format(word, meant, means))
    if why and _fits(replaced, split):
        return Suggestion(replaced, "; ".join(why))
    return _in_other_languages(upper, split)


def _in_other_languages(upper: str, split: Callable[[str], object]) -> Optional[Suggestion]:
    used = {character for character in upper if character.isalpha()}
    for each in _LANGUAGES:
        if used <= set(each.letters):
            meant = "".join(each.letters.get(character, character) for character in upper)
            if _fits(meant, split):
                return Suggestion(meant, "{}: {}".format(each.language, each.words))
    return None


def _fits(pattern: str, split: Callable[[str], object]) -> bool:
    try:
        split(pattern)
    except RecipeError:
        return False
    return True
