"""Kinds of frames that were once read in part, or in the wrong order, through the real reader (../shared/cases)."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

import ocr_app

ROOT = Path(__file__).resolve().parents[2]
CASES = ROOT.parent / "shared" / "cases"
TILTED, CODE = "05-tilt/drawn-minus10.png", "PRO: 08/2022 EXP: 08/2023 L22150295 20 H02:05"
GAPS = "07-wide-gaps/16-JAN-2021.png"


def case(name):
    if not (CASES / name).is_file():
        pytest.skip("../shared/cases is not here; the cases are not part of the repository")
    return cv2.imread(str(CASES / name))


def read(image, recipe=None):
    with ocr_app.open(reader="codes", recipe=recipe and str(ROOT / "recipes" / recipe), threads=1) as reader:
        return reader.read(image)


def turned(image, degrees):
    height, width = image.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    return cv2.warpAffine(image, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)


def drawn(*words, gap):
    """Words of one line, ``gap`` px apart, on a grey frame."""
    font = ImageFont.load_default(size=30)
    frame = Image.new("L", (900, 400), 225)
    at = 120
    for word in words:
        ImageDraw.Draw(frame).text((at, 180), word, fill=20, font=font)
        at += int(font.getlength(word)) + gap
    noise = np.random.RandomState(1).normal(0, 3, (400, 900))
    return np.clip(np.asarray(frame) + noise, 0, 255).astype(np.uint8)


def test_a_tilted_code_is_read_line_by_line(code_models):
    assert read(case(TILTED)).text == CODE
    reading = read(case(TILTED), "thesis.yaml")
    assert (reading.verdict, reading.text) == ("pass", CODE)


@pytest.mark.parametrize("more", [-20, -6, 10, 22])
def test_a_code_at_any_tilt_passes_whole_or_not_at_all(code_models, more):
    """The recipe allows either line of the code alone. Within 12 degrees the code is read."""
    reading = read(turned(case(TILTED), more), "nano-codes.yaml")
    assert reading.text == CODE if abs(more - 10) <= 12 else reading.text in (CODE, "") or reading.verdict != "pass"


def test_a_date_with_wide_gaps_is_one_date(code_models):
    reading = read(case(GAPS), "dates.yaml")
    assert reading.text == "16 JAN 2021" if reading.verdict == "pass" else reading.verdict == "no-read"
    assert read(case(GAPS)).text == "16 JAN 2021"


@pytest.mark.parametrize("gap", [12, 30, 50, 80])
@pytest.mark.parametrize("words", [("16", "JAN", "2021"), ("03", "12", "2025"), ("EXP", "24", "MAR", "2026")])
def test_no_part_of_a_date_passes_for_the_date(code_models, words, gap):
    reading = read(drawn(*words, gap=gap), "dates.yaml")
    whole = " ".join(word for word in words if word != "EXP")
    assert reading.verdict != "pass" or reading.text == whole


def test_text_that_fills_the_frame_is_read(code_models):
    assert read(case("06-big-text/frame-full.png")).text == "11022024 1086376"


@pytest.mark.parametrize("size", [14, 40, 120, 220])
def test_text_of_any_size_is_read(code_models, size):
    """From 14 to 220 px on a frame of 600: of the height of a label, or smaller than a hundredth of it."""
    frame = Image.new("L", (900, 600), 225)
    ImageDraw.Draw(frame).text((30, 180), "11 02 24", fill=20, font=ImageFont.load_default(size=size))
    noise = np.random.RandomState(1).normal(0, 3, (600, 900))
    text = read(np.clip(np.asarray(frame) + noise, 0, 255).astype(np.uint8)).text
    assert text.replace(" ", "") == "110224"
