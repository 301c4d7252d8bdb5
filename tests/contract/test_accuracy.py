"""What the default reader promises on the real pictures (evaluation only; skipped where the folder is missing)."""

import csv
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from ocr_app.benchmark.datasets import open_dataset
from ocr_app.benchmark.linematch import count_lines
from ocr_app.types import line_from_json

ROOT = Path(__file__).resolve().parents[2]


def read(paths, *options):
    """Results of the real command, by path."""
    command = [sys.executable, "-m", "ocr_app", "read", "--jsonl", *options, *map(str, paths)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    results = [json.loads(line) for line in done.stdout.splitlines()]
    assert [result["image"] for result in results] == [str(path) for path in paths]
    return results


def alnum(text):
    return re.sub("[^A-Z0-9]", "", text.upper())


@pytest.mark.parametrize("split, at_least", [("dates", 105), ("lines", 21)])
def test_crops_are_read_exactly(real_photos, ppocr_models, split, at_least):
    """105 of 106 dates are 99 %; 21 of 22 lines are the best baseline's 95.5 %."""
    with (real_photos / "labels.tsv").open() as stream:
        rows = [row for row in csv.DictReader(stream, delimiter="\t") if row["split"] == split]
    results = read([real_photos / row["filename"] for row in rows], "--layout", "line", "--reader", "ppocr")
    exact = sum(alnum(result["text"]) == alnum(row["text"]) for result, row in zip(results, rows, strict=True))
    assert exact >= at_least


def test_photos_are_read_at_least_as_well_as_by_the_best_public_pipeline(real_photos, ppocr_models):
    """22 of 26 lines (84.6 %) and 12 of 16 photos are that baseline."""
    photos = open_dataset(str(real_photos / "photos.json")).samples
    results = read([sample.path for sample in photos])
    counts = []
    for sample, result in zip(photos, results, strict=True):
        counts.append(count_lines(sample.lines, [line_from_json(line) for line in result["lines"]]))
    assert sum(count.lines for count in counts) == 26
    assert sum(count.read for count in counts) >= 22
    assert sum(count.read == count.lines for count in counts) >= 12
