"""Every run record fits the committed schema, and the loader asks for the keys the schema asks for."""

import json
from pathlib import Path

import numpy as np
import pytest

import ocr_app
from ocr_app.benchmark.record import REQUIRED, RUN_SCHEMA
from ocr_app.benchmark.runner import RunSettings, run
from ocr_app.benchmark.summaries import run_summary
from ocr_app.core.errors import ReaderFailed
from ocr_app.core.types import LinePosterior, ReaderInfo, TextLine
from ocr_app.datasets.loading import open_dataset
from ocr_app.readers.contract import Reader

jsonschema = pytest.importorskip("jsonschema")
cv2 = pytest.importorskip("cv2")

SCHEMA = json.loads((Path(ocr_app.__file__).parent / "data" / "run.schema.json").read_text(encoding="utf-8"))
QUAD = [[0, 0], [30, 0], [30, 10], [0, 10]]


class FailsOnce(Reader):
    """Reads "A1" everywhere, and fails on the darkest image."""

    info = ReaderInfo("fails-once", "fails-once 1", "cpu", "fp32")

    def read(self, image, timer=None):
        if image.max() == 0:
            raise ReaderFailed("too dark")
        with timer.phase("detect"):
            return [TextLine("A1", np.array(QUAD, np.float32), 0.5)]


def open_set(folder, name, content):
    for number in range(2):
        cv2.imwrite(str(folder / f"{number}.png"), np.full((20, 40), 100 * number, np.uint8))
    (folder / name).write_text(json.dumps(content), encoding="utf-8")
    return open_dataset(str(folder / name))


def codes(folder):
    images = [{"id": str(n), "image": f"{n}.png", "code": "A1", "tags": {"print": "dot"}} for n in range(2)]
    return open_set(folder, "manifest.json", {"format": "nano-codes/1", "name": "two", "images": images})


def photos(folder):
    lines = [{"text": "A1", "ignore": False, "quad": QUAD}]
    return open_set(folder, "photos.json", {f"{n}.png": {"lines": lines} for n in range(2)})


@pytest.mark.parametrize("make", [codes, photos])
@pytest.mark.parametrize("texts", [True, False])
def test_a_record_fits_the_schema(tmp_path, make, texts):
    record = run(make(tmp_path), FailsOnce(), RunSettings(warm_up=0, repeat=2, texts=texts))
    jsonschema.Draft7Validator(SCHEMA).validate(json.loads(json.dumps(record)))
    assert record["counts"]["errors"] == 1


def test_the_schema_is_itself_valid():
    jsonschema.Draft7Validator.check_schema(SCHEMA)


def test_loader_and_schema_agree():
    assert sorted(REQUIRED) == sorted(SCHEMA["required"])
    assert SCHEMA["properties"]["schema"]["const"] == RUN_SCHEMA
    later = ["verdicts"]  # runs that were committed before there were recipes have none
    assert sorted(SCHEMA["properties"]) == sorted([*REQUIRED, *later])


def test_a_stranger_key_does_not_fit(tmp_path):
    record = run(codes(tmp_path), FailsOnce(), RunSettings(warm_up=0))
    with pytest.raises(jsonschema.ValidationError, match="extra"):
        jsonschema.Draft7Validator(SCHEMA).validate(dict(json.loads(json.dumps(record)), extra=1))


class ThinksA1(FailsOnce):
    """Sure of "A1"; fails on the darkest image."""

    def line_posteriors(self, images, timer=None):
        return []

    def posteriors(self, image, timer=None):
        self.read(image, timer)
        signs = ("", " ", "A", "1", "2")
        logs = np.full((5, len(signs)), -12.0, np.float32)
        logs[range(5), [0, 2, 0, 3, 0]] = 0.0
        return [LinePosterior(np.array(QUAD, np.float32), logs, signs)]


@pytest.mark.parametrize("make, wrong", [(codes, 0), (photos, None)])
def test_a_record_under_a_recipe_fits_the_schema(tmp_path, make, wrong):
    recipe = tmp_path / "r.yaml"
    recipe.write_text(
        "name: a\nwitnesses: 1\ncodes: [{name: b, lines: [{name: c, fields: [{choice: [A]}, {digits: 1}]}]}]\n"
    )
    record = run(make(tmp_path), ThinksA1(), RunSettings(warm_up=0, recipe=str(recipe)))
    jsonschema.Draft7Validator(SCHEMA).validate(json.loads(json.dumps(record)))
    counts = {"pass": 1, "fail": 0, "no-read": 0, "hold": 0, "error": 1, "wrong_passes": wrong}
    assert record["verdicts"] == counts
    assert "verdicts: 1 pass, 1 error; wrong passes: " + ("-" if wrong is None else "0") in run_summary(record)


def test_a_pass_with_another_text_is_a_wrong_pass(tmp_path):
    recipe = tmp_path / "r.yaml"
    recipe.write_text(
        "name: a\nwitnesses: 1\ncodes: [{name: b, lines: [{name: c, fields: [{choice: [A]}, {digits: 1}]}]}]\n"
    )
    dataset = codes(tmp_path)
    dataset = dataset._replace(samples=tuple(sample._replace(truth="A2") for sample in dataset.samples))
    assert run(dataset, ThinksA1(), RunSettings(warm_up=0, recipe=str(recipe)))["verdicts"]["wrong_passes"] == 1
