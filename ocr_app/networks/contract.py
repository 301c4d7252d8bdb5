"""The contract of a network: named arrays in, named arrays out."""

from typing import Callable, Dict, Tuple

import numpy as np

Arrays = Dict[str, np.ndarray]


class Network:
    """An open network, of TensorRT or ONNX Runtime. Arrays in and out are float32, whatever the precision inside."""

    inputs: Tuple[str, ...] = ()
    outputs: Tuple[str, ...] = ()
    metadata: Dict[str, str] = {}

    def infer(self, arrays: Arrays) -> Arrays:
        """Run once: one float32 array for each of ``inputs`` in, one for each of ``outputs`` out."""
        raise NotImplementedError

    def infer_one(self, array: np.ndarray) -> np.ndarray:
        """Run a network with one input and one output."""
        return self.infer({self.inputs[0]: array})[self.outputs[0]]


Opener = Callable[[str, str, int, str], Network]
"""How a reader opens its networks: called with path, device, CPU threads and precision."""
