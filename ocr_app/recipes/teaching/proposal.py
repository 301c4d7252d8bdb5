"""Proposes a recipe from the texts of sample codes, for a person to review."""

import re
from typing import Dict, List, Optional, Sequence, Tuple

from ocr_app.core.errors import RecipeError
from ocr_app.recipes.language.patterns.vocabulary import keywords
from ocr_app.recipes.teaching.columns import SPACED_DATES, is_date, matches_date, propose_field

_PRODUCTION_KEYWORDS = {"PRO", "PRD", "PROD", "MFG", "MFD", "PKD", "FAB", "ELAB", "PD", "PACKED"}
_LINE_KEYWORDS = {
    "LOT", "LOTE", "LOTTO", "BATCH", "CHARGE", "CH", "BN", "EXP", "BB", "BEST", "MFG", "PRO", "PRD", "MHD",
}  # fmt: skip

_SampleLines = List[List[str]]
"""The words of each line of a sample."""


def propose_recipe(samples: Sequence[Sequence[str]], name: str = "proposal") -> str:
    """A recipe in YAML that accepts every sample; a sample is the lines of one code.

    Lines without a date, a time or a lot are left out of a sample that has other lines. Samples whose lines differ in
    number, or in their number of words, become separate layouts. Raises RecipeError when there is nothing to learn.
    """
    cleaned = [tuple(" ".join(line.upper().split()) for line in sample if line.strip()) for sample in samples]
    groups = _group_by_form(cleaned)
    if not groups:
        step = "run `ocr-app read IMAGE...` to see what is read"
        raise RecipeError("no text in any sample", "pictures of printed codes", step)
    head = [
        "# Proposed from {} samples: look over every field before use.".format(sum(len(g) for g in groups)),
        "name: {}".format(name),
        "spaces: optional",
        "years: {}-{}".format(*_years(cleaned)),
    ]
    return "\n".join(head + _layout_rows([_propose_layout(group) for group in groups])) + "\n"


def _group_by_form(samples: Sequence[Sequence[str]]) -> List[List[_SampleLines]]:
    """The samples with equal numbers of lines and words together, the largest group first."""
    groups: Dict[Tuple[int, ...], List[_SampleLines]] = {}
    for lines in samples:
        sample = tuple(line for line in lines if _looks_like_code(line)) or lines
        if sample:
            words = [_split_words(line) for line in sample]
            groups.setdefault(tuple(len(line) for line in words), []).append(words)
    return [group for _, group in sorted(groups.items(), key=lambda item: -len(item[1]))]


def _layout_rows(layouts: List[List[str]]) -> List[str]:
    if len(layouts) == 1:
        return ["lines:"] + ["  " + row for row in layouts[0]]
    rows = ["codes:"]
    for number, layout in enumerate(layouts, 1):
        rows += ["  - name: layout {}".format(number), "    lines:"] + ["      " + row for row in layout]
    return rows


def _years(samples: Sequence[Sequence[str]]) -> Tuple[int, int]:
    """From five years before the earliest four-digit year to fifteen after the latest."""
    found = [int(year) for sample in samples for line in sample for year in re.findall(r"(?<!\d)20\d\d(?!\d)", line)]
    return (min(found) - 5, max(found) + 15) if found else (2000, 2099)


def _split_words(line: str) -> List[str]:
    """The words of a line; dates printed with spaces are kept together."""
    words = line.split()
    at = 0
    while at < len(words):
        for size in (3, 2):
            joined = " ".join(words[at : at + size])
            if len(words) - at >= size and any(matches_date(pattern, joined) for pattern in SPACED_DATES):
                words[at : at + size] = [joined]
                break
        at += 1
    return words


def _looks_like_code(line: str) -> bool:
    """Whether the line has a date, a time, a lot (letters and at least four digits) or a number of four digits."""
    words = _split_words(line)
    if re.sub("[^A-Z]", "", words[0]) in _LINE_KEYWORDS and re.search(r"\d", line):
        return True
    for word in words:
        if re.fullmatch(r"[A-Z]{0,3}[-:]?\d{4,}[A-Z]?", word):
            return True
        if is_date(word) or re.search(r"\d\d:\d\d", word):
            return True
    return False


def _propose_layout(group: List[_SampleLines]) -> List[str]:
    """The rows of the layout's ``lines`` in YAML."""
    rows: List[str] = []
    used: Dict[str, int] = {}
    for line in range(len(group[0])):
        keyword = ""
        for position in range(len(group[0][line])):
            column = [sample[line][position] for sample in group]
            field = propose_field(column)
            name = _field_name(field.kind, keyword, used)
            text = field.yaml if name is None else "{{{}, as: {}}}".format(field.yaml, name)
            text = text if text.startswith(("{", '"')) else "{" + text + "}"
            rows.append(("- - " if position == 0 else "  - ") + text)
            keyword = column[0] if field.kind == "literal" else keyword
    return rows


def _field_name(kind: str, keyword: str, used: Dict[str, int]) -> Optional[str]:
    """A name for a field; dates are named after the keyword before them. ``used`` counts the names."""
    if kind == "literal":
        return None
    name = kind
    if kind == "date":
        word = re.sub("[^A-Z]", "", keyword)
        name = "production" if word in _PRODUCTION_KEYWORDS else "expiry" if word in keywords() else "date"
    used[name] = used.get(name, 0) + 1
    return name if used[name] == 1 else "{}-{}".format(name, used[name])
