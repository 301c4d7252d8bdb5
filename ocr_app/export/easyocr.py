"""Exports EasyOCR's two networks from torch: CRAFT without its second output, english_g2 as it runs at inference.

The changes that make them exportable, and why they do not change the result:

* Both networks and the modules that wrap them are in evaluation mode: torch.onnx.export puts a wrapper whose flag says
  training back into training mode afterwards, including the wrapped network.
* CRAFT returns a feature map in addition to its heat maps. EasyOCR discards it, so only the heat maps are exported.
* english_g2 pools with AdaptiveAvgPool2d((None, 1)), which has no ONNX form with a free width; over one axis it equals
  the mean.
* The second input of english_g2, ``text``, is not used.
* The LSTMs' zero states contain the batch size of the export: ``normal_form`` removes them.
"""

import io
from typing import Any, Dict, Tuple

import numpy as np

from ocr_app.export.network_specs import NetworkSpec
from ocr_app.readers.contract import ReaderOptions
from ocr_app.readers.easyocr import reader as easyocr_reader


def export(network: NetworkSpec) -> Tuple[bytes, Dict[str, str]]:
    """ONNX bytes of the network, not yet normalised, and the versions of the tools that made them.

    Raises ReaderUnavailable where EasyOCR or torch is missing, ModelError for its weights.
    """
    with easyocr_reader.open_reader(ReaderOptions(threads=1, model=network.reader.partition(":")[2])) as reader:
        module = reader.networks()[network.part].module  # type: ignore[attr-defined]
        deployed = _detector(module) if network.part == "detector" else _recogniser(module)
        return _to_onnx(deployed, network), versions()


def versions() -> Dict[str, str]:
    """Versions of EasyOCR and torch in this Python."""
    import easyocr
    import torch

    return {"easyocr": str(easyocr.__version__), "torch": str(torch.__version__)}


def _detector(craft: Any) -> Any:
    import torch

    class HeatMaps(torch.nn.Module):  # type: ignore[misc]
        """CRAFT's heat maps ``(n, h / 2, w / 2, 2)``: text regions, and links between them."""

        def __init__(self) -> None:
            super().__init__()
            self.craft = craft

        def forward(self, image: Any) -> Any:
            return self.craft(image)[0]

    return HeatMaps().eval()


def _recogniser(model: Any) -> Any:
    import torch

    class Logits(torch.nn.Module):  # type: ignore[misc]
        """The recogniser's logits ``(n, t, 97)``, its forward pass written with a mean instead of the pooling."""

        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, image: Any) -> Any:
            columns = self.model.FeatureExtraction(image).permute(0, 3, 1, 2).mean(3)
            return self.model.Prediction(self.model.SequenceModeling(columns).contiguous())

    return Logits().eval()


def _to_onnx(deployed: Any, network: NetworkSpec) -> bytes:
    import torch

    ports = {"image": network.input, "answer": network.output}
    axes = {
        name: {axis: size for axis, size in enumerate(port.dims) if isinstance(size, str)}
        for name, port in ports.items()
    }
    sample = torch.from_numpy(np.random.RandomState(0).rand(*network.shape).astype(np.float32))
    stream = io.BytesIO()
    with torch.no_grad():
        torch.onnx.export(
            deployed,
            (sample,),
            stream,
            opset_version=network.opset,
            input_names=["image"],
            output_names=["answer"],
            dynamic_axes=axes,
        )
    return stream.getvalue()
