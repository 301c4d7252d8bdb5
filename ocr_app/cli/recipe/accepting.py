"""``ocr-app recipe check --text``: whether a recipe accepts a line, by which fields, and else where it breaks."""

from typing import Any, Dict, Iterator, List, Optional, Tuple

from ocr_app.recipes import Recipe
from ocr_app.recipes.language.fields import split_fields
from ocr_app.recipes.language.recipe import RecipeLine
from ocr_app.recipes.language.typed import typed_value
from ocr_app.recipes.verdict.closest import nearest_text

_MOST = 6  # characters of samples that are named where a text breaks


def judge_text(recipe: Recipe, text: str) -> Dict[str, Any]:
    """What each line of the recipe says to a text; ``accepted`` where one of them allows it.

    Letters are compared as capitals, as the recognisers of codes print them.
    """
    plain = " ".join(text.upper().split())
    lines = [_judge_line(recipe, layout.name, line, plain) for layout in recipe.layouts for line in layout.lines]
    return {"text": plain, "accepted": any(line["accepted"] for line in lines), "lines": lines}


def _judge_line(recipe: Recipe, layout: str, line: RecipeLine, text: str) -> Dict[str, Any]:
    record: Dict[str, Any] = {"layout": layout, "line": line.name, "accepted": False, "fields": []}
    if recipe.registry.accepts(line.root, text):
        fields = []
        for value in split_fields(line, text):
            typed = typed_value(recipe, value)
            fields.append({"name": value.name, "kind": value.kind, "text": value.text, "value": typed.value})
        return dict(record, accepted=True, fields=fields)
    at, expected = _break_of(recipe, line, text)
    nearest = nearest_text(recipe.registry, line.root, text, max(1, len(text) // 2))
    found = text[at : at + 1]
    return dict(record, at=at, found=found, expected=expected, nearest=nearest[0] if nearest else None)


def _break_of(recipe: Recipe, line: RecipeLine, text: str) -> Tuple[int, str]:
    """How many characters of the text the line allows, and what it wants next: characters, or the end."""
    arcs, final = recipe.registry.arcs, recipe.registry.final
    state, at = line.root, 0
    while at < len(text):
        target: Optional[int] = arcs[state].get(text[at])
        if target is None:
            break
        state, at = target, at + 1
    wanted = sorted(arcs[state])
    shown = ["'{}'".format(character) for character in wanted[:_MOST]] + ["..."] * (len(wanted) > _MOST)
    return at, " or ".join((["the end"] if final[state] else []) + shown)


def format_text(record: Dict[str, Any]) -> Iterator[str]:
    """The rows for people: the fields of the lines that accept the text, else where each line breaks."""
    yield "{!r} is {}accepted".format(record["text"], "" if record["accepted"] else "not ")
    for line in record["lines"]:
        where = "  {}, {}".format(line["layout"], line["line"])
        if line["accepted"]:
            yield where + ": " + ", ".join(_field(field) for field in line["fields"])
        elif not record["accepted"]:
            for row in _break_rows(where, record["text"], line):
                yield row


def _field(field: Dict[str, Any]) -> str:
    name = "{} {}".format(field["kind"], field["name"]).strip()
    value = "" if field["value"] in (None, field["text"]) else " = {}".format(field["value"])
    return "{} '{}'{}".format(name, field["text"], value)


def _break_rows(where: str, text: str, line: Dict[str, Any]) -> List[str]:
    found = "'{}'".format(line["found"]) if line["found"] else "the end"
    rows = [
        "{}: breaks at character {}: {} is printed; allowed is {}".format(
            where, line["at"] + 1, found, line["expected"]
        ),
        "      " + text,
        "      " + " " * line["at"] + "^",
    ]
    return rows + (["      nearest: " + line["nearest"]] if line["nearest"] else [])
