"""``ocr-app recipe test``: accuracy, verdicts and the rejection curve of a recipe on a data set."""

import argparse
import json
import math
import sys
from typing import Any, Dict, List, NamedTuple

from tqdm import tqdm

from ocr_app import recipes
from ocr_app.cli.arguments import reader_request
from ocr_app.cli.recipe.report import Card, write_report
from ocr_app.core.types import Image, Reading
from ocr_app.datasets.loading import open_dataset
from ocr_app.datasets.sample import Sample, view
from ocr_app.imaging.load import DEFAULT_LIMITS, load_image
from ocr_app.opening import open_reader
from ocr_app.readers.contract import Reader
from ocr_app.reading.frame import ReadOptions, VerdictRequest, read_image
from ocr_app.reading.words import explanations_of
from ocr_app.recipes.teaching import summarise_rejection
from ocr_app.recipes.verdict import PASS, VERDICTS
from ocr_app.scoring.text_forms import DEFAULT_FORM, FORMS


class JudgedSample(NamedTuple):
    """A sample, its result under the recipe, whether its text is right, and the picture as it was read."""

    sample: Sample
    reading: Reading
    right: bool
    picture: Image


def run(arguments: argparse.Namespace) -> int:
    """Judges the data set under the recipe and prints the record. Raises RecipeError and the reader's errors."""
    recipe = recipes.load(arguments.file)
    dataset = open_dataset(arguments.dataset, limit=arguments.limit)
    with open_reader(reader_request(arguments, recipe)) as reader:
        bar: Any = tqdm(dataset.samples, unit="image", disable=not sys.stderr.isatty())
        tested = [judge_sample(reader, sample, recipe, dataset.complete) for sample in bar]
        record = summarise(tested, dataset.complete)
    names = {"recipe": recipe.name, "dataset": dataset.name, "sha256": dataset.sha256, "engine": reader.info.engine}
    record.update(names)
    print(json.dumps(record, indent=2) if arguments.json else _format_table(record))
    if arguments.report:
        write_report(arguments.report, "{recipe} on {dataset}".format(**record), _format_table(record), cards(tested))
    return 0


def judge_sample(reader: Reader, sample: Sample, recipe: recipes.Recipe, complete: bool) -> JudgedSample:
    """One sample of a data set, judged under a recipe as `ocr-app read` judges it.

    ``complete``: its truth is the whole code; otherwise single lines are labelled, and a text is right when all of its
    lines are labelled ones.
    """
    pixels = view(load_image(sample.path, DEFAULT_LIMITS).pixels, sample, "box" if complete else "none")
    options = ReadOptions(layout=sample.layout, verdict_request=VerdictRequest(recipe))
    reading = read_image(reader, pixels, sample.id, options)
    texts = [line.text for line in reading.lines]
    right = _is_exact(DEFAULT_FORM, sample, texts) if complete else _are_labelled(sample, texts)
    return JudgedSample(sample, reading, right, pixels)


def summarise(tested: List[JudgedSample], complete: bool = True) -> Dict[str, Any]:
    """Accuracy in every text form, verdicts for right and wrong texts, the rejection curve, and what to look at.

    A text is right when it equals the truth in the form "nospace".
    """
    exact = dict.fromkeys(FORMS if complete else (), 0)
    verdicts = {verdict: {"right": 0, "wrong": 0} for verdict in VERDICTS + ("error",)}
    for each in tested:
        for name in exact:
            exact[name] += int(_is_exact(name, each.sample, [line.text for line in each.reading.lines]))
        verdicts[each.reading.verdict]["right" if each.right else "wrong"] += 1
    return {
        "images": len(tested),
        "exact": exact,
        "verdicts": verdicts,
        "rejection": summarise_rejection([(_assurance(each.reading), each.right) for each in tested]),
        "wrong_passes": [each.sample.id for each in tested if _is_wrong_pass(each)],
        "rejected_good": [each.sample.id for each in tested if _is_rejected_good(each)],
    }


def cards(tested: List[JudgedSample]) -> List[Card]:
    """What the report shows: wrong passes first, then good codes that were rejected, then what was misread."""
    order = [("wrong pass", _is_wrong_pass), ("good code rejected", _is_rejected_good), ("not read", _is_not_read)]
    return [
        Card(title, each.sample.id, each.picture, each.reading, each.sample.truth, explanations_of(each.reading))
        for title, belongs in order
        for each in tested
        if belongs(each)
    ]


def _is_wrong_pass(each: JudgedSample) -> bool:
    return each.reading.verdict == PASS and not each.right


def _is_rejected_good(each: JudgedSample) -> bool:
    return each.reading.verdict != PASS and each.right


def _is_not_read(each: JudgedSample) -> bool:
    return each.reading.verdict != PASS and not each.right


def _assurance(reading: Reading) -> float:
    """The lead of the code; -inf where there is none, inf where nothing else was possible."""
    if reading.code is None or not reading.lines or any(not line["text"] for line in reading.code["lines"]):
        return -math.inf
    found = reading.code["assurance"]
    return math.inf if found is None else float(found)


def _is_exact(form: str, sample: Sample, texts: List[str]) -> bool:
    truth, read = FORMS[form].sides(sample.truth, texts)
    return bool(truth == read)


def _are_labelled(sample: Sample, texts: List[str]) -> bool:
    labelled = {_plain(line.text) for line in sample.lines if line.text}
    return bool(texts) and all(_plain(text) in labelled for text in texts)


def _plain(text: str) -> str:
    return "".join(character for character in text.upper() if character.isalnum())


def _format_table(record: Dict[str, Any]) -> str:
    rows = ["{recipe} on {dataset}: {images} images, {engine}".format(**record), ""]
    rows += ["exact ({}): {}".format(name, count) for name, count in record["exact"].items()]
    rows += ["", "verdict    right  wrong"]
    rows += ["{:<9} {:>6} {:>6}".format(name, row["right"], row["wrong"]) for name, row in record["verdicts"].items()]
    rows += [""]
    for point in record["rejection"]["passed"]:
        text = "with at most {wrong_allowed} wrong passes: {good} good codes pass (assurance from {threshold})"
        rows.append(text.format(**point))
    for title, key in (("wrong passes", "wrong_passes"), ("good codes rejected", "rejected_good")):
        if record[key]:
            rows.append("{}: {}".format(title, ", ".join(record[key])))
    return "\n".join(rows)
