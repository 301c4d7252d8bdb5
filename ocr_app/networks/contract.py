"""The contract of a network: named arrays in, named arrays out."""

from typing import Callable, Dict, Tuple

import numpy as np

Arrays = Dict[str, np.ndarray]


class Network:
    """An open network. float32 in and out whatever the precision inside; TensorRT and ONNX Runtime alike."""

    inputs: Tuple[str, ...] = ()
    outputs: Tuple[str, ...] = ()
    metadata: Dict[str, str] = {}

    def infer(self, arrays: Arrays) -> Arrays:
        """Run once. ``arrays`` has one float32 array for each of ``inputs``; so has the answer for ``outputs``."""
        raise NotImplementedError

    def infer_one(self, array: np.ndarray) -> np.ndarray:
        """For networks with one input and one output."""
        return self.infer({self.inputs[0]: array})[self.outputs[0]]


Opener = Callable[[str, str, int, str], Network]
"""Opens a network: path, device, CPU threads, precision. What a reader opens its networks with."""
