"""A recipe, three labelled images, and a reader that answers the grey level of an image with a text."""

import cv2
import numpy as np
import pytest
from posteriors import line_of, quad_at

from ocr_app.core.types import ReaderInfo, TextLine
from ocr_app.readers.contract import Reader

RECIPE = "name: x\nwitnesses: 1\nyears: 2020-2030\nlines: [[EXP, {date: MM/YYYY, as: expiry}]]\n"


class FakeReader(Reader):
    """Answers the grey level of an image with a text; ``texts_only``: gives no posteriors."""

    texts = {10: "EXP 08/2023", 20: "EXP 09/2O24", 30: "SALT"}

    def __init__(self, texts_only=False):
        self.texts_only = texts_only
        self.info = ReaderInfo("fake", "fake 1", "cpu", "fp32")

    def read(self, image, timer=None):
        return [TextLine(self.texts[int(image.mean())], quad_at(0, 0), 1.0)]

    def posteriors(self, image, timer=None):
        return self.line_posteriors([image])

    def line_posteriors(self, images, timer=None):
        if self.texts_only:
            raise self._texts_only()
        return [line_of(self.texts[int(image.mean())]) for image in images]


@pytest.fixture
def images(tmp_path):
    """A folder of images with labels and the recipe ``x.yaml``."""
    for level in (10, 20, 30):
        cv2.imwrite(str(tmp_path / "{}.png".format(level)), np.full((40, 200, 3), level, np.uint8))
    (tmp_path / "x.yaml").write_text(RECIPE)
    rows = ["filename\ttext", "10.png\tEXP 08/2023", "20.png\tEXP 09/2024", "30.png\tEXP 01/2024"]
    (tmp_path / "labels.tsv").write_text("\n".join(rows) + "\n")
    return tmp_path


@pytest.fixture
def reader(monkeypatch):
    """The fake reader, opened whatever name is asked for."""
    fake = FakeReader()
    monkeypatch.setattr("ocr_app.opening.request.open_named", lambda *asked: fake)
    return fake
