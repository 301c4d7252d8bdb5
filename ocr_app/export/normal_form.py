"""Brings an ONNX model into the form that the table of networks prescribes.

The names of input and output, the free axes, and the opset and IR versions become those of the table. Copies (Identity)
are removed and weights that the file stores in half precision are cast, so that weights are float32 initializers and
not computed. The zero states that exporters compute for an LSTM are removed, because they are its default, and so is
everything that no output needs any more. No value of any output changes.
"""

from typing import Any, Dict, List, Sequence, Set, Tuple

import numpy as np

from ocr_app.core.errors import ModelError
from ocr_app.export.network_specs import NetworkSpec, Port, rules
from ocr_app.networks import onnx_model, rewriting
from ocr_app.networks.onnx_model import FLOAT, FLOAT16, Model, OnnxNode

_LSTM_STATES = (5, 6)  # initial_h and initial_c among an LSTM's inputs
_LSTM_KINDS = ("LSTM",)
_ZEROS_PASS = ("Expand", "Slice", "Transpose", "Unsqueeze", "Squeeze", "Reshape", "Identity", "Cast")


def normalised(data: bytes, network: NetworkSpec, metadata: Dict[str, str]) -> bytes:
    """The model ``data`` in the form of ``network``, with ``metadata`` added to its own.

    Raises ModelError for a model with more than one input or output, with free axes that differ from the table, with a
    name that is already used, or with an opset that cannot be lowered without changing the result.
    """
    model = _without_casts_of_weights(onnx_model.loads(data, network.name))
    _check_ports(model, network)
    _check_opset(model, network)
    nodes = _needed(_without_zero_states(_without_copies(model), model), model.outputs)
    renamed = {model.inputs[0].name: network.input.name, model.outputs[0]: network.output.name}
    _check_names(nodes, model, renamed)
    protos = [
        rewriting.renamed(node, _with_names(node.inputs, renamed), _with_names(node.outputs, renamed)) for node in nodes
    ]
    return _serialised(model, network, protos, metadata)


def _check_ports(model: Model, network: NetworkSpec) -> None:
    if len(model.inputs) != 1 or len(model.outputs) != 1:
        found = "{} has inputs {} and outputs {}".format(
            network.name, [value.name for value in model.inputs], list(model.outputs)
        )
        raise ModelError(found, "one input and one output")
    dims = model.inputs[0].dims
    fits = len(dims) == len(network.input.dims) and all(map(_agrees, dims, network.input.dims))
    if not fits or model.inputs[0].data_type != FLOAT:
        found = "the input of {} is {} of type {}".format(network.name, list(dims), model.inputs[0].data_type)
        raise ModelError(found, "float32 of the shape {}".format(list(network.input.dims)))


def _agrees(size: object, prescribed: object) -> bool:
    """The table may fix a free axis of the file; a fixed axis must have the size that the table states."""
    return size is None or size == prescribed


def _check_opset(model: Model, network: NetworkSpec) -> None:
    """Lowering from 14 to 13 is allowed for operators that are known to compute the same for floats."""
    if model.opset == network.opset and not model.domains:
        return
    table = rules()
    if (model.opset, network.opset) == (14, 13) and not model.domains:
        others = sorted({node.op for node in model.nodes} - set(table["same_from_13_to_14"]))
        if not others:
            return
        raise ModelError("{}: {} cannot be lowered to opset 13".format(network.name, ", ".join(others)), "opset 13")
    found = "{} has opset {}{}".format(network.name, model.opset, "".join(" and " + name for name in model.domains))
    raise ModelError(found, "only opset {}".format(network.opset), "export it at that opset")


def _without_casts_of_weights(model: Model) -> Model:
    """The model with the float32 weights that a Cast makes of half ones, in place of both."""
    casts = {node.outputs[0]: node for node in model.nodes if _is_stored_weight(node, model)}
    if not casts:
        return model
    helper = onnx_model.library().numpy_helper
    weights = [
        helper.from_array(model.initializers[node.inputs[0]].array.astype(np.float32), name)
        for name, node in casts.items()
    ]
    nodes = [node.proto for node in model.nodes if node.outputs[0] not in casts]
    return onnx_model.loads(rewriting.with_nodes(model, nodes, weights))


