"""Proposes a recipe from the texts of sample codes, for a person to review."""

import re
from typing import Dict, List, NamedTuple, Optional, Sequence, Tuple

from ocr_app.core.errors import RecipeError
from ocr_app.recipes.language.patterns.vocabulary import keywords
from ocr_app.recipes.teaching.alignment import CommonLine, find_layouts
from ocr_app.recipes.teaching.columns import ProposedField, propose_column, quote
from ocr_app.recipes.teaching.questions import Questionnaire
from ocr_app.recipes.teaching.relations import DateColumn, find_day_of_year, find_relation, pairs_of
from ocr_app.recipes.teaching.tokens import WORD, normalise, split_line

_PRODUCTION_KEYWORDS = {"PRO", "PRD", "PROD", "MFG", "MFD", "PKD", "FAB", "ELAB", "PD", "PACKED"}


class Proposal(NamedTuple):
    """``yaml``: the recipe; ``fields``: names of what it has; ``relations``; ``used``: numbers of the samples that it
    was made from.
    """

    yaml: str
    relations: Tuple[str, ...]
    used: Tuple[int, ...]


class _Place(NamedTuple):
    """A field of a line, its name, and what the samples have there."""

    field: ProposedField
    name: Optional[str]
    texts: Dict[int, str]


def propose_recipe(samples: Sequence[Sequence[str]], name: str = "proposal") -> str:
    """A recipe in YAML that accepts the samples. Every question is answered by its first answer. Raises RecipeError."""
    return propose(samples, name, Questionnaire()).yaml


def propose(
    samples: Sequence[Sequence[str]], name: str, questions: Questionnaire, options: Sequence[str] = ()
) -> Proposal:
    """A recipe from samples; a sample is the lines of one picture, in reading order.

    Lines without a date, a time or a lot, and lines that few samples have, are left out. Samples of different forms
    become separate layouts. ``options``: further keys of the recipe ("neighbours: ignore"). Raises RecipeError when the
    samples are no codes.
    """
    texts = [[text for text in (normalise(line) for line in sample) if text] for sample in samples]
    layouts = find_layouts([[split_line(text) for text in sample] for sample in texts])
    if not layouts:
        found = "no text in any sample" if not any(texts) else "no line of the samples looks like a code"
        step = "run `ocr-app read IMAGE...` to see what is read"
        raise RecipeError(found, "pictures of printed codes: a date, a time, or a lot with digits", step)
    used_names: Dict[str, int] = {}
    places = [
        [_places_of(line, "line {}".format(n), used_names, questions) for n, line in enumerate(layout, 1)]
        for layout in layouts
    ]
    places = [_with_days_of_year(layout) for layout in places]
    relations = [relation for layout in places for relation in _relations_of(layout)]
    used = sorted({number for layout in layouts for line in layout for number in line.tokens})
    head = [
        "# Proposed from {} samples: look over every field before use.".format(len(used)),
        "name: {}".format(name),
        "spaces: optional",
        "years: {}-{}".format(*_years(texts)),
    ]
    rows = head + list(options) + _layout_rows([_rows_of(layout) for layout in places])
    if relations:
        rows += ["relations:"] + ["  - " + relation for relation in relations]
    return Proposal("\n".join(rows) + "\n", tuple(relations), tuple(used))


def _places_of(line: CommonLine, where: str, used: Dict[str, int], questions: Questionnaire) -> List[_Place]:
    places: List[_Place] = []
    words: List[str] = []  # those before the value; they hold until other words come
    for index in range(line.width):
        tokens = line.column(index)
        field = propose_column(tokens, "{}, field {}".format(where, index + 1), questions)
        texts = {number: tokens_of[index].text for number, tokens_of in line.tokens.items()}
        places.append(_Place(field, _field_name(field.kind, words, used), texts))
        if tokens[0].kind == WORD:
            words = words + [tokens[0].text] if index and line.column(index - 1)[0].kind == WORD else [tokens[0].text]
    return places


def _field_name(kind: str, words: List[str], used: Dict[str, int]) -> Optional[str]:
    """A name for a field; dates are named after the keywords before them. ``used`` counts the names."""
    if kind == "literal":
        return None
    name = kind
    if kind == "date" and any(word in keywords() for word in words):
        name = "production" if any(word in _PRODUCTION_KEYWORDS for word in words) else "expiry"
    used[name] = used.get(name, 0) + 1
    return name if used[name] == 1 else "{}-{}".format(name, used[name])


def _dates_of(layout: List[List[_Place]]) -> List[DateColumn]:
    return [
        DateColumn(place.name, place.field.pattern, place.texts)
        for line in layout
        for place in line
        if place.field.kind == "date" and place.name
    ]


def _relations_of(layout: List[List[_Place]]) -> List[str]:
    """How the second of two dates follows from the first one, or the other way round."""
    dates = _dates_of(layout)
    if len(dates) != 2:
        return []
    earlier, later = dates
    if all(one.first > two.first for one, two in pairs_of(earlier, later)):
        earlier, later = later, earlier
    relation = find_relation(earlier, later)
    return [relation] if relation else []


def _with_days_of_year(layout: List[List[_Place]]) -> List[List[_Place]]:
    """The places, with year and day of the year in the masks of lots that have those of a date."""
    dates = _dates_of(layout)
    return [[_with_day_of_year(place, dates) for place in line] for line in layout]


def _with_day_of_year(place: _Place, dates: List[DateColumn]) -> _Place:
    if place.field.kind not in ("lot", "number"):
        return place
    for date in dates:
        found = find_day_of_year(place.texts, date)
        if found is not None:
            at, pattern = found
            sample = next(iter(place.texts.values()))
            head, tail = sample[:at], sample[at + len(pattern) :]
            mask = _fixed(head) + pattern + _fixed(tail)
            return place._replace(field=ProposedField("lot: {}".format(quote(mask)), "lot"))
    return place


def _fixed(text: str) -> str:
    """The rest of a mask: letters and marks as they are, digits that vary."""
    return "".join("9" if c.isdigit() else "'{}'".format(c) if c.isalpha() else c for c in text)


def _layout_rows(layouts: List[List[str]]) -> List[str]:
    if len(layouts) == 1:
        return ["lines:"] + ["  " + row for row in layouts[0]]
    rows = ["codes:"]
    for number, layout in enumerate(layouts, 1):
        rows += ["  - name: layout {}".format(number), "    lines:"] + ["      " + row for row in layout]
    return rows


def _rows_of(layout: List[List[_Place]]) -> List[str]:
    """The rows of the layout's ``lines`` in YAML."""
    rows: List[str] = []
    for line in layout:
        for position, place in enumerate(line):
            text = place.field.yaml
            if place.name is not None:
                text = "{{{}, as: {}}}".format(text, place.name)
            text = text if text.startswith(("{", '"')) else "{" + text + "}"
            rows.append(("- - " if position == 0 else "  - ") + text)
    return rows


def _years(samples: Sequence[Sequence[str]]) -> Tuple[int, int]:
    """From five years before the earliest four-digit year to fifteen after the latest."""
    found = [int(year) for sample in samples for line in sample for year in re.findall(r"(?<!\d)20[0-5]\d(?!\d)", line)]
    return (min(found) - 5, max(found) + 15) if found else (2000, 2059)
