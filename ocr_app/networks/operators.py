"""Whether TensorRT 8.2.1's parser takes a model: its opset, its operators, and weights that are constants.

What it takes is data (data/tensorrt-8.2.json, with its sources). This is what can be known without TensorRT.
"""

import json
import os
from typing import Any, Dict, List

from ocr_app.networks.onnx_file import Model, Node

_DATA = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "data", "tensorrt-8.2.json")


def rules() -> Dict[str, Any]:
    """What the parser takes."""
    with open(_DATA, encoding="utf-8") as stream:
        return json.load(stream)  # type: ignore[no-any-return]


def problems(model: Model) -> List[str]:
    """In words, what the parser would refuse; empty when it takes everything that is known to matter."""
    known = rules()
    found = []
    if not 7 <= model.opset <= known["opset"]:
        found.append("opset {}, taken are 7 to {}".format(model.opset, known["opset"]))
    found += ["operators of the domain {}".format(domain) for domain in foreign_domains(model)]
    for op in sorted({node.op for node in model.nodes} - set(known["accepted"])):
        why = "is refused by" if op in known["refused"] else "is not known to"
        found.append("the operator {} {} {}".format(op, why, known["parser"]))
    fixed = constants(model)
    for node in model.nodes:
        if node.op in known["weights_must_be_constant"] and node.inputs[1] not in fixed:
            found.append("{} {}: its weights are computed".format(node.op, node.name or node.outputs[0]))
    return found


def foreign_domains(model: Model) -> List[str]:
    """Operator sets beside ONNX's own that some node uses."""
    return sorted({node.domain for node in model.nodes} - {"", "ai.onnx"})


def constants(model: Model) -> Dict[str, Node]:
    """Tensors that do not depend on the inputs, by name; the node that makes them (a Constant for initializers)."""
    fixed = {name: Node("Constant", name, "", (), (name,), {}, ()) for name in model.initializers}
    for node in model.nodes:
        if all(name in fixed for name in node.inputs if name):
            fixed.update((name, node) for name in node.outputs)
    return fixed
