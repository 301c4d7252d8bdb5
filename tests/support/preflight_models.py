"""Models of one node, and what preflight finds about them."""

import numpy as np

from ocr_app.networks import onnx_model
from ocr_app.networks.onnx_model import FLOAT, OnnxNode, Tensor
from ocr_app.verification.preflight import rules
from ocr_app.verification.preflight.findings import REFUSED


def kinds(model, kind, precision="fp32"):
    found = rules.findings(model, precision)
    return [(finding.op, finding.node, finding.why) for finding in found if finding.kind == kind]


def refused(model, precision="fp32"):
    return kinds(model, REFUSED, precision)


def with_node(op, inputs=("image",), attributes=None, weights=(), name="n", outputs=("logits",)):
    """A model of one node; ``weights``: Tensors."""
    node = OnnxNode(op, name, "", tuple(inputs), tuple(outputs), dict(attributes or {}), None)
    image = onnx_model.ValueInfo("image", FLOAT, (1, 1, 4, 8))
    tensors = {tensor.name: tensor for tensor in weights}
    return onnx_model.Model((node,), tensors, (image,), ("logits",), 13, (), {}, None)


def weight(name, values, kind=FLOAT):
    return Tensor(name, kind, np.asarray(values))
