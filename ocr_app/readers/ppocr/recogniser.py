"""PP-OCR's recogniser: line crops in, texts out, batched by width."""

from typing import List, Sequence, Tuple

import cv2
import numpy as np

from ocr_app.core.types import Image
from ocr_app.imaging.preprocess import to_bgr
from ocr_app.networks import ctc
from ocr_app.networks.contract import Network

HEIGHT = 48  # px; what the networks were trained with
MIN_WIDTH = 320  # px; narrower crops are padded with the training's own grey to this, as PaddleOCR does
MAX_WIDTH = 3200  # px; the widest line that the published TensorRT profile allows
RIGHT_MARGIN = 16  # px of padding that even the widest crop of a batch keeps: a last glyph at the edge is misread
_UPRIGHT = 1.5  # a crop this many times higher than wide is a line printed downwards


class PpocrRecogniser:
    """Reads line crops of any size. The results are in the order of the crops."""

    def __init__(self, network: Network, charset: Sequence[str], batch: int = 6, allowed: str = "") -> None:
        """``charset[k]``: the character of class k; class 0 is the blank. ``allowed``: keep only these characters."""
        self.network = network
        self._batch = batch
        self._classes = np.array(ctc.keep_classes(charset, allowed), np.intp) if allowed else None
        self._charset = [charset[k] for k in self._classes] if self._classes is not None else list(charset)

    def __call__(self, crops: Sequence[Image]) -> List[ctc.Decoded]:
        lines = [upright(crop) for crop in crops]
        widths = [scaled_width(line) for line in lines]
        answers: List[ctc.Decoded] = [ctc.Decoded("", 0.0, ())] * len(lines)
        for indices in batches(widths, self._batch):
            blob = pack([lines[i] for i in indices], [widths[i] for i in indices])
            for index, posterior in zip(indices, self._posteriors(blob)):
                answers[index] = ctc.decode(posterior, self._charset)
        return answers

    def _posteriors(self, blob: np.ndarray) -> np.ndarray:
        """``(N, T, C)``, restricted to the allowed classes and normalised again."""
        posteriors = self.network.infer_one(blob)
        if self._classes is None:
            return posteriors
        kept = posteriors[:, :, self._classes]
        return np.asarray(kept / np.maximum(kept.sum(axis=2, keepdims=True), 1e-9))


def upright(crop: Image) -> Image:
    """Turns a crop that is higher than 1.5 widths by 90 degrees to the left, so that it reads to the right."""
    image = to_bgr(crop)
    return np.rot90(image) if image.shape[0] > _UPRIGHT * image.shape[1] else image


def scaled_width(line: Image) -> int:
    """The width in px at a height of 48 px, within 1..3200."""
    return max(1, min(MAX_WIDTH, int(np.ceil(HEIGHT * line.shape[1] / float(line.shape[0])))))


def batches(widths: Sequence[int], size: int) -> List[Tuple[int, ...]]:
    """The indices by rising width, in batches of at most ``size``, so that there is little padding."""
    order = sorted(range(len(widths)), key=lambda i: widths[i])
    return [tuple(order[k : k + size]) for k in range(0, len(order), size)]


def pack(lines: Sequence[Image], widths: Sequence[int]) -> np.ndarray:
    """The network input ``(N, 3, 48, W)`` float32 in -1..1, padded on the right with 0 (mid grey)."""
    width = max(MIN_WIDTH, max(widths) + RIGHT_MARGIN)
    blob = np.zeros((len(lines), 3, HEIGHT, width), np.float32)
    for row, line, line_width in zip(blob, lines, widths):
        resized = cv2.resize(line, (line_width, HEIGHT), interpolation=cv2.INTER_LINEAR)
        row[:, :, :line_width] = resized.transpose(2, 0, 1).astype(np.float32) / 127.5 - 1.0
    return blob
