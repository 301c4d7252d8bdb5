"""Rows of the self-check about reading; data/selfcheck.json says what the bundled samples have to give."""

import os
from typing import Any, Dict, List

from ocr_app import recipes
from ocr_app.board.runtime_context import RuntimeContext
from ocr_app.core.errors import OcrError
from ocr_app.core.paths import load_data
from ocr_app.core.types import reading_to_json
from ocr_app.line.challenge import differences
from ocr_app.line.selfcheck.rows import FAILED, OK, Row
from ocr_app.readers.contract import Reader
from ocr_app.reading.frame import ReadOptions, VerdictRequest, read_file


def expectations() -> Dict[str, Any]:
    """``recipe``: file name; ``images``: what each has to give, as in the expected.json of a challenge set."""
    return load_data("selfcheck.json")  # type: ignore[no-any-return]


def rows(reader: Reader, context: RuntimeContext) -> List[Row]:
    """One row per sample. A missing sample or recipe makes a row that failed."""
    expected = expectations()
    try:
        recipe = recipes.load(os.path.join(context.recipes, expected["recipe"]))
        options = ReadOptions(verdict_request=VerdictRequest(recipe))
        return [_row(reader, context.samples, options, entry) for entry in expected["images"]]
    except OcrError as error:
        next_step = error.next_step or "OCR_RECIPES names the folder of recipes"
        return [Row("samples", FAILED, error.found, error.expected, next_step)]


def _row(reader: Reader, folder: str, options: ReadOptions, entry: Dict[str, str]) -> Row:
    reading, _ = read_file(reader, os.path.join(folder, "images", entry["image"]), options)
    record = reading_to_json(reading)
    check = "sample " + entry["image"]
    expected = "{}: {}".format(entry["verdict"], entry["text"])
    if reading.error is not None:
        next_step = reading.error["next_step"] or "OCR_SAMPLES names their data set"
        return Row(check, FAILED, reading.error["found"], expected, next_step)
    found = "{}: {}".format(record["verdict"], record["text"])
    return Row(check, FAILED if differences([record], [entry]) else OK, found, expected)
