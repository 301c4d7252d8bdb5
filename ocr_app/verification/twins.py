"""A reader's network and its exported file side by side: both answer each input, and the differences are kept.

A twin takes the place of a network inside an open reader (see ``Reader.replace_network``). It gives the reader the
original's answers or the exported file's, so that the reader's own steps turn both into texts. Twins compare; nothing
that reads in production holds one.
"""

import hashlib
from typing import Dict

import numpy as np

from ocr_app.core.errors import ModelError
from ocr_app.networks.contract import Arrays, Network
from ocr_app.readers.contract import Reader

ORIGINAL, EXPORTED = "original", "exported"


class Twin(Network):
    """Two networks that should be the same function, as one network. Both have one input and one output."""

    def __init__(self, original: Network, exported: Network) -> None:
        """Raises ModelError where the exported file lacks metadata of the original, such as its characters."""
        lost = [key for key, value in original.metadata.items() if exported.metadata.get(key) != value]
        if lost:
            raise ModelError("the exported file lacks metadata: {}".format(", ".join(lost)), "the original's own")
        self.inputs, self.outputs, self.metadata = original.inputs, original.outputs, original.metadata
        self.serving = ORIGINAL
        self.calls = 0
        self.max_error = 0.0
        self.largest = 0.0
        self._original, self._exported = original, exported
        self._known: Dict[str, np.ndarray] = {}

    def infer(self, arrays: Arrays) -> Arrays:
        return {self.outputs[0]: self.answer(arrays[self.inputs[0]])}

    def answer(self, array: np.ndarray) -> np.ndarray:
        """The answer of the network that serves. While the original serves, both are asked and compared.

        Raises ModelError where the two do not answer in the same shape.
        """
        key = "{}{}".format(array.shape, hashlib.sha1(np.ascontiguousarray(array).tobytes()).hexdigest())
        if self.serving == EXPORTED:
            return self._known[key] if key in self._known else self._exported.infer_one(array)
        first, second = self._original.infer_one(array), self._exported.infer_one(array)
        self._compare(first, second)
        self._known[key] = second
        return first

    def forget(self) -> None:
        """Drops the answers that are kept for the second reading of an image."""
        self._known.clear()

    def _compare(self, first: np.ndarray, second: np.ndarray) -> None:
        if first.shape != second.shape:
            raise ModelError("the exported network answers with shape {}".format(second.shape), str(first.shape))
        error = float(np.abs(first - second).max()) if first.size else 0.0
        self.calls += 1
        self.max_error = max(self.max_error, error if np.isfinite(error) else float("inf"))
        self.largest = max(self.largest, float(np.abs(first).max()) if first.size else 0.0)


def install(reader: Reader, role: str, exported: Network) -> Twin:
    """Puts a twin into the reader in the place of its network of ``role``. Raises UsageError, ModelError."""
    twin = Twin(reader.networks()[role], exported)
    reader.replace_network(role, twin)
    return twin
