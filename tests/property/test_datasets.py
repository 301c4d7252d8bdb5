"""A manifest written and read back is the same data set."""

import json
import os
import tempfile

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ocr_app.datasets.loading import open_dataset, to_manifest
from ocr_app.datasets.sample import Dataset, Sample
from ocr_app.scoring.line_matching import TruthLine

WORDS = st.text(st.characters(blacklist_categories=("Cs",)), max_size=8)
NAMES = st.text("abc012-_", min_size=1, max_size=6)
EIGHTHS = st.integers(-800, 8000).map(lambda value: value / 8.0)  # exact in float32 and in three decimals
QUADS = st.one_of(st.none(), st.lists(EIGHTHS, min_size=8, max_size=8))
SIDES = st.integers(1, 5000)
BOXES = st.one_of(st.none(), st.tuples(st.integers(0, 5000), st.integers(0, 5000), SIDES, SIDES))
TAGS = st.dictionaries(NAMES, NAMES, max_size=3)


def quad_of(numbers):
    return None if numbers is None else np.array(numbers, np.float32).reshape(4, 2)


LINES = st.lists(
    st.builds(lambda text, quad, ignore: TruthLine(text, quad_of(quad), ignore), WORDS, QUADS, st.booleans())
)


def plain(sample):
    """Without arrays, whose comparison is element-wise."""
    lines = [(line.text, None if line.quad is None else line.quad.tolist(), line.ignore) for line in sample.lines]
    return sample._replace(lines=tuple(lines), path=os.path.realpath(sample.path))


@settings(deadline=None, max_examples=50)
@given(st.dictionaries(NAMES, st.tuples(WORDS, BOXES, LINES, TAGS), min_size=1, max_size=4))
def test_a_manifest_reads_back_as_it_was_written(entries):
    with tempfile.TemporaryDirectory() as folder:
        samples = []
        for name, (code, box, lines, tags) in entries.items():
            path = os.path.join(folder, name + ".png")
            open(path, "wb").close()
            samples.append(Sample(name, path, code, "page", box, tuple(lines), tags))
        with open(os.path.join(folder, "manifest.json"), "w", encoding="utf-8") as stream:
            json.dump(to_manifest(Dataset("set", "nano-codes", folder, tuple(samples)), folder), stream)
        found = open_dataset(folder)
    assert [plain(sample) for sample in found.samples] == [plain(sample) for sample in samples]
