"""Adapters: EasyOCR's networks as networks of this package, and the other way round."""

from typing import Any

import numpy as np

from ocr_app.networks.contract import Arrays, Network


class TorchNetwork(Network):
    """A torch module of EasyOCR.

    The detector returns (heat maps, features), of which only the heat maps are used. The recogniser takes
    (image, text), of which the text is not used.
    """

    inputs, outputs = ("image",), ("answer",)

    def __init__(self, module: Any, is_detector: bool) -> None:
        self.module = module
        self._is_detector = is_detector

    def infer(self, arrays: Arrays) -> Arrays:
        import torch

        with torch.no_grad():
            tensor = torch.from_numpy(arrays["image"]).to(next(self.module.parameters()).device)
            answer = self.module(tensor)[0] if self._is_detector else self.module(tensor, None)
        return {"answer": np.asarray(answer.cpu().numpy())}


class NetworkModule:
    """A network with the interface of EasyOCR's torch modules."""

    def __init__(self, network: Network, is_detector: bool) -> None:
        self.network = network
        self._is_detector = is_detector

    def __call__(self, image: Any, text: Any = None) -> Any:
        import torch

        answer = torch.from_numpy(self.network.infer_one(image.numpy()))
        return (answer, None) if self._is_detector else answer

    def eval(self) -> "NetworkModule":
        """Does nothing. EasyOCR calls it before recognition."""
        return self
