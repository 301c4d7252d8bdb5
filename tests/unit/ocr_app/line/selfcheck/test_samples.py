"""The bundled samples: read wrong, or not there."""

import json

from ocr_app.board.runtime_context import RuntimeContext
from ocr_app.core.types import ReaderInfo
from ocr_app.line.selfcheck import samples
from ocr_app.line.selfcheck.rows import FAILED
from ocr_app.readers.contract import Reader


class Blind(Reader):
    """Finds nothing, anywhere."""

    info = ReaderInfo("blind", "test 1", "cpu", "fp32")

    def posteriors(self, image, timer=None):
        return []


def test_samples_that_are_read_wrong_fail_one_by_one():
    rows = samples.rows(Blind(), RuntimeContext())
    assert len(rows) == len(samples.expectations()["images"]) and {row.status for row in rows} == {FAILED}
    assert rows[0].expected == "pass: PRO: 13.06.22 EXP: 13.12.23"


def test_samples_that_are_not_there_fail(tmp_path):
    rows = samples.rows(Blind(), RuntimeContext(samples=str(tmp_path)))
    assert "does not exist" in rows[0].found


def test_recipes_that_are_not_there_fail(tmp_path):
    (row,) = samples.rows(Blind(), RuntimeContext(recipes=str(tmp_path)))
    assert row.status == FAILED


def test_expected_texts_are_the_truth_of_the_set():
    with open(RuntimeContext().samples + "/manifest.json", encoding="utf-8") as stream:
        truth = {entry["image"]: entry["code"] for entry in json.load(stream)["images"]}
    for entry in samples.expectations()["images"]:
        assert (truth["images/" + entry["image"]], entry["verdict"]) == (entry["text"], "pass")
