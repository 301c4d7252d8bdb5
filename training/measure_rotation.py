"""Measures reading and verdicts of turned frames: no code may pass wrong because its frame is tilted.

    python -m training.measure_rotation [--reader codes] [--threads N]

Turns every frame of data/nano-codes-100 about its centre, reads it with the recipe `nano-codes.yaml`, and writes
docs/results/rotation.json and the tables of rotation.md.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any, NamedTuple

import cv2
import numpy as np

from ocr_app.core.types import Image
from ocr_app.datasets.loading import open_dataset
from ocr_app.imaging.load import DEFAULT_LIMITS, load_image
from ocr_app.opening import ReaderRequest, open_reader
from ocr_app.readers.contract import Reader
from ocr_app.readers.registry import parse_name
from ocr_app.reading.frame import ReadOptions, VerdictRequest, read_image
from ocr_app.recipes import load
from ocr_app.scoring.text_forms import FORMS
from training import cards

ANGLES = (-12, -10, -8, -6, -4, -2, 0, 2, 4, 6, 8, 10, 12, 90, 180, 270)
_NEAR = 8  # degrees within which reading may hardly suffer
_RESULTS = cards.ROOT / "docs" / "results"
_RECIPE = cards.ROOT / "recipes" / "nano-codes.yaml"
_DATA = cards.ROOT / "data" / "nano-codes-100"


class Turned(NamedTuple):
    """What became of one turned frame.

    ``exact``: every character and space of the text is right; ``right``: every character is.
    """

    exact: bool
    right: bool
    verdict: str


def turned(image: Image, degrees: float) -> Image:
    """The frame turned clockwise about its centre, large enough that nothing is cut off; new corners repeat the rim."""
    if degrees % 90 == 0:
        return np.ascontiguousarray(np.rot90(image, -int(degrees) // 90))
    height, width = image.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1.0)
    cosine, sine = abs(matrix[0, 0]), abs(matrix[0, 1])
    size = (int(np.ceil(height * sine + width * cosine)), int(np.ceil(height * cosine + width * sine)))
    matrix[:, 2] += (size[0] / 2 - width / 2, size[1] / 2 - height / 2)
    return np.asarray(cv2.warpAffine(image, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE))


def frames() -> Iterator[tuple[str, Image, str]]:
    """Name, pixels and code of each frame of the set."""
    for sample in open_dataset(str(_DATA)).samples:
        yield sample.id, load_image(sample.path, DEFAULT_LIMITS).pixels, sample.truth


def read_at(reader: Reader, degrees: float, options: ReadOptions) -> list[Turned]:
    """Every frame of the set, turned by ``degrees``."""
    found = []
    for name, pixels, truth in frames():
        reading = read_image(reader, turned(pixels, degrees), name, options)
        found.append(
            Turned(is_equal("thesis", truth, reading.text), is_equal("nospace", truth, reading.text), reading.verdict)
        )
    return found


def is_equal(form: str, truth: str, text: str) -> bool:
    """Whether a text is the truth in a text form."""
    sides = FORMS[form].sides(truth, [text])
    return bool(sides[0] == sides[1])


def counted(degrees: float, found: list[Turned]) -> dict[str, Any]:
    """The figures of one angle. A pass is wrong if any character of the text is."""
    passed = [each.right for each in found if each.verdict == "pass"]
    return {
        "degrees": degrees,
        "frames": len(found),
        "exact": sum(each.exact for each in found),
        "passed": sum(passed),
        "wrong_passes": len(passed) - sum(passed),
    }


def measure(reader_name: str, threads: int) -> dict[str, Any]:
    """The record that is committed."""
    options = ReadOptions(verdict_request=VerdictRequest(load(str(_RECIPE))))
    with open_reader(
        ReaderRequest(parse_name(reader_name), threads=threads, recipe=options.verdict_request.recipe)
    ) as reader:
        angles = [counted(degrees, read_at(reader, degrees, options)) for degrees in ANGLES]
        return {"set": _DATA.name, "recipe": _RECIPE.name, "engine": reader.info.engine, "angles": angles}


def main(arguments: list[str] | None = None) -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reader", default="codes")
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args(arguments)
    measured = measure(given.reader, given.threads)
    cards.save("rotation", measured, {"rotation": table(measured)}, _RESULTS)


if __name__ == "__main__":
    main()
