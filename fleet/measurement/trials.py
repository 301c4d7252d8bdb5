"""What a new user tries first, on real pictures: recipes taught from groups of samples, and recipes written by hand.

`./inv trials` writes docs/results/trials.json and its page. Questions of ``teach`` are answered by their first answers.
"""

from __future__ import annotations

import datetime
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from fleet.core.errors import MatrixError
from fleet.core.files import ROOT, write_whole
from fleet.core.toml import load_toml
from fleet.reports.recipes import trials as report
from ocr_app import recipes
from ocr_app.board import environment
from ocr_app.core.errors import RecipeError
from ocr_app.core.types import Image, Reading
from ocr_app.imaging.load import load_image
from ocr_app.opening import ReaderRequest, open_reader
from ocr_app.readers.contract import Reader
from ocr_app.readers.registry import DEFAULT_READER, parse_name
from ocr_app.reading.frame import ReadOptions, VerdictRequest, read_image
from ocr_app.reading.lessons import TaughtSample, read_sample, teach
from ocr_app.reading.words import explanations_of
from ocr_app.recipes.teaching import Questionnaire

SCHEMA = "nano-ocr/trials/1"
CONFIG = Path(__file__).with_name("trials.toml")
RESULTS = ROOT / "docs" / "results"
YEARS = "2010-2035"
_MARGIN = 0.6  # heights of a line that a cut photograph shows around its labelled lines


@dataclass(frozen=True)
class TrialSample:
    """A picture as it is read: its name, its pixels, "line" or "page", and the texts of its labelled lines."""

    name: str
    image: Image
    layout: str
    truth: tuple[str, ...]

    def is_right(self, reading: Reading) -> bool:
        """Whether every line that was read as part of the code is one that is printed, comparing letters and digits."""
        printed = {plain(text) for text in self.truth} | {plain("".join(self.truth))}
        return bool(reading.lines) and all(plain(line.text) in printed for line in reading.lines)


def plain(text: str) -> str:
    """The capital letters and digits of a text."""
    return "".join(character for character in text.upper() if character.isalnum())


class RealPictures:
    """The pictures and labels of a folder."""

    def __init__(self, root: Path, labels: str, photos: list[str]) -> None:
        """Raises MatrixError where the folder is not there."""
        if not (root / labels).exists():
            raise MatrixError(f"the pictures are not here: {root.name}", "../shared/real")
        self._root = root
        rows = [row.split("\t") for row in (root / labels).read_text(encoding="utf-8").splitlines()[1:]]
        self._texts = {row[0]: row[1] for row in rows}
        self._lines: dict[str, list[dict[str, Any]]] = {}
        for name in photos:
            for photo, entry in json.loads((root / name).read_text(encoding="utf-8")).items():
                self._lines[photo] = [line for line in entry["lines"] if not line["ignore"]]

    def sample(self, name: str) -> TrialSample:
        """``name``: a crop, a photograph, or a photograph and the numbers of lines: ``photos/a.jpg#0,2``."""
        path, _, numbers = name.partition("#")
        pixels = load_image(str(self._root / path)).pixels
        if path in self._texts:
            return TrialSample(name, pixels, "line", (self._texts[path],))
        lines = self._lines[path]
        if not numbers:
            return TrialSample(name, pixels, "page", tuple(line["text"] for line in lines))
        chosen = [lines[int(number)] for number in numbers.split(",")]
        cut = _cut(pixels, [np.asarray(line["quad"], np.float32) for line in chosen])
        return TrialSample(name, cut, "line" if len(chosen) == 1 else "page", tuple(line["text"] for line in chosen))


def _cut(pixels: Image, quads: list[np.ndarray]) -> Image:
    """The part of a photograph around some lines; a single line is cut closely."""
    corners = np.concatenate(quads)
    height = float(np.median([np.linalg.norm(quad[3] - quad[0]) for quad in quads]))
    margin = height * (_MARGIN if len(quads) > 1 else 0.1)
    left, top = np.floor(np.maximum(corners.min(axis=0) - margin, 0)).astype(int)
    right, bottom = np.ceil(corners.max(axis=0) + margin).astype(int)
    return pixels[top:bottom, left:right]


