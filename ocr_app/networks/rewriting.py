"""A loaded model written with other operators, names or outputs; everything else in the file stays.

Bytes are what ``onnx`` serialises: fields in the order of their numbers, so they are the same for every version of
protobuf. No function changes the model that it is given.
"""

from typing import Any, Iterable, Sequence

from ocr_app.networks.onnx_model import Model, OnnxNode, library


def make_node(op: str, inputs: Sequence[str], outputs: Sequence[str], **attributes: Any) -> Any:
    """An ``onnx.NodeProto`` of ONNX's own operator set."""
    return library().helper.make_node(op, inputs, outputs, **attributes)


def renamed(node: OnnxNode, inputs: Sequence[str], outputs: Sequence[str]) -> Any:
    """The node's ``onnx.NodeProto`` with other inputs and outputs; everything else stays."""
    made = type(node.proto)()
    made.CopyFrom(node.proto)
    del made.input[:]
    del made.output[:]
    made.input.extend(inputs)
    made.output.extend(outputs)
    return made


def with_nodes(model: Model, nodes: Iterable[Any], tensors: Iterable[Any] = ()) -> bytes:
    """The model's bytes with these nodes in place of its own, and with these initializers added."""
    made = copy_of(model)
    del made.graph.node[:]
    made.graph.node.extend(nodes)
    made.graph.initializer.extend(tensors)
    return bytes(made.SerializeToString())


def with_more_nodes(model: Model, nodes: Iterable[Any]) -> bytes:
    """The model's bytes with these nodes after its own."""
    return with_nodes(model, [node.proto for node in model.nodes] + list(nodes))


def with_every_output(model: Model) -> bytes:
    """The model's bytes with every node's outputs as outputs of the graph; ONNX Runtime infers their types."""
    return with_outputs(model, [name for node in model.nodes for name in node.outputs if name])


def with_outputs(model: Model, names: Iterable[str]) -> bytes:
    """The model's bytes with these tensors as outputs of the graph too."""
    made = copy_of(model)
    for name in names:
        if name not in model.outputs:
            made.graph.output.add().name = name
    return bytes(made.SerializeToString())


def copy_of(model: Model) -> Any:
    """A copy of the model's ``onnx.ModelProto``, to be changed."""
    made = type(model.proto)()
    made.CopyFrom(model.proto)
    return made
