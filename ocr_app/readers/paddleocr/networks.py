"""Adapters: PaddleOCR's networks as networks of this package, and the other way round."""

from typing import Any, List

import numpy as np

from ocr_app.networks.contract import Arrays, Network


class PaddleNetwork(Network):
    """The predictor of one of PaddleOCR's steps, with its input and its first output."""

    inputs, outputs = ("image",), ("answer",)

    def __init__(self, step: Any) -> None:
        self._predictor, self._input, self._outputs = step.predictor, step.input_tensor, step.output_tensors

    def infer(self, arrays: Arrays) -> Arrays:
        self._input.copy_from_cpu(arrays["image"])
        self._predictor.run()
        return {"answer": np.asarray(self._outputs[0].copy_to_cpu())}


class NetworkPredictor:
    """A network with the interface that PaddleOCR uses: predictor, input tensor and output tensor in one object."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self._input = self._output = np.zeros((0,), np.float32)

    def copy_from_cpu(self, array: np.ndarray) -> None:
        """Method of the input tensor."""
        self._input = np.ascontiguousarray(array, np.float32)

    def run(self) -> None:
        """Method of the predictor."""
        self._output = self.network.infer_one(self._input)

    def copy_to_cpu(self) -> np.ndarray:
        """Method of the output tensor."""
        return self._output.copy()

    def try_shrink_memory(self) -> None:
        """Method of the predictor."""


def network_of(step: Any) -> Network:
    """The network that a step of PaddleOCR runs."""
    predictor = step.predictor
    return predictor.network if isinstance(predictor, NetworkPredictor) else PaddleNetwork(step)


def replace(step: Any, network: Network) -> None:
    """Makes a step of PaddleOCR run ``network``, and releases its own predictor and tensors."""
    predictor = NetworkPredictor(network)
    tensors: List[Any] = [predictor]
    step.predictor = step.input_tensor = predictor
    step.output_tensors = tensors
