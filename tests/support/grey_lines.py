"""A data set of lines that are told apart by their grey, and a reader that reads the grey."""

import json

import cv2
import numpy as np

from ocr_app.core.types import ReaderInfo, TextLine
from ocr_app.imaging.geometry import box_quad
from ocr_app.readers.contract import Reader


class Levels(Reader):
    """Reads the mean grey of a crop; ``off`` is added where it is above 100, as coarser arithmetic might."""

    def __init__(self, off=0, precision="fp32"):
        self.off, self.calls = off, []
        self.info = ReaderInfo("levels", "levels 1", "cpu", precision)

    def read_line(self, image, timer=None):
        level = round(float(image.mean()))
        return [TextLine(str(level + (self.off if level > 100 else 0)), box_quad(0, 0, 1, 1), 0.9)]

    def read_lines(self, images, timer=None):
        self.calls.append(len(images))
        if timer is not None:
            timer.add("recognise", 1.0)
        return [self.read_line(image) for image in images]


def write_grey_lines(folder):
    """Two frames: one line of grey 50; two lines of 80 and 150, and one that is to be ignored."""
    truths = [[(50, box_quad(10, 10, 60, 20))], [(80, box_quad(10, 10, 60, 20)), (150, box_quad(10, 50, 60, 20))]]
    images = []
    for number, its in enumerate(truths):
        picture = np.zeros((100, 100), np.uint8)
        for level, quad in its:
            x, y = (int(value) for value in quad[0])
            picture[y - 4 : y + 24, x - 4 : x + 64] = level
        cv2.imwrite(str(folder / "{}.png".format(number)), picture)
        rows = [{"text": str(level), "quad": quad.tolist()} for level, quad in its]
        if number:
            rows.append({"text": "999", "quad": its[0][1].tolist(), "ignore": True})
        code = " ".join(row["text"] for row in rows)
        images.append({"id": str(number), "image": "{}.png".format(number), "code": code, "lines": rows, "tags": {}})
    manifest = {"format": "nano-codes/1", "name": "greys", "images": images}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return folder
