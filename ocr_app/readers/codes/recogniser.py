"""The code recogniser's way in and out: line crops, one batch of the network, and each crop's posterior.

A frame with three lines is one call of the network. Nothing that a crop gets depends on the crops beside it: each
row of a batch ends in at least ``right_margin`` pixels of padding, which is more than the network looks ahead.

A condensed print has few frames of the posterior for each character. Crops whose characters turn out that narrow are
stretched and go through the network once more, and that answer counts.
"""

import json
from typing import Any, Dict, List, NamedTuple, Sequence, Tuple

import cv2
import numpy as np

from ocr_app.core.errors import ModelError
from ocr_app.core.types import Image
from ocr_app.imaging.preprocess import gray
from ocr_app.networks import ctc
from ocr_app.networks.contract import Network

HEIGHT = 32  # px; what the network was trained with
STRIDE = 8  # the width of a batch is a multiple of this
STEP = 4  # px of width that one frame of the posterior covers
MAX_WIDTH = 1024  # px; wider crops are squeezed to this
_CALM = 4.0  # grey levels added to a crop's standard deviation, so that noise on an empty crop stays small
_FEW = 4  # characters; fewer say nothing about how condensed a print is
_UPRIGHT = 1.5  # a crop this many times higher than wide is a line printed downwards


class CodeRecogniserSettings(NamedTuple):
    """``right_margin``: px of padding that even the widest crop of a batch keeps.

    ``batch_width``: at most this many columns, padding included, go through the network at once; a single crop always
    does. ``narrow_below``: mean width of a character in px, at a height of 32, under which a crop is read once more,
    ``stretch`` times as wide.
    """

    right_margin: int = 32
    batch_width: int = 6144
    narrow_below: float = 10.0
    stretch: float = 1.5


def settings_from(record: Dict[str, Any]) -> CodeRecogniserSettings:
    """Settings of the recogniser's record in data/codes.json."""
    return CodeRecogniserSettings(**{name: record[name] for name in CodeRecogniserSettings._fields})


def characters_of(network: Network) -> Tuple[str, ...]:
    """The network's own characters, [0] the empty string of the CTC blank. Raises ModelError."""
    try:
        characters = json.loads(network.metadata.get("characters", "null"))
    except ValueError:
        characters = None
    if not isinstance(characters, list) or not all(isinstance(sign, str) for sign in characters) or len(characters) < 2:
        raise ModelError("the recogniser does not name its characters", 'metadata "characters": a JSON list of strings')
    if characters[0] != "" or not all(len(sign) == 1 for sign in characters[1:]):
        raise ModelError("characters begin {!r}".format(characters[:3]), '"" for the blank, then one sign a class')
    return tuple(characters)


class CodeRecogniser:
    """Line crops of any size in, posteriors out in the same order."""

    def __init__(self, network: Network, settings: CodeRecogniserSettings) -> None:
        """Raises ModelError when the network does not name its characters."""
        self.network = network
        self._settings = settings
        self.characters = characters_of(network)

    def __call__(self, crops: Sequence[Image]) -> List[np.ndarray]:
        """Natural log-probabilities ``(ceil(width / 4), C)`` float32 of each crop. Raises ModelError."""
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
                answers[index] = log_softmax(row[: frames(widths[index])])
        return answers

    def _check(self, logits: np.ndarray) -> None:
        if logits.ndim != 3 or logits.shape[2] != len(self.characters):
            expected = "(N, W / 4, {}), one for each of its characters".format(len(self.characters))
            raise ModelError("the recogniser answers with shape {}".format(logits.shape), expected)


def upright(crop: Image) -> Image:
    """A crop printed downwards (higher than 1.5 widths) is turned a quarter left, so that it reads to the right."""
    return np.rot90(crop) if crop.shape[0] > _UPRIGHT * crop.shape[1] else crop


def scaled_width(crop: Image, stretch: float = 1.0) -> int:
    """Width in px at a height of 32, times ``stretch``, within 1..1024."""
    return max(1, min(MAX_WIDTH, int(round(stretch * HEIGHT * crop.shape[1] / float(crop.shape[0])))))


def prepare(crop: Image, stretch: float = 1.0) -> np.ndarray:
    """Grey, 32 px high, brightness and contrast of this crop taken out: ``(32, w)`` float32."""
    level = np.ascontiguousarray(gray(crop))
    way = cv2.INTER_AREA if level.shape[0] > HEIGHT else cv2.INTER_LINEAR
    line = cv2.resize(level, (scaled_width(level, stretch), HEIGHT), interpolation=way).astype(np.float32)
    return np.asarray((line - line.mean()) / (line.std() + _CALM))


def frames(width: int) -> int:
    """Frames of the posterior that belong to a crop of ``width`` px; those beyond lie in the padding."""
    return -(-width // STEP)


def padded(width: int, settings: CodeRecogniserSettings) -> int:
    """Width of the batch whose widest crop is ``width`` px wide."""
    return -(-(width + settings.right_margin) // STRIDE) * STRIDE


def batches(widths: Sequence[int], settings: CodeRecogniserSettings) -> List[Tuple[int, ...]]:
    """Indices sorted by width and cut where a batch would exceed ``batch_width`` columns."""
    made: List[List[int]] = []
    for index in sorted(range(len(widths)), key=lambda i: widths[i]):
        fits = made and padded(widths[index], settings) * (len(made[-1]) + 1) <= settings.batch_width
        if fits:
            made[-1].append(index)
        else:
            made.append([index])
    return [tuple(batch) for batch in made]


def pack(lines: Sequence[np.ndarray], settings: CodeRecogniserSettings) -> np.ndarray:
    """Network input ``(N, 1, 32, W)`` float32 of prepared lines, padded on the right with 0 (each crop's mean)."""
    width = padded(max(line.shape[1] for line in lines), settings)
    blob = np.zeros((len(lines), 1, HEIGHT, width), np.float32)
    for row, line in zip(blob, lines):
        row[0, :, : line.shape[1]] = line
    return blob


def log_softmax(logits: np.ndarray) -> np.ndarray:
    """Natural logarithms of the probabilities over the last axis, float32."""
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True)), np.float32)
