"""The result line is a contract: what the program prints fits the committed schema, and the schema refuses the rest."""

import json
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from ocr_app import recipes
from ocr_app.core.errors import ImageError
from ocr_app.core.types import (
    RESULT_SCHEMA,
    LinePosterior,
    Opinion,
    ReaderInfo,
    Reading,
    TextLine,
    line_from_json,
    line_to_json,
    reading_to_json,
)
from ocr_app.readers.contract import Reader
from ocr_app.reading.frame import ReadOptions, VerdictRequest, failed, read_image

SCHEMA = json.loads((Path(__file__).resolve().parents[2] / "ocr_app/data/result.schema.json").read_text())
INFO = ReaderInfo("ppocr:v6-small", "onnxruntime 1", "cpu", "fp32")
TIMING = {"preprocess": 0.1, "detect": 1.0, "recognise": 2.0, "decode": 0.0, "total": 3.2}
COORDINATES = st.floats(-1e4, 1e5)
NAMES = st.sampled_from(["codes", "tiny", "small"])
OPINIONS = st.builds(Opinion, member=NAMES, text=st.text(), confidence=st.floats(0, 1))
LINES = st.builds(
    TextLine,
    text=st.text(min_size=1),
    quad=st.lists(COORDINATES, min_size=8, max_size=8).map(lambda v: np.array(v, np.float32).reshape(4, 2)),
    confidence=st.floats(0, 1),
    member=st.just("") | NAMES,
    agreed=st.lists(NAMES, max_size=2).map(tuple),
    others=st.lists(OPINIONS, max_size=2).map(tuple),
)


def valid(record):
    jsonschema.Draft7Validator(SCHEMA).validate(json.loads(json.dumps(record)))
    return True


@given(st.lists(LINES, max_size=5), st.text())
def test_every_reading_fits(lines, name):
    verdict = "read" if lines else "no-read"
    assert valid(reading_to_json(Reading(name, tuple(lines), verdict, (), TIMING, INFO)))


def test_every_error_fits():
    class Any(Reader):
        info = INFO

    assert valid(reading_to_json(failed(Any(), "a.png", ImageError("x", code="empty"), 0.1)))


@given(LINES)
def test_a_line_survives_the_round_trip(line):
    again = line_from_json(json.loads(json.dumps(line_to_json(line))))
    assert again.text == line.text
    assert abs(again.confidence - line.confidence) <= 5e-5
    np.testing.assert_allclose(again.quad, line.quad, atol=0.006, rtol=1e-6)


RECIPE = "name: a\ncodes:\n  - name: b\n    lines:\n      - {name: c, fields: [{choice: [AB]}, {digits: 2, as: d}]}\n"
SIGNS = ("",) + tuple(" AB01")


@given(hnp.arrays(np.float64, st.tuples(st.integers(1, 12), st.just(len(SIGNS))), elements=st.floats(0.001, 1.0)))
def test_every_reading_under_a_recipe_fits(rows):
    class Thinks(Reader):
        info = INFO

        def posteriors(self, image, timer=None):
            logs = np.log(rows / rows.sum(axis=1, keepdims=True)).astype(np.float32)
            return [LinePosterior(np.zeros((4, 2), np.float32), logs, SIGNS)]

    reading = read_image(
        Thinks(),
        np.zeros((8, 8), np.uint8),
        "a.png",
        ReadOptions(verdict_request=VerdictRequest(recipes.loads(RECIPE))),
    )
    assert reading.code is not None and valid(reading_to_json(reading))


GOOD = reading_to_json(Reading("a", (), "no-read", ("no-text-found",), TIMING, INFO))


@pytest.mark.parametrize(
    "change",
    [
        {"verdict": "fine"},
        {"verdict": "error"},
        {"schema": "nano-ocr/result/1"},
        {"extra": 1},
        {"reasons": ["With spaces"]},
        {"timing_ms": {}},
        {"lines": [{"text": "", "quad": [[0, 0]] * 4, "confidence": 1}]},
        {"lines": [{"text": "A", "quad": [[0, 0]] * 3, "confidence": 1}]},
        {"lines": [{"text": "A", "quad": [[0, 0]] * 4, "confidence": 1.2}]},
    ],
)
def test_anything_else_is_refused(change):
    assert valid(GOOD)
    with pytest.raises(jsonschema.ValidationError):
        valid(dict(GOOD, **change))


def test_schema_is_sound_and_of_this_version():
    jsonschema.Draft7Validator.check_schema(SCHEMA)
    assert SCHEMA["$id"] == RESULT_SCHEMA
