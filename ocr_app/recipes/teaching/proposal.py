"""Proposes a recipe from the texts of sample codes, for a person to look over."""

import re
from typing import Dict, List, Optional, Sequence, Tuple

from ocr_app.core.errors import RecipeError
from ocr_app.recipes.language.calendar import Setting, date_tokens, parse, time_tokens
from ocr_app.recipes.language.vocabulary import words

DATES = (
    "DD.MM.YYYY", "DD/MM/YYYY", "DD-MM-YYYY", "YYYY.MM.DD", "YYYY/MM/DD", "YYYY-MM-DD", "DD.MM.YY", "DD/MM/YY",
    "DD-MM-YY", "YY.MM.DD", "YY/MM/DD", "MM/DD/YYYY", "MM/YYYY", "MM.YYYY", "MM-YYYY", "MM/YY", "MM.YY", "DDMMMYYYY",
    "DDMMMYY", "YYYYMMMDD", "DD-MMM-YYYY", "DD-MMM-YY", "MMM-DD-YYYY", "MMM/DD/YY", "MMMYYYY", "MMM-YYYY",
)  # fmt: skip
"""Patterns that are tried, in this order of preference where several explain all samples."""
SPACED_DATES = (
    "DD MMM YYYY",
    "DD MMM YY",
    "MMM DD YYYY",
    "DD MM YYYY",
    "YYYY MM DD",
    "DD MM YY",
    "MM YYYY",
    "MMM YYYY",
)
TIMES = ("HH:MM", "HH:MM:SS")
_MADE = {"PRO", "PRD", "PROD", "MFG", "MFD", "PKD", "FAB", "ELAB", "PD", "PACKED"}
_LOT_WORDS = {"LOT", "LOTE", "LOTTO", "BATCH", "CHARGE", "CH", "BN", "EXP", "BB", "BEST", "MFG", "PRO", "PRD", "MHD"}
_SETTING = Setting(1990, 2099)


def propose(samples: Sequence[Sequence[str]], name: str = "proposal") -> str:
    """A recipe in YAML that accepts every sample; a sample is the lines of one code.

    Lines without a date, a time or a lot are left out where a sample has such a line. Samples whose lines differ in
    number or in their sequence of words become layouts of their own. Raises RecipeError when there is nothing to learn.
    """
    cleaned = [tuple(" ".join(line.upper().split()) for line in sample if line.strip()) for sample in samples]
    groups: Dict[Tuple[int, ...], List[List[List[str]]]] = {}
    for lines in cleaned:
        sample = tuple(line for line in lines if _like_code(line)) or lines
        if sample:
            tokens = [_tokens(line) for line in sample]
            groups.setdefault(tuple(len(line) for line in tokens), []).append(tokens)
    if not groups:
        raise RecipeError(
            "no text in any sample", "pictures of printed codes", "ocr-app read IMAGE... shows what is read"
        )
    layouts = [_layout(group) for _, group in sorted(groups.items(), key=lambda item: -len(item[1]))]
    years = _years(cleaned)
    head = [
        "# Proposed from {} samples: look over every field before use.".format(sum(len(g) for g in groups.values())),
        "name: {}".format(name),
        "spaces: optional",
        "years: {}-{}".format(*years),
    ]
    if len(layouts) == 1:
        return "\n".join(head + ["lines:"] + ["  " + row for row in layouts[0]]) + "\n"
    rows = []
    for number, layout in enumerate(layouts, 1):
        rows += ["  - name: layout {}".format(number), "    lines:"] + ["      " + row for row in layout]
    return "\n".join(head + ["codes:"] + rows) + "\n"


def _years(samples: Sequence[Sequence[str]]) -> Tuple[int, int]:
    """From five years before the earliest four-digit year to fifteen behind the latest."""
    found = [int(year) for sample in samples for line in sample for year in re.findall(r"(?<!\d)20\d\d(?!\d)", line)]
    return (min(found) - 5, max(found) + 15) if found else (2000, 2099)


def _tokens(line: str) -> List[str]:
    """Words, dates printed with spaces kept together."""
    tokens = line.split()
    at = 0
    while at < len(tokens):
        for size in (3, 2):
            joined = " ".join(tokens[at : at + size])
            if len(tokens) - at >= size and any(_fits(pattern, joined) for pattern in SPACED_DATES):
                tokens[at : at + size] = [joined]
                break
        at += 1
    return tokens


