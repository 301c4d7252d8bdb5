"""What the readers promise on real and drawn pictures (the real ones for evaluation only; skipped without them)."""

import csv
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from ocr_app.core.types import line_from_json
from ocr_app.datasets.loading import open_dataset
from ocr_app.scoring.line_matching import count_lines
from ocr_app.scoring.text_forms import FORMS

ROOT = Path(__file__).resolve().parents[2]
REAL = ROOT.parent / "shared" / "real"
DRAWN = ROOT / "data" / "nano-codes-100"
TEAM, ALONE = "codes", "codes:v2"  # the product, and our own two networks without the other members
READERS = (TEAM, ALONE)


def read(paths, *options):
    """Results of the real command, by path. Two threads would wait for each other by spinning: twice the work."""
    command = [sys.executable, "-m", "ocr_app", "read", "--jsonl", "--threads", "1", *options, *map(str, paths)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    results = [json.loads(line) for line in done.stdout.splitlines()]
    assert [result["image"] for result in results] == [str(path) for path in paths]
    return results


def alnum(text):
    return re.sub("[^A-Z0-9]", "", text.upper())


def crops_read(reader, split):
    """Crops of ../shared/real that are exact in A-Z and 0-9."""
    with (REAL / "labels.tsv").open() as stream:
        rows = [row for row in csv.DictReader(stream, delimiter="\t") if row["split"] == split]
    results = read([REAL / row["filename"] for row in rows], "--layout", "line", "--reader", reader)
    return sum(alnum(result["text"]) == alnum(row["text"]) for result, row in zip(results, rows, strict=True))


def photos_read(reader):
    """Labelled lines and whole photos that are read, of 26 and 16."""
    photos = open_dataset(str(REAL / "photos.json")).samples
    results = read([sample.path for sample in photos], "--reader", reader)
    counts = []
    for sample, result in zip(photos, results, strict=True):
        counts.append(count_lines(sample.lines, [line_from_json(line) for line in result["lines"]]))
    assert sum(count.lines for count in counts) == 26
    return sum(count.read for count in counts), sum(count.read == count.lines for count in counts)


@pytest.mark.parametrize("split, at_least", [("dates", 105), ("lines", 21)])
def test_crops_are_read_exactly(real_photos, ppocr_models, split, at_least):
    """105 of 106 dates are 99 %; 21 of 22 lines are the best baseline's 95.5 %."""
    assert crops_read("ppocr", split) >= at_least


def test_photos_are_read_at_least_as_well_as_by_the_best_public_pipeline(real_photos, ppocr_models):
    """22 of 26 lines (84.6 %) and 12 of 16 photos are that baseline."""
    read_lines, whole = photos_read("ppocr")
    assert read_lines >= 22 and whole >= 12


@pytest.mark.parametrize("split, at_least", [("dates", 105), ("lines", 20)])
@pytest.mark.parametrize("reader", READERS)
def test_our_recogniser_on_real_crops_without_a_recipe(real_photos, code_models, reader, split, at_least):
    """99 % of 106 dates, 90 % of 22 lines."""
    assert crops_read(reader, split) >= at_least


@pytest.mark.parametrize("reader", READERS)
def test_our_reader_on_photos(real_photos, code_models, reader):
    """More than PP-OCRv6 small at its defaults, which reads 22 of 26 lines and 12 of 16 photos."""
    read_lines, whole = photos_read(reader)
    assert read_lines > 22 and whole > 12


@pytest.mark.parametrize("reader", READERS)
def test_our_reader_finds_the_code_in_drawn_frames(code_models, reader):
    """Without a recipe all text of a frame is read, label matter too; the code has to be in it. Spaces do not count."""
    samples = open_dataset(str(DRAWN)).samples
    results = read([sample.path for sample in samples], "--reader", reader)
    texts = ["".join(line["text"] for line in result["lines"]).replace(" ", "").upper() for result in results]
    found = [
        all(line.text.replace(" ", "") in text for line in sample.lines if line.text)
        for sample, text in zip(samples, texts, strict=True)
    ]
    assert sum(found) >= 90


def test_our_reader_on_the_drawn_set_under_its_recipe(code_models):
    """The code has to be right to the last character, among label matter that only a recipe tells apart."""
    samples = open_dataset(str(DRAWN)).samples
    results = read([sample.path for sample in samples], "--reader", TEAM, "--recipe", "recipes/nano-codes.yaml")
    sides = [
        FORMS["thesis"].sides(sample.truth, [" ".join(line["text"] for line in result["lines"])])
        for sample, result in zip(samples, results, strict=True)
    ]
    assert sum(truth == text for truth, text in sides) >= 94
