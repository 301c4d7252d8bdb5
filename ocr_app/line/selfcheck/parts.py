"""Rows of the self-check about what is installed: models (by checksum), engines, recipes."""

import glob
import os
from typing import Dict, List

from ocr_app import recipes
from ocr_app.board.runtime_context import RuntimeContext
from ocr_app.core import model_files
from ocr_app.core.errors import OcrError
from ocr_app.engines.cache import Cache
from ocr_app.line.selfcheck.rows import FAILED, OK, UNSEEN, Row, attempt, compared
from ocr_app.readers import catalogues

_BUILD_HERE = "ocr-app engine build (on a board with sudo); for a fleet ./inv build-engines"
_VOLUME = "docker run --rm --runtime nvidia --volume nano-ocr-data:/data {}"
_BUILD = _VOLUME + " engine build --services none, then " + _VOLUME + "; for a fleet ./inv build-engines"


def model_rows() -> List[Row]:
    """One row per network of the package, and one for the models folder where that is not empty."""
    rows = [_packaged(part) for _, part in sorted(catalogues.packaged().items())]
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
    """Whether the cache contains any engine, complete or not."""
    return bool(Cache(folder).names())


def engine_row(folder: str, context: RuntimeContext) -> Row:
    """Whether every engine in the cache is complete; reading the samples shows whether one fits this board."""
    entries = Cache(folder).entries()
    problems = [str(entry.problem.found) for entry in entries if entry.problem is not None]
    if not entries:
        found = "none in {}".format(folder)
        next_step = _BUILD.format(context.image, context.image) if context.variant == "l4t" else _BUILD_HERE
        return Row("engines", FAILED, found, "engines of this board", next_step)
    found = "; ".join(problems) or ", ".join(entry.name for entry in entries)
    return compared("engines", not problems, found, "whole files", "ocr-app engine check")


def recipe_rows(context: RuntimeContext) -> List[Row]:
    """One row: whether every bundled recipe loads."""
    paths = sorted(glob.glob(os.path.join(context.recipes, "*.yaml")))
    if not paths:
        return [Row("recipes", UNSEEN, "none in " + context.recipes, "", "OCR_RECIPES names their folder")]
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