def _like_code(line: str) -> bool:
    """Whether a date, a time, a lot (letters and at least four digits) or such a number stands in the line."""
    tokens = _tokens(line)
    if re.sub("[^A-Z]", "", tokens[0]) in _LOT_WORDS and re.search(r"\d", line):
        return True
    for token in tokens:
        if re.fullmatch(r"[A-Z]{0,3}[-:]?\d{4,}[A-Z]?", token):
            return True
        if any(_fits(pattern, token) for pattern in DATES + SPACED_DATES) or re.search(r"\d\d:\d\d", token):
            return True
    return False


def _fits(pattern: str, text: str) -> bool:
    return parse(date_tokens(pattern), _SETTING, text) is not None


def _layout(group: List[List[List[str]]]) -> List[str]:
    rows: List[str] = []
    used: Dict[str, int] = {}
    for line in range(len(group[0])):
        before = ""
        for place in range(len(group[0][line])):
            column = [sample[line][place] for sample in group]
            field, kind = _field(column)
            label = _label(kind, before, used)
            text = field if label is None else "{{{}, as: {}}}".format(field, label)
            text = text if text.startswith(("{", '"')) else "{" + text + "}"
            rows.append(("- - " if place == 0 else "    - "[2:]) + text)
            before = column[0] if kind == "literal" else before
    return rows


def _label(kind: str, before: str, used: Dict[str, int]) -> Optional[str]:
    """A name for a field: dates by the word before them."""
    if kind in ("literal", ""):
        return None
    name = kind
    if kind == "date":
        word = re.sub("[^A-Z]", "", before)
        name = "production" if word in _MADE else "expiry" if word in _keywords() else "date"
    used[name] = used.get(name, 0) + 1
    return name if used[name] == 1 else "{}-{}".format(name, used[name])


def _keywords() -> List[str]:
    return [word for group in words()["keywords"].values() for word in group]


def _field(column: List[str]) -> Tuple[str, str]:
    """The narrowest field that accepts all texts of a column, and what kind of thing it is."""
    for pattern in DATES + SPACED_DATES:
        if all(_fits(pattern, text) for text in column):
            return "date: {}".format(pattern), "date"
    for pattern in TIMES:
        if all(parse(time_tokens(pattern), _SETTING, text) for text in column):
            return 'time: "{}"'.format(pattern), "time"
    same = len(set(column)) == 1
    if same and not re.search(r"\d", column[0]):
        return _quoted(column[0]), "literal"
    if len({len(text) for text in column}) == 1:
        return _masked(column)
    return _ranged(column)


def _masked(column: List[str]) -> Tuple[str, str]:
    """Texts of one length: a mask, place by place."""
    if all(text.isdigit() for text in column):
        return "digits: {}".format(len(column[0])), "number"
    mask = "".join(_place({text[place] for text in column}) for place in range(len(column[0])))
    return "lot: {}".format(_quoted(mask.replace("''", ""))), "lot"


def _place(signs: "set[str]") -> str:
    """One place of a mask: digits vary, a letter that is always the same is fixed."""
    if all(sign.isdigit() for sign in signs):
        return "9"
    if len(signs) == 1:
        sign = next(iter(signs))
        return "[']" if sign == "'" else "'{}'".format(sign) if sign.isalpha() or sign in "[]" else sign
    if all(sign.isalpha() for sign in signs):
        return "A"
    others = "".join(sorted(signs - set("[]-"))) + ("-" if "-" in signs else "")
    return "X" if all(sign.isalnum() for sign in signs) else "[{}]".format(others)


def _ranged(column: List[str]) -> Tuple[str, str]:
    low, high = min(len(text) for text in column), max(len(text) for text in column)
    signs = "".join(sorted({sign for text in column for sign in text if not sign.isalnum()}))
    kind = "alphanumeric"
    if all(text.isdigit() for text in column):
        kind = "digits"
    elif all(text.isalpha() for text in column):
        kind = "letters"
    extra = ", signs: {}".format(_quoted(signs)) if signs else ""
    return "{}: {}-{}{}".format(kind, low, high, extra), "number" if kind == "digits" else "text"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
