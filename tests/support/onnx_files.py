"""Small networks as ONNX files, made with the ``onnx`` package."""

import numpy as np
import onnx
from onnx import helper, numpy_helper

from ocr_app.networks.onnx_model import FLOAT


def model_bytes(nodes, weights, dims, outputs=("logits",), opset=13, metadata=()):
    """nodes: ``onnx.NodeProto``; weights: {name: array}; dims: numbers, or strings for free ones."""
    image = helper.make_tensor_value_info("image", FLOAT, dims)
    ends = [onnx.ValueInfoProto(name=name) for name in outputs]
    tensors = [numpy_helper.from_array(np.asarray(array), name) for name, array in dict(weights).items()]
    graph = helper.make_graph(nodes, "test", [image], ends, tensors)
    model = helper.make_model(graph, ir_version=7, opset_imports=[helper.make_opsetid("", opset)])
    helper.set_model_props(model, dict(metadata))
    return model.SerializeToString()
