"""From what several samples have in one place to the narrowest field that accepts all of it."""

import re
from collections import Counter
from typing import NamedTuple, Sequence, Set

from ocr_app.recipes.language.patterns import date_tokens, parse_text
from ocr_app.recipes.language.patterns.vocabulary import MONTHS, keywords
from ocr_app.recipes.teaching.questions import Questionnaire
from ocr_app.recipes.teaching.tokens import DATE, DATES, LOOKALIKES, MARK, SETTINGS, SPACED_DATES, TIME, WORD, Token

_MAJORITY = 2  # samples that agree against a single other one


class ProposedField(NamedTuple):
    """A field in YAML, and what it is: "date", "time", "lot", "number", "text" or "literal".

    ``pattern``: of a date.
    """

    yaml: str
    kind: str
    pattern: str = ""


def propose_column(tokens: Sequence[Token], where: str, questions: Questionnaire) -> ProposedField:
    """The field of one place. ``where`` names it in questions ("line 1, place 2")."""
    kind, texts = tokens[0].kind, [token.text for token in tokens]
    if kind == DATE:
        return _propose_date(tokens, where, questions)
    if kind == TIME:
        return ProposedField(
            'time: "{}"'.format("HH:MM:SS" if all(len(each) > 5 for each in texts) else "HH:MM"), "time"
        )
    if kind == MARK:
        return ProposedField(quote(texts[0]), "literal")
    if kind == WORD:
        return _propose_word(texts, where, questions)
    return propose_field(texts)


def _propose_date(tokens: Sequence[Token], where: str, questions: Questionnaire) -> ProposedField:
    """The pattern that explains most samples; where several do, the one whose years are closest together is offered
    first.
    """
    support = Counter(pattern for token in tokens for pattern in token.patterns)
    most = max(support.values())
    order = DATES + SPACED_DATES
    patterns = [pattern for pattern in order if support[pattern] == most]
    explained = [token.text for token in tokens if token.patterns & set(patterns)]
    patterns.sort(key=lambda pattern: (_spread(pattern, explained), order.index(pattern)))
    chosen = 0
    if len(patterns) > 1:
        example = explained[0]
        text = "{}: which format has the date {}?".format(where, example)
        chosen = questions.ask("date of " + where, text, [_describe(pattern, example) for pattern in patterns])
    pattern = patterns[chosen]
    return ProposedField("date: {}{}".format(_spaced_or_not(pattern), _languages(pattern, explained)), "date", pattern)


def _spaced_or_not(pattern: str) -> str:
    """Both forms of a date with the name of a month: readings without a recipe often lose its spaces."""
    bare = pattern.replace(" ", "")
    for spaced in SPACED_DATES:
        if "MMM" in bare and spaced.replace(" ", "") == bare and bare in DATES:
            return "[{}, {}]".format(spaced, bare)
    return pattern


def _languages(pattern: str, texts: Sequence[str]) -> str:
    """The languages of the month names, where English does not have them."""
    names = {word for text in texts for word in re.findall("[A-Z]{3,}", text)} if "MMM" in pattern else set()
    known = [language for language, months in MONTHS.items() if names <= {name for each in months for name in each}]
    return ", languages: [{}]".format(known[0]) if names and known and "en" not in known else ""


def _spread(pattern: str, texts: Sequence[str]) -> int:
    """The years from the first to the last of the dates."""
    found = [parse_text(date_tokens(pattern), SETTINGS, text) for text in texts]
    years = [each.year for each in found if each is not None and each.year is not None]
    return max(years) - min(years) if years else 0


def _describe(pattern: str, example: str) -> str:
    printed = parse_text(date_tokens(pattern), SETTINGS, example)
    if printed is None or printed.year is None:
        return pattern
    year = printed.year + (2000 if printed.year_digits == 2 else 0)
    day = "" if printed.day is None else "-{:02d}".format(printed.day)
    return "{} ({:04d}-{:02d}{})".format(pattern, year, printed.month or 0, day)


def _propose_word(texts: Sequence[str], where: str, questions: Questionnaire) -> ProposedField:
    """A word that all samples have, a keyword that most have (the others misread it), or letters that vary."""
    word, count = Counter(texts).most_common(1)[0]
    lengths = {len(text) for text in texts}
    if len(word) <= 2 and word not in keywords():
        if count < len(texts):
            return _propose_range(texts) if len(lengths) > 1 else ProposedField("letters: {}".format(len(word)), "text")
        if len(texts) > 1:
            answers = ["always {}".format(word), "any letter" if len(word) == 1 else "any {} letters".format(len(word))]
            text = "{}: all samples have {} here".format(where, word)
            if questions.ask("letters of " + where, text, answers) == 1:
                return ProposedField("letters: {}".format(len(word)), "text")
    return ProposedField(quote(word), "literal")


def propose_field(column: Sequence[str]) -> ProposedField:
    """The narrowest field that accepts all texts of a column of words, numbers or lots."""
    if len(set(column)) == 1 and not re.search(r"\d", column[0]):
        return ProposedField(quote(column[0]), "literal")
    if len({len(text) for text in column}) == 1:
        return _propose_mask(column)
    return _propose_range(column)


def _propose_mask(column: Sequence[str]) -> ProposedField:
    """For texts of one length: a mask, place by place."""
    places = [_settled([text[position] for text in column]) for position in range(len(column[0]))]
    if all(character.isdigit() for place in places for character in place):
        return ProposedField("digits: {}".format(len(column[0])), "number")
    mask = "".join(_mask_place(place) for place in places)
    return ProposedField("lot: {}".format(quote(mask.replace("''", ""))), "lot")


def _settled(characters: Sequence[str]) -> Set[str]:
    """The characters of one place. A single one that is a letter among digits, or a digit among letters, was misread;
    letters that look like digits are digits where digits are.
    """
    digits = [LOOKALIKES.get(character, character) for character in characters]
    if any(character.isdigit() for character in characters) and all(character.isdigit() for character in digits):
        return set(digits)
    for is_kind in (str.isdigit, str.isalpha):
        own = [character for character in characters if is_kind(character)]
        if len(characters) - len(own) == 1 and len(own) >= _MAJORITY:
            return set(own)
    return set(characters)


def _mask_place(characters: Set[str]) -> str:
    """One place of a mask. Digits are taken to vary; a letter that is always the same is taken to be fixed."""
    if all(character.isdigit() for character in characters):
        return "9"
    if len(characters) == 1:
        character = next(iter(characters))
        if character == "'":
            return "[']"
        return "'{}'".format(character) if character.isalpha() or character in "[]" else character
    if all(character.isalpha() for character in characters):
        return "A"
    if all(character.isalnum() for character in characters):
        return "X"
    return "[{}]".format("".join(sorted(characters - set("[]-"))) + ("-" if "-" in characters else ""))


def _propose_range(column: Sequence[str]) -> ProposedField:
    """For texts of several lengths: a kind of characters and a range."""
    low, high = min(len(text) for text in column), max(len(text) for text in column)
    signs = "".join(sorted({character for text in column for character in text if not character.isalnum()}))
    kind = "alphanumeric"
    if all(text.isdigit() for text in column):
        kind = "digits"
    elif all(text.isalpha() for text in column):
        kind = "letters"
    extra = ", signs: {}".format(quote(signs)) if signs else ""
    return ProposedField("{}: {}-{}{}".format(kind, low, high, extra), "number" if kind == "digits" else "text")


def quote(text: str) -> str:
    """The text as a double-quoted YAML scalar."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
