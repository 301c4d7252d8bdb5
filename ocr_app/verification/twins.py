"""A reader's network and its exported file side by side: both answer each input, and what differs is kept.

A twin takes the place of the network inside an open reader, whatever the reader's framework. It hands the reader the
original's answers, or the exported file's, so that the reader's own steps turn both into texts.
"""

import hashlib
from typing import Any, Callable, Dict, NamedTuple, Tuple

import numpy as np

from ocr_app.core.errors import ModelError
from ocr_app.export.network_specs import NetworkSpec as Entry
from ocr_app.networks.contract import Arrays, Network
from ocr_app.readers.contract import Reader

ORIGINAL, EXPORTED = "original", "exported"

_PLACES: Dict[Tuple[str, str], Tuple[str, str]] = {
    ("codes", "detector"): ("_detector", "_network"),
    ("codes", "recogniser"): ("_recogniser", "_network"),
    ("ppocr", "detector"): ("_detector", "_network"),
    ("ppocr", "recogniser"): ("_recogniser", "_network"),
    ("easyocr", "detector"): ("_network", "detector"),
    ("easyocr", "recogniser"): ("_network", "recognizer"),
    ("paddleocr", "detector"): ("_system", "text_detector"),
    ("paddleocr", "recogniser"): ("_system", "text_recognizer"),
}
"""Where an open reader keeps its networks. Readers have no public way in, and need none but for this."""


class Twin:
    """Two functions from array to array that should be the same one."""

    def __init__(self, original: Callable[[np.ndarray], np.ndarray], exported: Callable[[np.ndarray], np.ndarray]):
        self.serving = ORIGINAL
        self.calls = 0
        self.max_error = 0.0
        self.largest = 0.0
        self._original, self._exported = original, exported
        self._known: Dict[str, np.ndarray] = {}

    def answer(self, array: np.ndarray) -> np.ndarray:
        """The answer of the one that serves. The original is asked while it serves, and both are compared then.

        Raises ModelError where the two do not even answer in the same shape.
        """
        key = "{}{}".format(array.shape, hashlib.sha1(np.ascontiguousarray(array).tobytes()).hexdigest())
        if self.serving == EXPORTED:
            return self._known[key] if key in self._known else self._exported(array)
        first, second = self._original(array), self._exported(array)
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


class NetworkTwin(Network):
    """For readers of this package's own kind."""

    def __init__(self, original: Network, exported: Network) -> None:
        """Raises ModelError where the exported file lacks metadata of the original, such as its characters."""
        lost = [key for key, value in original.metadata.items() if exported.metadata.get(key) != value]
        if lost:
            raise ModelError("the exported file lacks metadata: {}".format(", ".join(lost)), "the original's own")
        self.inputs, self.outputs, self.metadata = original.inputs, original.outputs, original.metadata
        self.twin = Twin(original.infer_one, exported.infer_one)

    def infer(self, arrays: Arrays) -> Arrays:
        return {self.outputs[0]: self.twin.answer(arrays[self.inputs[0]])}


class TorchTwin:
    """For EasyOCR: its detector answers (heat maps, features) to an image, its recogniser logits to (image, text)."""

    def __init__(self, module: Any, exported: Network, is_detector: bool) -> None:
        self._module, self._is_detector = module, is_detector
        self.twin = Twin(self._run, exported.infer_one)

    def _run(self, array: np.ndarray) -> np.ndarray:
        return _run_torch(self._module, array, self._is_detector)

    def __call__(self, image: Any, text: Any = None) -> Any:
        import torch

        answer = torch.from_numpy(self.twin.answer(image.numpy()))
        return (answer, None) if self._is_detector else answer

    def eval(self) -> "TorchTwin":
        """What EasyOCR calls before it recognises."""
        self._module.eval()
        return self


class PaddleTwin:
    """For PaddleOCR: predictor, input and output of one of its steps in one object."""

    def __init__(self, step: Any, exported: Network) -> None:
        self._predictor, self._input, self._outputs = step.predictor, step.input_tensor, step.output_tensors
        self._given = self._answer = np.zeros((0,), np.float32)
        self.twin = Twin(self._run, exported.infer_one)

    def _run(self, array: np.ndarray) -> np.ndarray:
        return _run_paddle(self._predictor, self._input, self._outputs, array)

    def copy_from_cpu(self, array: np.ndarray) -> None:
        """Of the input tensor."""
        self._given = np.ascontiguousarray(array, np.float32)

    def run(self) -> None:
        """Of the predictor."""
        self._answer = self.twin.answer(self._given)

    def copy_to_cpu(self) -> np.ndarray:
        """Of the output tensor."""
        return self._answer.copy()

    def try_shrink_memory(self) -> None:
        """Of the predictor."""


class NetworkSlot(NamedTuple):
    """Where a reader holds a network: an object and the name of its attribute."""

    owner: Any
    name: str


def _place(reader: Reader, entry: Entry) -> NetworkSlot:
    outer, inner = _PLACES[entry.reader.partition(":")[0], entry.part]
    return NetworkSlot(getattr(reader, outer), inner)


def part_of(reader: Reader, entry: Entry) -> Any:
    """The network of ``entry`` inside an open reader, in its framework's own form."""
    place = _place(reader, entry)
    return getattr(place.owner, place.name)


def original_of(reader: Reader, entry: Entry) -> Callable[[np.ndarray], np.ndarray]:
    """The network of ``entry`` inside an open reader as a function from array to array."""
    own, kind = part_of(reader, entry), entry.reader.partition(":")[0]
    if kind == "paddleocr":
        return lambda array: _run_paddle(own.predictor, own.input_tensor, own.output_tensors, array)
    if kind == "easyocr":
        return lambda array: _run_torch(own, array, entry.part == "detector")
    return own.infer_one  # type: ignore[no-any-return]


def _run_torch(module: Any, array: np.ndarray, is_detector: bool) -> np.ndarray:
    import torch

    with torch.no_grad():
        tensor = torch.from_numpy(array).to(next(module.parameters()).device)
        answer = module(tensor)[0] if is_detector else module(tensor, None)
    return np.asarray(answer.cpu().numpy())


def _run_paddle(predictor: Any, given: Any, answers: Any, array: np.ndarray) -> np.ndarray:
    given.copy_from_cpu(array)
    predictor.run()
    return np.asarray(answers[0].copy_to_cpu())


def install(reader: Reader, entry: Entry, exported: Network) -> Twin:
    """Puts a twin into the reader in the place of the network."""
    place, own = _place(reader, entry), part_of(reader, entry)
    kind = entry.reader.partition(":")[0]
    if kind == "paddleocr":
        paddle = PaddleTwin(own, exported)
        own.predictor = own.input_tensor = paddle
        own.output_tensors = [paddle]
        return paddle.twin
    made: Any = TorchTwin(own, exported, entry.part == "detector") if kind == "easyocr" else NetworkTwin(own, exported)
    setattr(place.owner, place.name, made)
    return made.twin  # type: ignore[no-any-return]
