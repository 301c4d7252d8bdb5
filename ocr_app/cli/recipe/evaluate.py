"""``ocr-app recipe test``: accuracy, verdicts and the rejection curve of a recipe on a data set."""

import argparse
import json
import sys
from typing import Any, Dict, List, Tuple

from tqdm import tqdm

from ocr_app import recipes
from ocr_app.cli.arguments import reader_request
from ocr_app.core.errors import RecipeError
from ocr_app.core.types import LinePosterior
from ocr_app.datasets.loading import open_dataset
from ocr_app.datasets.sample import Sample, view
from ocr_app.imaging.load import DEFAULT_LIMITS, load_image
from ocr_app.opening import open_reader
from ocr_app.readers.contract import Reader
from ocr_app.recipes.teaching import summarise_rejection
from ocr_app.recipes.verdict import VERDICTS
from ocr_app.scoring.text_forms import DEFAULT_FORM, FORMS

Results = List[Tuple[Sample, recipes.CodeDecoding]]


def run(arguments: argparse.Namespace) -> int:
    """Decodes the data set under the recipe and prints the record. Raises RecipeError and the reader's errors."""
    recipe = recipes.load(arguments.file)
    dataset = open_dataset(arguments.dataset, limit=arguments.limit)
    if not dataset.complete:
        found = "{} labels single lines, not whole codes".format(dataset.name)
        raise RecipeError(found, "a data set of whole codes")
    results: Results = []
    with open_reader(reader_request(arguments, recipe)) as reader:
        bar: Any = tqdm(dataset.samples, unit="image", disable=not sys.stderr.isatty())
        for sample in bar:
            results.append((sample, decode_sample(reader, sample, recipe)))
        record = summarise(recipe, results)
    record.update(
        {"recipe": recipe.name, "dataset": dataset.name, "sha256": dataset.sha256, "engine": reader.info.engine}
    )
    print(json.dumps(record, indent=2) if arguments.json else _format_table(record))
    return 0


def decode_sample(reader: Reader, sample: Sample, recipe: recipes.Recipe) -> recipes.CodeDecoding:
    """One sample of a data set, decoded under a recipe."""
    pixels = view(load_image(sample.path, DEFAULT_LIMITS).pixels, sample, "box")
    lines: List[LinePosterior]
    lines = reader.line_posteriors([pixels]) if sample.layout == "line" else reader.posteriors(pixels)
    return recipes.decode(lines, recipe)


def summarise(recipe: recipes.Recipe, results: Results) -> Dict[str, Any]:
    """Accuracy in every text form, verdicts for right and wrong texts, and the rejection curve.

    A text is right when it equals the truth in the form "nospace".
    """
    exact = dict.fromkeys(FORMS, 0)
    verdicts = {verdict: {"right": 0, "wrong": 0} for verdict in VERDICTS}
    cases = []
    for sample, decoding in results:
        texts = [line.text for line in decoding.lines]
        for name in FORMS:
            exact[name] += int(_is_exact(name, sample, texts))
        right = _is_exact(DEFAULT_FORM, sample, texts)
        verdict = recipes.verify(decoding, recipe).verdict
        verdicts[verdict]["right" if right else "wrong"] += 1
        cases.append((decoding.assurance, right))
    return {"images": len(results), "exact": exact, "verdicts": verdicts, "rejection": summarise_rejection(cases)}


def _is_exact(form: str, sample: Sample, texts: List[str]) -> bool:
    truth, read = FORMS[form].sides(sample.truth, texts)
    return bool(truth == read)


def _format_table(record: Dict[str, Any]) -> str:
    rows = ["{recipe} on {dataset}: {images} images, {engine}".format(**record), ""]
    rows += ["exact ({}): {}".format(name, count) for name, count in record["exact"].items()]
    rows += ["", "verdict    right  wrong"]
    rows += ["{:<9} {:>6} {:>6}".format(name, row["right"], row["wrong"]) for name, row in record["verdicts"].items()]
    rows += [""]
    for point in record["rejection"]["passed"]:
        text = "with at most {wrong_allowed} wrong passes: {good} good codes pass (assurance from {threshold})"
        rows.append(text.format(**point))
    return "\n".join(rows)
