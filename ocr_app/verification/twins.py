"""A reader's network and its exported file side by side: both answer each input, and their differences are kept.

A twin replaces a network inside an open reader (see ``Reader.replace_network``). It gives the reader the answers of
the original or of the exported file, so that the reader's own steps turn both into texts. Twins only serve comparisons;
nothing that reads in production uses one.
"""

import hashlib
from typing import Dict

import numpy as np

from ocr_app.core.errors import ModelError
from ocr_app.networks.contract import Arrays, Network
from ocr_app.readers.contract import Reader

ORIGINAL, EXPORTED = "original", "exported"


class Twin(Network):
    """Two networks that should compute the same, as one network. Both have one input and one output."""

    def __init__(self, original: Network, exported: Network) -> None:
        """Raises ModelError where the exported file lacks metadata of the original, such as its characters."""
        missing = [key for key, value in original.metadata.items() if exported.metadata.get(key) != value]
        if missing:
            raise ModelError(
                "the exported file lacks metadata: {}".format(", ".join(missing)), "the metadata of the original"
            )
        self.inputs, self.outputs, self.metadata = original.inputs, original.outputs, original.metadata
        self.serving = ORIGINAL
        self.calls = 0
        self.max_error = 0.0
        self.largest = 0.0
        self._original, self._exported = original, exported
        self._answers: Dict[str, np.ndarray] = {}

    def infer(self, arrays: Arrays) -> Arrays:
        return {self.outputs[0]: self.answer(arrays[self.inputs[0]])}

    def answer(self, array: np.ndarray) -> np.ndarray:
        """The answer of the network that serves. While the original serves, both networks run and are compared.

        Raises ModelError where the shapes of the two answers differ.
        """
        key = "{}{}".format(array.shape, hashlib.sha1(np.ascontiguousarray(array).tobytes()).hexdigest())
        if self.serving == EXPORTED:
            return self._answers[key] if key in self._answers else self._exported.infer_one(array)
        first, second = self._original.infer_one(array), self._exported.infer_one(array)
        self._compare(first, second)
        self._answers[key] = second
        return first

    def forget(self) -> None:
        """Drops the answers that were kept for the second reading of an image."""
        self._answers.clear()

    def _compare(self, first: np.ndarray, second: np.ndarray) -> None:
        if first.shape != second.shape:
            raise ModelError("the exported network answers with shape {}".format(second.shape), str(first.shape))
        error = float(np.abs(first - second).max()) if first.size else 0.0
        self.calls += 1
        self.max_error = max(self.max_error, error if np.isfinite(error) else float("inf"))
        self.largest = max(self.largest, float(np.abs(first).max()) if first.size else 0.0)


def install(reader: Reader, role: str, exported: Network) -> Twin:
    """Replaces the reader's network of ``role`` by a twin. Raises UsageError, ModelError."""
    twin = Twin(reader.networks()[role], exported)
    reader.replace_network(role, twin)
    return twin