def _is_stored_weight(node: OnnxNode, model: Model) -> bool:
    stored = model.initializers.get(node.inputs[0]) if node.inputs else None
    to = node.attributes.get("to")
    return node.op == "Cast" and to == FLOAT and stored is not None and stored.data_type == FLOAT16


def _without_copies(model: Model) -> List[OnnxNode]:
    """The nodes without Identity, except where it makes an output of the graph."""
    same: Dict[str, str] = {}
    nodes = []
    for node in model.nodes:
        inputs = _with_names(node.inputs, same)
        if node.op == "Identity" and node.outputs[0] not in model.outputs:
            same[node.outputs[0]] = inputs[0]
        else:
            nodes.append(node._replace(inputs=inputs))
    return nodes


def _without_zero_states(nodes: Sequence[OnnxNode], model: Model) -> List[OnnxNode]:
    """LSTM nodes whose initial states are zeros, whatever their size, use the default instead."""
    producers = {name: node for node in nodes for name in node.outputs}
    return [_with_default_states(node, producers, model) if node.op in _LSTM_KINDS else node for node in nodes]


def _with_default_states(node: OnnxNode, producers: Dict[str, OnnxNode], model: Model) -> OnnxNode:
    drop = [k for k in _LSTM_STATES if k < len(node.inputs) and _is_zero(node.inputs[k], producers, model)]
    return node._replace(inputs=tuple("" if k in drop else name for k, name in enumerate(node.inputs)))


def _is_zero(name: str, producers: Dict[str, OnnxNode], model: Model) -> bool:
    """Whether the tensor contains only zeros, at any size."""
    if name in model.initializers:
        return not model.initializers[name].array.any()
    node = producers.get(name)
    if node is None:
        return False
    if node.op in _ZEROS_PASS:
        return _is_zero(node.inputs[0], producers, model)
    if node.op == "Concat":
        return all(_is_zero(part, producers, model) for part in node.inputs)
    if node.op in ("Constant", "ConstantOfShape"):
        value = node.attributes.get("value")
        return node.op == "ConstantOfShape" if value is None else not value.array.any()
    return False


def _needed(nodes: Sequence[OnnxNode], outputs: Sequence[str]) -> List[OnnxNode]:
    """The nodes that an output needs, in the order of the file."""
    needed: Set[str] = set(outputs)
    kept = []
    for node in reversed(nodes):
        if needed & set(node.outputs):
            needed.update(name for name in node.inputs if name)
            kept.append(node)
    return kept[::-1]


def _check_names(nodes: Sequence[OnnxNode], model: Model, renamed: Dict[str, str]) -> None:
    taken = set(model.initializers).union(*(set(node.inputs) | set(node.outputs) for node in nodes)) - set(renamed)
    for name in renamed.values():
        if name in taken:
            raise ModelError("a tensor inside the model is already called {!r}".format(name), "an unused name")


def _with_names(names: Sequence[str], renamed: Dict[str, str]) -> Tuple[str, ...]:
    return tuple(renamed.get(name, name) for name in names)


def _serialised(model: Model, network: NetworkSpec, nodes: Sequence[Any], metadata: Dict[str, str]) -> bytes:
    """The file: its own header with the versions of the table, the metadata of both, and the graph of these nodes."""
    proto = rewriting.copy_of(model)
    proto.ir_version = min(proto.ir_version, int(rules()["ir_version_most"]))
    del proto.opset_import[:]
    proto.opset_import.add(domain="", version=network.opset)
    del proto.metadata_props[:]
    for key, value in sorted(dict(model.metadata, **metadata).items()):
        proto.metadata_props.add(key=key, value=value)
    _write_graph(proto.graph, network, nodes, model.proto.graph.initializer)
    return bytes(proto.SerializeToString())


def _write_graph(graph: Any, network: NetworkSpec, nodes: Sequence[Any], weights: Sequence[Any]) -> None:
    used = {name for node in nodes for name in node.input}
    for field in ("node", "initializer", "input", "output", "value_info"):
        graph.ClearField(field)
    graph.node.extend(nodes)
    graph.initializer.extend(weight for weight in weights if weight.name in used)
    graph.input.extend([_value_info(network.input)])
    graph.output.extend([_value_info(network.output)])


def _value_info(port: Port) -> Any:
    """``onnx.ValueInfoProto`` of a float32 input or output of the graph."""
    return onnx_model.library().helper.make_tensor_value_info(port.name, FLOAT, port.dims)
