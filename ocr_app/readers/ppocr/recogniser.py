"""PP-OCR's recogniser: line crops of any size in, log-posteriors out, batched by width.

The published networks end in a softmax over thousands of classes; those inside the package end in the logits of the
characters of codes (fleet/environments/cut_models.py). Both give the same here: the logarithms of a distribution over
the kept characters, for the frames that the crop itself covers.
"""

from typing import Any, Dict, List, NamedTuple, Sequence, Tuple

import cv2
import numpy as np

from ocr_app.core.types import Image
from ocr_app.imaging.geometry import upright
from ocr_app.networks import ctc
from ocr_app.networks.contract import Network

HEIGHT = 48  # px; what the networks were trained with
STEP = 8  # px of width that one frame of the posterior covers
LEAST_WIDTH = 320  # px; narrower crops are padded with the training's own grey to this, as PaddleOCR does
MAX_WIDTH = 3200  # px; the widest line that the published TensorRT profile allows
RIGHT_MARGIN = 16  # px of padding that even the widest crop of a batch keeps: a last glyph at the edge is misread
_LEAST = 1e-12  # probability; keeps the logarithms of a softmax finite


class PpocrRecogniserSettings(NamedTuple):
    """The settings of a recogniser.

    ``logits``: whether the network ends in logits, and not in a softmax. ``least_width``: narrower crops are padded to
    this, px. ``batch``: the most crops of one call. ``bucket``: each crop is padded to a multiple of this, and only
    crops of one padded width share a call, so that a posterior does not depend on the other crops; 0: crops are
    padded to the widest of their batch, as PaddleOCR does.
    """

    logits: bool = False
    least_width: int = LEAST_WIDTH
    batch: int = 6
    bucket: int = 0


AS_PUBLISHED = PpocrRecogniserSettings()


def settings_from(record: Dict[str, Any]) -> PpocrRecogniserSettings:
    """The settings in a recogniser's record in data/ppocr.json; what it leaves out has its default."""
    given = {name: record[name] for name in PpocrRecogniserSettings._fields if name in record}
    return PpocrRecogniserSettings(**given)


class PpocrRecogniser:
    """Reads line crops, grey or in colour. The results are in the order of the crops."""

    def __init__(
        self,
        network: Network,
        charset: Sequence[str],
        allowed: str = "",
        settings: PpocrRecogniserSettings = AS_PUBLISHED,
    ) -> None:
        """``charset[k]``: the character of class k; class 0 is the blank. ``allowed``: keep only these characters."""
        self.network = network
        self._settings = settings
        self._classes = np.array(ctc.keep_classes(charset, allowed), np.intp) if allowed else None
        kept = charset if self._classes is None else [charset[k] for k in self._classes]
        self.characters: Tuple[str, ...] = ("",) + tuple(kept[1:])

    def __call__(self, crops: Sequence[Image]) -> List[np.ndarray]:
        """The log-probabilities ``(T, C)`` float32 of each crop over ``characters``; T covers the crop's own width."""
        lines = [upright(crop) for crop in crops]
        widths = [scaled_width(line) for line in lines]
        answers: List[np.ndarray] = [np.zeros((0, len(self.characters)), np.float32)] * len(lines)
        for indices in batches(widths, self._settings):
            blob = pack([lines[i] for i in indices], [widths[i] for i in indices], self._settings)
            for index, row in zip(indices, self.network.infer_one(blob)):
                answers[index] = self._log_probs(row[: frames(widths[index])])
        return answers

    def _log_probs(self, row: np.ndarray) -> np.ndarray:
        """One crop's output, restricted to the kept classes and normalised over them."""
        if self._classes is not None:
            row = row[:, self._classes]
        return ctc.log_softmax(row if self._settings.logits else np.log(np.maximum(row, _LEAST)))


def scaled_width(line: Image) -> int:
    """The width in px at a height of 48 px, within 1..3200."""
    return max(1, min(MAX_WIDTH, int(np.ceil(HEIGHT * line.shape[1] / float(line.shape[0])))))


def frames(width: int) -> int:
    """The number of frames of the posterior that belong to a crop of ``width`` px; the others are padding."""
    return -(-width // STEP)


def padded(width: int, settings: PpocrRecogniserSettings) -> int:
    """The width of the network's input for a batch whose widest crop is ``width`` px wide."""
    least = max(settings.least_width, width + RIGHT_MARGIN)
    return -(-least // settings.bucket) * settings.bucket if settings.bucket else least


def batches(widths: Sequence[int], settings: PpocrRecogniserSettings) -> List[Tuple[int, ...]]:
    """The indices by rising width, in batches of at most ``settings.batch`` and, with buckets, of one padded width."""
    order = sorted(range(len(widths)), key=lambda i: widths[i])
    groups: Dict[int, List[int]] = {}
    for index in order:
        groups.setdefault(padded(widths[index], settings) if settings.bucket else 0, []).append(index)
    size = settings.batch
    return [tuple(group[k : k + size]) for group in groups.values() for k in range(0, len(group), size)]


def pack(lines: Sequence[Image], widths: Sequence[int], settings: PpocrRecogniserSettings) -> np.ndarray:
    """The network input ``(N, 3, 48, W)`` float32 in -1..1, padded on the right with 0 (mid grey)."""
    blob = np.zeros((len(lines), 3, HEIGHT, padded(max(widths), settings)), np.float32)
    for row, line, line_width in zip(blob, lines, widths):
        resized = cv2.resize(line, (line_width, HEIGHT), interpolation=cv2.INTER_LINEAR)
        own = row[:, :, :line_width]
        np.divide(resized if resized.ndim == 2 else resized.transpose(2, 0, 1), 127.5, out=own, casting="unsafe")
        own -= 1.0
    return blob
