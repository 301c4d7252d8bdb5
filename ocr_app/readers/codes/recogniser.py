"""The code recogniser: packs line crops into batches for the network, and returns the posterior of each crop.

A frame with three lines of similar length is one call of the network. The posterior of a crop does not depend on the
other crops of its batch: each row ends in at least ``right_margin`` pixels of padding, which is more than the network
looks ahead.

In condensed print a character covers few frames of the posterior. Crops with such narrow characters are stretched and
recognised again, and the second output counts.
"""

from typing import Any, Dict, List, NamedTuple, Sequence, Tuple

import cv2
import numpy as np

from ocr_app.core.errors import ModelError
from ocr_app.core.types import Image
from ocr_app.imaging.preprocess import gray
from ocr_app.networks import ctc
from ocr_app.networks.contract import Network
from ocr_app.readers import catalogues

HEIGHT = 32  # px; what the network was trained with
STRIDE = 8  # the width of a batch is a multiple of this
STEP = 4  # px of width that one frame of the posterior covers
MAX_WIDTH = 1024  # px; wider crops are squeezed to this
_CALM = 4.0  # grey levels added to a crop's standard deviation, so that noise on an empty crop stays small
_FEW = 4  # characters; fewer say nothing about how condensed a print is


class CodeRecogniserSettings(NamedTuple):
    """The settings of the recogniser.

    ``right_margin``: the least padding of a crop, in px. ``batch_width``: the largest number of columns, padding
    included, of one call of the network; a single crop may exceed it. ``most_filling``: the most columns of a call that
    may be there only because its widest crop is wider; more of them would cost as much as another call.
    ``narrow_below``: if the mean width of a character at a height of 32 px is below this, the crop is read again,
    ``stretch`` times as wide.
    """

    right_margin: int = 32
    batch_width: int = 6144
    most_filling: int = 192
    narrow_below: float = 10.0
    stretch: float = 1.5


def settings_from(record: Dict[str, Any]) -> CodeRecogniserSettings:
    """The settings in the recogniser's record in data/codes.json."""
    return CodeRecogniserSettings(**{name: record[name] for name in CodeRecogniserSettings._fields})


class CodeRecogniser:
    """Line crops of any size in, posteriors in the same order out."""

    def __init__(self, network: Network, settings: CodeRecogniserSettings) -> None:
        """Raises ModelError if the network does not list its characters."""
        self.network = network
        self._settings = settings
        self.characters = catalogues.characters_of(network)

    def __call__(self, crops: Sequence[Image]) -> List[np.ndarray]:
        """The log-probabilities ``(ceil(width / 4), C)`` float32 of each crop. Raises ModelError."""
        answers = self._once([prepare(crop) for crop in crops])
        narrow = [index for index, answer in enumerate(answers) if self._is_narrow(answer)]
        again = self._once([prepare(crops[index], self._settings.stretch) for index in narrow])
        for index, answer in zip(narrow, again):
            answers[index] = answer
        return answers

    def _is_narrow(self, answer: np.ndarray) -> bool:
        characters = len(ctc.best_path(answer)[0])
        return characters >= _FEW and STEP * len(answer) < self._settings.narrow_below * characters

    def _once(self, lines: Sequence[np.ndarray]) -> List[np.ndarray]:
        widths = [line.shape[1] for line in lines]
        answers: List[np.ndarray] = [np.zeros((0, 0), np.float32)] * len(lines)
        for indices in batches(widths, self._settings):
            logits = self.network.infer_one(pack([lines[i] for i in indices], self._settings))
            self._check(logits)
            for index, row in zip(indices, logits):
                answers[index] = ctc.log_softmax(row[: frames(widths[index])])
        return answers

    def _check(self, logits: np.ndarray) -> None:
        if logits.ndim != 3 or logits.shape[2] != len(self.characters):
            expected = "(N, W / 4, {}), one per character".format(len(self.characters))
            raise ModelError("the recogniser returns the shape {}".format(logits.shape), expected)


def scaled_width(crop: Image, stretch: float = 1.0) -> int:
    """The width in px at a height of 32 px, times ``stretch``, within 1..1024."""
    return max(1, min(MAX_WIDTH, int(round(stretch * HEIGHT * crop.shape[1] / float(crop.shape[0])))))


def prepare(crop: Image, stretch: float = 1.0) -> np.ndarray:
    """The crop in grey, 32 px high, with its brightness and contrast normalised: ``(32, w)`` float32."""
    grey_crop = np.ascontiguousarray(gray(crop))
    interpolation = cv2.INTER_AREA if grey_crop.shape[0] > HEIGHT else cv2.INTER_LINEAR
    size = (scaled_width(grey_crop, stretch), HEIGHT)
    line = cv2.resize(grey_crop, size, interpolation=interpolation).astype(np.float32)
    return np.asarray((line - line.mean()) / (line.std() + _CALM))


def frames(width: int) -> int:
    """The number of frames of the posterior that belong to a crop of ``width`` px; the others are padding."""
    return -(-width // STEP)


def padded(width: int, settings: CodeRecogniserSettings) -> int:
    """The width of the batch whose widest crop is ``width`` px wide."""
    return -(-(width + settings.right_margin) // STRIDE) * STRIDE


def batches(widths: Sequence[int], settings: CodeRecogniserSettings) -> List[Tuple[int, ...]]:
    """The indices by falling width, in batches of at most ``batch_width`` columns, ``most_filling`` of them empty."""
    cut: List[List[int]] = []
    widest = filling = 0
    for index in sorted(range(len(widths)), key=lambda i: -widths[i]):
        own = padded(widths[index], settings)
        filling += widest - own
        if cut and filling <= settings.most_filling and widest * (len(cut[-1]) + 1) <= settings.batch_width:
            cut[-1].append(index)
        else:
            cut.append([index])
            widest, filling = own, 0
    return [tuple(batch) for batch in cut]


def pack(lines: Sequence[np.ndarray], settings: CodeRecogniserSettings) -> np.ndarray:
    """The network input ``(N, 1, 32, W)`` float32 of prepared lines, padded with 0 (the mean of each crop)."""
    width = padded(max(line.shape[1] for line in lines), settings)
    blob = np.zeros((len(lines), 1, HEIGHT, width), np.float32)
    for row, line in zip(blob, lines):
        row[0, :, : line.shape[1]] = line
    return blob
