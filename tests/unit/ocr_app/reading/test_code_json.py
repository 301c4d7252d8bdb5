"""The JSON form of a decoding: finite numbers, reasons as text, lines that are not part of the code."""

import json

import numpy as np
import pytest

from ocr_app import recipes
from ocr_app.core.types import LinePosterior
from ocr_app.imaging.geometry import box_quad
from ocr_app.reading import code_json
from ocr_app.reading.judging import Judgement

RECIPE = """
name: lots
witnesses: 1
codes:
  - name: lot
    lines:
      - name: lot
        fields:
          - {choice: [LOT]}
          - {digits: 1, as: number}
"""
SIGNS = ("",) + tuple(" LOT7")


def posterior(text, quad):
    rows = np.full((2 * len(text) + 1, len(SIGNS)), 1e-4)
    rows[:, 0] = 1.0
    for place, sign in enumerate(text):
        rows[2 * place + 1, 0], rows[2 * place + 1, SIGNS.index(sign)] = 1e-4, 1.0
    return LinePosterior(quad, np.log(rows / rows.sum(axis=1, keepdims=True)).astype(np.float32), SIGNS)


@pytest.fixture(scope="module")
def judged():
    recipe = recipes.loads(RECIPE)
    posteriors = [posterior("TOOL", box_quad(0, 0, 9, 9)), posterior("LOT 7", box_quad(3, 44, 9, 9))]
    decoding = recipes.decode(posteriors, recipe)
    verdict = recipes.verify(decoding, recipe, {"number": "1"}, None, 1.0, None)
    return Judgement(decoding, verdict, tuple(posteriors)), recipe


def test_the_lines_of_the_code_have_their_places(judged):
    (line,) = code_json.lines_of(judged[0].decoding)
    assert line.text == "LOT 7" and 0.0 < line.confidence <= 1.0
    np.testing.assert_array_equal(line.quad, box_quad(3, 44, 9, 9))


def test_the_record_is_json_without_infinities(judged):
    record = code_json.to_json(*judged)
    assert json.loads(json.dumps(record, allow_nan=False)) == record
    assert (record["recipe"], record["layout"], record["values"]) == ("lots", "lot", {"number": "7"})
    assert record["typed"] == {"number": 7}, "a number is a number for programs"
    (line,) = record["lines"]
    assert (line["text"], line["free"], len(line["chars"])) == ("LOT 7", "LOT 7", 5)
    assert line["chars"][0]["gap"] is None  # the recipe allows no other character, so the lead is infinite
    assert [field["name"] for field in line["fields"]][-1] == "number"


def test_another_line_is_given_by_its_best_path(judged):
    (other,) = code_json.to_json(*judged)["others"]
    assert other == {"text": "TOOL", "quad": [[0.0, 0.0], [9.0, 0.0], [9.0, 9.0], [0.0, 9.0]]}


def test_reasons_name_their_field(judged):
    assert code_json.reasons_of(judged[0].verdict) == ("not-expected:number",)
    (reason,) = code_json.to_json(*judged)["reasons"]
    assert reason == {"code": "not-expected", "where": "number", "found": "7", "expected": "1", "detail": ""}