def main(out: Path | None = None, publish: bool = False, only: str = "", root: str = "", config: Path = CONFIG) -> None:
    """Try, write the record, and print the page. ``only``: "groups" or "recipes". ``publish`` writes docs/results.

    ``root``: the folder of the pictures, instead of that in the configuration.
    """
    settings = load_toml(config)
    record = measure({**settings, "root": root or settings["root"]}, only)
    text = json.dumps(record, indent=1, ensure_ascii=False) + "\n"
    write_whole(out or ROOT / "build" / "trials.json", text)
    print(report.page(record))
    if publish:
        write_whole(RESULTS / "trials.json", text)
        write_whole(RESULTS / "trials.md", report.page(record))


def measure(config: dict[str, Any], only: str = "") -> dict[str, Any]:
    """The record (schema ``nano-ocr/trials/1``). Raises MatrixError where the pictures are not there."""
    pictures = RealPictures((ROOT / config["root"]).resolve(), config["labels"], config["photos"])
    with open_reader(ReaderRequest(parse_name(DEFAULT_READER))) as reader:
        return {
            "schema": SCHEMA,
            "created": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "environment": environment.describe(),
            "reader": {"reader": reader.info.reader, "engine": reader.info.engine},
            "groups": [] if only == "recipes" else try_groups(reader, pictures, config["group"]),
            "recipes": [] if only == "groups" else [try_recipe(reader, pictures, each) for each in config["recipe"]],
        }


def try_groups(reader: Reader, pictures: RealPictures, groups: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Teaches a recipe from each group, and reads the samples of all groups under it."""
    samples = {group["name"]: [pictures.sample(name) for name in group["samples"]] for group in groups}
    return [try_group(reader, group["name"], samples) for group in groups]


def try_group(reader: Reader, name: str, samples: dict[str, list[TrialSample]]) -> dict[str, Any]:
    """The proposal from one group, how it reads its own samples, and what it passes of the others."""
    own = samples[name]
    taught = [_taught(reader, sample) for sample in own]
    questions = Questionnaire()
    record: dict[str, Any] = {"name": name, "read": [list(sample.texts) for sample in taught]}
    try:
        lesson = teach(reader, taught, "proposal", questions, own[0].layout)
    except RecipeError as error:
        return {**record, "refused": error.found, "own": [], "foreign": []}
    recipe = recipes.loads(lesson.proposal.yaml)
    foreign = [sample for other, group in samples.items() if other != name for sample in group]
    passed = [sample.name for sample in foreign if read_under(reader, sample, recipe).verdict == "pass"]
    return {
        **record,
        "recipe": lesson.proposal.yaml,
        "questions": [f"{question.text} {questions.chosen(question)}" for question in questions.asked],
        "own": [_own(sample, reading) for sample, reading in zip(own, lesson.readings, strict=True)],
        "foreign": passed,
        "foreign_tried": len(foreign),
    }


def _taught(reader: Reader, sample: TrialSample) -> TaughtSample:
    return read_sample(reader, sample.name, sample.image, sample.layout)


def _own(sample: TrialSample, reading: Reading) -> dict[str, Any]:
    return {
        "sample": sample.name,
        "text": reading.text,
        "verdict": reading.verdict,
        "right": sample.is_right(reading),
        "told": explanations_of(reading),
    }


def read_under(reader: Reader, sample: TrialSample, recipe: recipes.Recipe) -> Reading:
    """The sample, judged under a recipe."""
    options = ReadOptions(layout=sample.layout, verdict_request=VerdictRequest(recipe))
    return read_image(reader, sample.image, sample.name, options)


def try_recipe(reader: Reader, pictures: RealPictures, entry: dict[str, Any]) -> dict[str, Any]:
    """A photograph under the recipe that was written for it."""
    sample = pictures.sample(entry["photo"])
    rows = "".join(f"  - {line}\n" for line in entry["lines"])
    recipe = recipes.loads(f"name: trial\nyears: {YEARS}\nlines:\n{rows}")
    return {**_own(sample, read_under(reader, sample, recipe)), "lines": entry["lines"]}
