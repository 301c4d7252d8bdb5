"""``ocr-app recipe``: check, teach and test recipes."""

import argparse
import json
import os
import sys
from typing import Any, Dict, List, Tuple

from tqdm import tqdm

from ocr_app import recipes
from ocr_app.cli.arguments import add_limit_arguments, add_reader_arguments, limits_of, positive, reader_request
from ocr_app.core.errors import RecipeError, UsageError
from ocr_app.core.types import Image, LinePosterior
from ocr_app.datasets.loading import open_dataset
from ocr_app.datasets.sample import Sample, view
from ocr_app.imaging.load import DEFAULT_LIMITS, load_image
from ocr_app.imaging.sources import expand
from ocr_app.opening import open_reader
from ocr_app.readers.contract import Reader
from ocr_app.reading.frame import LAYOUTS
from ocr_app.recipes.language.recipe import FieldGroup, LinePart, Recipe, RecipeField, RecipeLine
from ocr_app.recipes.teaching import examples, rejection_curve
from ocr_app.recipes.teaching.proposal import propose_recipe
from ocr_app.scoring.text_forms import DEFAULT_FORM, FORMS


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``recipe``: one sub-command each for check, teach and test."""
    verbs = parser.add_subparsers(dest="recipe_verb", metavar="check|teach|test")
    check = verbs.add_parser("check", help="what a recipe accepts, with examples")
    check.add_argument("file", metavar="FILE")
    check.add_argument(
        "--samples", type=positive, default=5, metavar="N", help="examples a line (default: %(default)s)"
    )
    check.add_argument("--json", action="store_true", help="print JSON")
    check.set_defaults(recipe_run=_check)
    teach = verbs.add_parser("teach", help="propose a recipe from sample images, for approval")
    teach.add_argument("paths", nargs="+", metavar="IMAGE", help="image, folder of images, or glob")
    add_reader_arguments(teach)
    add_limit_arguments(teach)
    teach.add_argument("--layout", choices=LAYOUTS, default="page", help="line: each image is one line of text")
    teach.add_argument("--name", default="proposal", help="the recipe's name (default: %(default)s)")
    teach.add_argument("--out", metavar="FILE", help="write here (never over a file) instead of to standard output")
    teach.set_defaults(recipe_run=_teach)
    test = verbs.add_parser("test", help="accuracy, verdicts and rejection curve of a recipe on a data set")
    test.add_argument("file", metavar="FILE")
    test.add_argument("dataset", metavar="DATASET", help="as for `ocr-app benchmark`")
    add_reader_arguments(test)
    test.add_argument("--limit", type=positive, metavar="N", help="only N images, evenly spread over the set")
    test.add_argument("--json", action="store_true", help="print JSON")
    test.set_defaults(recipe_run=_test)


def run(arguments: argparse.Namespace) -> int:
    """Runs the sub-command. Raises UsageError without one, and what the sub-command raises."""
    if not getattr(arguments, "recipe_run", None):
        raise UsageError("ocr-app recipe needs a sub-command", "check, teach or test", "ocr-app recipe --help")
    return int(arguments.recipe_run(arguments))


def _check(arguments: argparse.Namespace) -> int:
    recipe = recipes.load(arguments.file)
    record = described(recipe, arguments.samples)
    if arguments.json:
        print(json.dumps(record, indent=2))
        return 0
    print("{}: {} layouts, {} states".format(record["name"], len(record["layouts"]), record["states"]))
    for layout in record["layouts"]:
        print("\n{}".format(layout["name"]))
        for line in layout["lines"]:
            print(
                "  {}{}: {}".format(line["name"], " (optional)" if line["optional"] else "", " ".join(line["fields"]))
            )
            print("    {} texts, such as".format(_count(line["texts"])))
            print("\n".join("      " + text for text in line["samples"]))
    for relation in recipe.relations:
        print("\nrelation: {}".format(relation.text))
    return 0


def described(recipe: Recipe, count: int) -> Dict[str, Any]:
    """What a recipe accepts: layouts, lines, fields, the number of texts, and ``count`` examples of each line."""
    layouts = [
        {"name": layout.name, "lines": [_line(recipe, line, count) for line in layout.lines]}
        for layout in recipe.layouts
    ]
    tolerances = dict(recipe.tolerances._asdict())
    return {"name": recipe.name, "states": len(recipe.registry.arcs), "layouts": layouts, "tolerances": tolerances}


def _line(recipe: Recipe, line: RecipeLine, count: int) -> Dict[str, Any]:
    return {
        "name": line.name,
        "optional": line.optional,
        "fields": [_part(part) for part in line.parts],
        "texts": examples.count_texts(recipe.registry, line.root),
        "samples": examples.sample_texts(recipe.registry, line.root, count),
    }


def _part(part: LinePart) -> str:
    if isinstance(part, RecipeField):
        return part.kind + ("=" + part.name if part.name else "")
    assert isinstance(part, FieldGroup)
    ways = "|".join(" ".join(_part(inner) for inner in way) for way in part.alternatives)
    return ("[{}]" if part.optional else "({})").format(ways)


def _count(number: int) -> str:
    return str(number) if number < 10**6 else "about {:.1e}".format(number)


def _teach(arguments: argparse.Namespace) -> int:
    if arguments.out and os.path.exists(arguments.out):
        raise UsageError(
            "{} is there already".format(arguments.out), "a file that is not there", "choose another --out"
        )
    found: List[Tuple[str, ...]] = []
    with open_reader(reader_request(arguments)) as reader:
        for path in expand(arguments.paths):
            texts = _texts(reader, load_image(path, limits_of(arguments)).pixels, arguments.layout)
            print("{}: {}".format(path, " / ".join(texts) or "- no text found -"), file=sys.stderr)
            found.append(texts)
    proposal = propose_recipe(found, arguments.name)
    recipes.loads(proposal)
    if not arguments.out:
        print(proposal, end="")
        return 0
    try:
        with open(arguments.out, "x", encoding="utf-8") as stream:
            stream.write(proposal)
    except OSError as error:
        raise UsageError("{}: {}".format(arguments.out, error.strerror), "a new file", "choose another --out")
    return 0


def _texts(reader: Reader, image: Image, layout: str) -> Tuple[str, ...]:
    """The lines of a sample: read without a recipe, or the reader's own texts where it gives no more."""
    try:
        posteriors = reader.posteriors(image) if layout == "page" else reader.line_posteriors([image])
    except UsageError:
        lines = reader.read(image) if layout == "page" else reader.read_line(image)
        return tuple(line.text for line in lines)
    return tuple(text for text in (recipes.decode_free(posterior).text.strip() for posterior in posteriors) if text)


