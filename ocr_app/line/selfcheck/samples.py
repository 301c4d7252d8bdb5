"""Rows of the self-check about reading: what the bundled samples have to give stands in data/selfcheck.json."""

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
    """``recipe``: file name; ``images``: what each has to give, as a challenge set's expected.json has it."""
    return load_data("selfcheck.json")  # type: ignore[no-any-return]


def rows(reader: Reader, around: RuntimeContext) -> List[Row]:
    """A row a sample. A sample or recipe that is not there is a row that failed."""
    wanted = expectations()
    try:
        how = ReadOptions(verdict_request=VerdictRequest(recipes.load(os.path.join(around.recipes, wanted["recipe"]))))
        return [_row(reader, around.samples, how, entry) for entry in wanted["images"]]
    except OcrError as error:
        return [
            Row(
                "samples",
                FAILED,
                error.found,
                error.expected,
                error.next_step or "OCR_RECIPES names the folder of recipes",
            )
        ]


def _row(reader: Reader, folder: str, how: ReadOptions, entry: Dict[str, str]) -> Row:
    reading, _ = read_file(reader, os.path.join(folder, "images", entry["image"]), how)
    record = reading_to_json(reading)
    check = "sample " + entry["image"]
    expected = "{}: {}".format(entry["verdict"], entry["text"])
    if reading.error is not None:
        next_step = reading.error["next_step"] or "OCR_SAMPLES names their data set"
        return Row(check, FAILED, reading.error["found"], expected, next_step)
    found = "{}: {}".format(record["verdict"], record["text"])
    return Row(check, FAILED if differences([record], [entry]) else OK, found, expected)
