"""What a published recogniser sees: crops 48 px high in three equal channels, and its characters."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ocr_app.readers.ppocr import recogniser as ppocr
from training.recogniser.feed import RecogniserTarget


@dataclass(frozen=True)
class PublishedTarget(RecogniserTarget):
    """A recogniser of PP-OCR, as ``ocr_app.readers.ppocr.recogniser`` feeds it."""

    step: int = ppocr.STEP
    height: int = ppocr.HEIGHT
    channels: int = 3

    def row(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """A crop (48, W) in -1..1, as ``ppocr.pack`` does it; padding is mid grey."""
        return np.asarray(pixels.astype(np.float32) / 127.5 - 1.0, dtype=np.float32)


def target_of(model: Any) -> PublishedTarget:
    """The target of an ONNX file of a cut recogniser. Raises KeyError without its characters."""
    metadata = {entry.key: entry.value for entry in model.metadata_props}
    return PublishedTarget("".join(json.loads(metadata["characters"])[1:]))
