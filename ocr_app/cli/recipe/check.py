"""``ocr-app recipe check``: what a recipe accepts."""

import argparse
import json
from typing import Any, Dict, Iterator, List

from ocr_app.cli.recipe.accepting import format_text, judge_text
from ocr_app.recipes import Recipe, load
from ocr_app.recipes.language.recipe import LinePart, RecipeField, RecipeLine
from ocr_app.recipes.teaching import count_texts, sample_texts


def run(arguments: argparse.Namespace) -> int:
    """Prints what the recipe accepts, or what it says to given texts. Raises RecipeError."""
    recipe = load(arguments.file)
    if arguments.text:
        judged = [judge_text(recipe, text) for text in arguments.text]
        rows = [row for each in judged for row in format_text(each)]
        print(json.dumps(judged, indent=2, ensure_ascii=False) if arguments.json else "\n".join(rows))
        return 0
    record = describe_recipe(recipe, arguments.samples)
    print(json.dumps(record, indent=2) if arguments.json else "\n".join(_format_rows(recipe, record)))
    return 0


def describe_recipe(recipe: Recipe, count: int) -> Dict[str, Any]:
    """What a recipe accepts: layouts, lines, fields, the number of texts, and ``count`` examples of each line."""
    layouts = [
        {"name": layout.name, "lines": [_describe_line(recipe, line, count) for line in layout.lines]}
        for layout in recipe.layouts
    ]
    tolerances = dict(recipe.tolerances._asdict())
    return {
        "name": recipe.name,
        "states": len(recipe.registry.arcs),
        "layouts": layouts,
        "tolerances": tolerances,
        "alike": [{"characters": alike, "undecided": _undecided(recipe, alike)} for alike in recipe.lookalikes],
    }


def _undecided(recipe: Recipe, alike: str) -> List[str]:
    """The fields that allow several of the characters in one place, so that their type does not decide."""
    return [
        field.label
        for field in recipe.fields
        if any(sum(character in arcs for character in alike) > 1 for arcs in field.automaton.arcs)
    ]


def _describe_line(recipe: Recipe, line: RecipeLine, count: int) -> Dict[str, Any]:
    return {
        "name": line.name,
        "optional": line.optional,
        "fields": [_format_part(part) for part in line.parts],
        "texts": count_texts(recipe.registry, line.root),
        "samples": sample_texts(recipe.registry, line.root, count),
    }


def _format_part(part: LinePart) -> str:
    """``date=expiry``, ``[optional]``, ``(either|or)``."""
    if isinstance(part, RecipeField):
        return part.kind + ("=" + part.name if part.name else "")
    alternatives = "|".join(" ".join(_format_part(inner) for inner in each) for each in part.alternatives)
    return ("[{}]" if part.optional else "({})").format(alternatives)


def _format_rows(recipe: Recipe, record: Dict[str, Any]) -> Iterator[str]:
    yield "{}: {} layouts, {} states".format(record["name"], len(record["layouts"]), record["states"])
    for layout in record["layouts"]:
        yield "\n{}".format(layout["name"])
        for line in layout["lines"]:
            optional = " (optional)" if line["optional"] else ""
            yield "  {}{}: {}".format(line["name"], optional, " ".join(line["fields"]))
            yield "    {} texts, such as".format(_format_count(line["texts"]))
            for text in line["samples"]:
                yield "      " + text
    for row in _alike_rows(record):
        yield row
    for relation in recipe.relations:
        yield "\nrelation: {}".format(relation.text)


def _alike_rows(record: Dict[str, Any]) -> Iterator[str]:
    """What the type of a field settles, and where it does not."""
    for alike in record["alike"]:
        characters = " and ".join(alike["characters"])
        yield "\nalike: {} count as each other; the type of the field decides".format(characters)
        for label in alike["undecided"]:
            yield "  {} allows both in one place: such a code is refused; write a mask, or lookalikes: none".format(
                label
            )


def _format_count(number: int) -> str:
    return str(number) if number < 10**6 else "about {:.1e}".format(number)
