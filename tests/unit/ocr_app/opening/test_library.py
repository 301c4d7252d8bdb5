"""The application as a library: one reader, many images, typed results, errors that say why."""

import json
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

import ocr_app
from ocr_app.core.errors import DeviceUnavailable, ImageError, ReaderUnavailable, RecipeError, UsageError
from ocr_app.core.types import ReaderInfo
from ocr_app.opening import library
from ocr_app.readers.contract import Reader

ROOT = Path(__file__).resolve().parents[4]
SAMPLE = ROOT / "data" / "nano-codes-100" / "images" / "000.jpg"
RECIPE = ROOT / "recipes" / "nano-codes.yaml"


@pytest.fixture
def opened(code_models):
    with ocr_app.open(threads=1) as reader:
        yield reader


def test_a_path_and_its_pixels_give_the_same_result(opened):
    by_path = opened.read(str(SAMPLE))
    by_pixels = opened.read(cv2.imread(str(SAMPLE)))
    assert by_path.text == by_pixels.text and by_path.lines and by_path.verdict == "read"
    assert opened.read(SAMPLE).text == by_path.text  # a pathlib path
    assert (by_path.image, by_pixels.image) == (str(SAMPLE), "")


def test_a_recipe_at_the_opening_holds_for_every_image(code_models):
    with ocr_app.open(recipe=RECIPE, threads=1) as reader:
        result = reader.read(SAMPLE)
    assert result.verdict == "pass" and result.text == "PRO: 13.06.22 EXP: 13.12.23"
    assert result.code["values"]


def test_a_recipe_for_one_image_and_what_is_expected_of_it(opened):
    wrong = opened.read(SAMPLE, recipe=str(RECIPE), expected={})
    assert wrong.verdict == "pass"
    assert opened.read(SAMPLE, recipe=str(RECIPE), deadline_ms=0.001).verdict == "fail"
    assert opened.read(SAMPLE).verdict == "read"


def test_an_image_that_cannot_be_read_is_an_error_alone_and_a_result_among_others(opened, tmp_path):
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no image")
    with pytest.raises(ImageError) as caught:
        opened.read(broken)
    assert caught.value.code == "not-an-image"
    results = list(opened.read_all([broken, SAMPLE]))
    assert [result.verdict for result in results] == ["error", "read"]
    assert results[0].error["code"] == "not-an-image"


def test_what_makes_no_sense_is_refused_at_once(opened):
    with pytest.raises(UsageError, match="layout"):
        opened.read(SAMPLE, layout="circle")
    with pytest.raises(RecipeError):
        opened.read(SAMPLE, recipe="absent.yaml")
    with pytest.raises(TypeError):
        opened.read(SAMPLE, colour="red")


def test_nothing_else_is_opened_than_what_was_asked_for():
    with pytest.raises(UsageError, match="unknown reader"):
        ocr_app.open("cods")
    with pytest.raises(DeviceUnavailable):
        ocr_app.open("codes", engine="onnxruntime", device="cuda")
    with pytest.raises(UsageError, match="unknown engine"):
        ocr_app.open("codes", engine="tensorflow")


@pytest.mark.parametrize("options", [{"expected": {"lot": "7"}}, {"trust_clock": True}, {"deadline_ms": 0.0}])
def test_what_only_a_recipe_can_use_needs_one(opened, options):
    with pytest.raises(UsageError, match="need a recipe"):
        opened.read(SAMPLE, **options)
    with pytest.raises(UsageError, match="need a recipe"):
        opened.read_all([SAMPLE], **options)


@pytest.mark.parametrize(
    "pixels", [np.zeros((40, 40)), np.zeros((40, 40, 4), np.uint8), np.zeros((0, 4), np.uint8), np.zeros(9, np.uint8)]
)
def test_pixels_of_another_form_are_refused(opened, pixels):
    with pytest.raises(UsageError, match=r"pixels of shape \("):
        opened.read(pixels)


class TextsOnly(Reader):
    """A reader without posteriors."""

    info = ReaderInfo("texts", "texts 1", "cpu", "fp32")
    closed = False

    def read(self, image, timer=None):
        return []

    def close(self):
        self.closed = True


def test_a_reader_that_gives_texts_only_is_closed_again_where_there_is_a_recipe(monkeypatch):
    reader = TextsOnly()
    monkeypatch.setattr("ocr_app.opening.request.open_named", lambda *asked: reader)
    with pytest.raises(ReaderUnavailable):
        ocr_app.open(recipe=RECIPE)
    assert reader.closed
    assert library.open_library().read(np.zeros((40, 40), np.uint8)).verdict == "no-read"


def test_importing_the_package_loads_nothing():
    code = "import sys, ocr_app; print([name for name in ('numpy', 'cv2', 'onnxruntime') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, check=True)
    assert json.loads(done.stdout.decode().replace("'", '"')) == []