def _test(arguments: argparse.Namespace) -> int:
    recipe = recipes.load(arguments.file)
    dataset = open_dataset(arguments.dataset, limit=arguments.limit)
    if not dataset.complete:
        raise RecipeError("{} labels single lines, not codes".format(dataset.name), "a data set of whole codes")
    results = []
    with open_reader(reader_request(arguments, recipe)) as reader:
        bar: Any = tqdm(dataset.samples, unit="image", disable=not sys.stderr.isatty())
        for sample in bar:
            results.append((sample, decoded(reader, sample, recipe)))
        record = measured(recipe, results)
    record.update(
        {"recipe": recipe.name, "dataset": dataset.name, "sha256": dataset.sha256, "engine": reader.info.engine}
    )
    print(json.dumps(record, indent=2) if arguments.json else _table(record))
    return 0


def decoded(reader: Reader, sample: Sample, recipe: Recipe) -> recipes.CodeDecoding:
    """One sample read under a recipe."""
    pixels = view(load_image(sample.path, DEFAULT_LIMITS).pixels, sample, "box")
    lines: List[LinePosterior]
    lines = reader.line_posteriors([pixels]) if sample.layout == "line" else reader.posteriors(pixels)
    return recipes.decode(lines, recipe)


def measured(recipe: Recipe, results: List[Tuple[Sample, recipes.CodeDecoding]]) -> Dict[str, Any]:
    """Accuracy in every text form, verdicts for right and wrong texts, and the rejection curve.

    Right means equal to the truth in the form "nospace".
    """
    forms = dict.fromkeys(FORMS, 0)
    verdicts = {verdict: {"right": 0, "wrong": 0} for verdict in ("pass", "fail", "no-read", "hold")}
    cases = []
    for sample, decoding in results:
        texts = [line.text for line in decoding.lines]
        for name, form in FORMS.items():
            truth, read = form.sides(sample.truth, texts)
            forms[name] += int(truth == read)
        truth, read = FORMS[DEFAULT_FORM].sides(sample.truth, texts)
        verdict = recipes.verify(decoding, recipe).verdict
        verdicts[verdict]["right" if truth == read else "wrong"] += 1
        cases.append((decoding.assurance, truth == read))
    return {"images": len(results), "exact": forms, "verdicts": verdicts, "rejection": rejection_curve.summarise_rejection(cases)}


def _table(record: Dict[str, Any]) -> str:
    rows = ["{recipe} on {dataset}: {images} images, {engine}".format(**record), ""]
    rows += ["exact ({}): {}".format(name, count) for name, count in record["exact"].items()]
    rows += ["", "verdict    right  wrong"]
    rows += ["{:<9} {:>6} {:>6}".format(name, row["right"], row["wrong"]) for name, row in record["verdicts"].items()]
    rows += [""]
    for point in record["rejection"]["passed"]:
        text = "with at most {wrong_allowed} wrong passes: {good} good codes pass (assurance from {threshold})"
        rows.append(text.format(**point))
    return "\n".join(rows)
