"""The result line is a contract: what the program prints fits the committed schema, and the schema refuses the rest."""

import json
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr_app.errors import ImageError
from ocr_app.readers.base import Reader
from ocr_app.reading import failed
from ocr_app.types import RESULT_SCHEMA, ReaderInfo, Reading, TextLine, line_from_json, line_to_json, reading_to_json

SCHEMA = json.loads((Path(__file__).resolve().parents[2] / "ocr_app/data/result.schema.json").read_text())
INFO = ReaderInfo("ppocr:v6-small", "onnxruntime 1", "cpu", "fp32")
TIMING = {"preprocess": 0.1, "detect": 1.0, "recognise": 2.0, "decode": 0.0, "total": 3.2}
COORDINATES = st.floats(-1e4, 1e5)
LINES = st.builds(
    TextLine,
    text=st.text(min_size=1),
    quad=st.lists(COORDINATES, min_size=8, max_size=8).map(lambda v: np.array(v, np.float32).reshape(4, 2)),
    confidence=st.floats(0, 1),
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


GOOD = reading_to_json(Reading("a", (), "no-read", ("no-text-found",), TIMING, INFO))


@pytest.mark.parametrize(
    "change",
    [
        {"verdict": "fine"},
        {"verdict": "error"},
        {"schema": "nano-ocr/result/2"},
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
