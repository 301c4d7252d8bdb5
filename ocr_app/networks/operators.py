"""What the nodes of a graph are: of which operator sets, and which of them are constants."""

from typing import Dict, List

from ocr_app.networks.onnx_model import Model, OnnxNode


def foreign_domains(model: Model) -> List[str]:
    """Operator sets beside ONNX's own that some node uses."""
    return sorted({node.domain for node in model.nodes} - {"", "ai.onnx"})


def constants(model: Model) -> Dict[str, OnnxNode]:
    """Tensors that do not depend on the inputs, by name; the node that makes them (a Constant for initializers)."""
    fixed = {name: OnnxNode("Constant", name, "", (), (name,), {}, ()) for name in model.initializers}
    for node in model.nodes:
        if all(name in fixed for name in node.inputs if name):
            fixed.update((name, node) for name in node.outputs)
    return fixed
