"""A recogniser made for the gate, and crops on which it reads."""

import numpy as np
import pytest

from ocr_app.core import model_files
from ocr_app.readers.registry import parse_name
from ocr_app.verification.calibration import Calibration, CalibrationItem
from ocr_app.verification.subjects import RECOGNISER, Subject


@pytest.fixture
def subject(code_models, saved):
    """(model bytes) -> the network as the recogniser of the reader ``codes``."""
    replaced = model_files.packaged(code_models["recogniser"])
    return lambda data: Subject(saved(data, "made.onnx"), parse_name("codes:v2"), RECOGNISER, replaced)


@pytest.fixture
def crops():
    """Three crops with one, two and three bright columns."""
    items = []
    for number in (1, 2, 3):
        image = np.zeros((32, 160), np.uint8)
        for k in range(number):
            image[:, 16 + 48 * k : 24 + 48 * k] = 255
        items.append(CalibrationItem(str(number), image, "8" * number))
    return Calibration(tuple(items), ({"name": "columns", "sha256": None, "items": 3},))
