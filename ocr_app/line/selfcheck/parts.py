"""Rows of the self-check about what is installed: models by checksum, engines, recipes."""

import glob
import os
from typing import Dict, List

from ocr_app import recipes
from ocr_app.board.runtime_context import RuntimeContext
from ocr_app.core import model_files
from ocr_app.core.errors import OcrError
from ocr_app.engines.cache import Cache
from ocr_app.line.selfcheck.rows import FAILED, OK, UNSEEN, Row, attempt, judged
from ocr_app.readers.codes import reader as codes

_BUILD_HERE = "ocr-app engine build (on a board with sudo); for a fleet ./inv build-engines"
_VOLUME = "docker run --rm --runtime nvidia --volume nano-ocr-data:/data {}"
_BUILD = _VOLUME + " engine build --services none, then " + _VOLUME + "; for a fleet ./inv build-engines"


def model_rows() -> List[Row]:
    """A row for each network inside the package, and one for the models folder where that is not empty."""
    record = codes.model_record(None)
    rows = [_packaged(record[role]) for role in ("detector", "recogniser")]
    names = [name for name in sorted(model_files.index()) if os.path.isfile(os.path.join(model_files.folder(), name))]
    return rows + ([_folder(names)] if names else [])


def _packaged(part: Dict[str, str]) -> Row:
    def look() -> str:
        model_files.packaged(part)
        return "sha256 {}...".format(part["sha256"][:12])

    return attempt("model " + part["file"], "sha256 {}...".format(part["sha256"][:12]), look)


def _folder(names: List[str]) -> Row:
    def look() -> str:
        for name in names:
            model_files.locate(name)
        return "{} files in {}".format(len(names), model_files.folder())

    return attempt("other models", "every file with its checksum", look)


def any_engine(folder: str) -> bool:
    """Whether the cache holds anything, whole or not."""
    return bool(Cache(folder).names())


def engine_row(folder: str, around: RuntimeContext) -> Row:
    """Whether every engine in the cache is whole; that one fits this board is what reading the samples shows."""
    entries = Cache(folder).entries()
    problems = [str(entry.problem.found) for entry in entries if entry.problem is not None]
    if not entries:
        found = "none in {}".format(folder)
        next_step = _BUILD.format(around.image, around.image) if around.variant == "l4t" else _BUILD_HERE
        return Row("engines", FAILED, found, "engines of this board", next_step)
    found = "; ".join(problems) or ", ".join(entry.name for entry in entries)
    return judged("engines", not problems, found, "whole files", "ocr-app engine check")


def recipe_rows(around: RuntimeContext) -> List[Row]:
    """A row: every bundled recipe loads."""
    paths = sorted(glob.glob(os.path.join(around.recipes, "*.yaml")))
    if not paths:
        return [Row("recipes", UNSEEN, "none in " + around.recipes, "", "OCR_RECIPES names their folder")]
    return [_recipes(paths)]


def _recipes(paths: List[str]) -> Row:
    names = []
    for path in paths:
        try:
            recipes.load(path)
            names.append(os.path.basename(path))
        except OcrError as error:
            return Row("recipes", FAILED, error.found, error.expected, error.next_step)
    return Row("recipes", OK, ", ".join(names), "recipes without errors")
