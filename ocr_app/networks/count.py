"""Operations, parameters and bytes of a network, layer by layer, for given input shapes.

Shapes are observed, not inferred: the network runs once with every intermediate tensor as an output. The count is:

* two floating-point operations (FLOP) for a multiply-accumulate (MAC);
* one operation per output element for pointwise layers, the size of the window for pooling, five for softmax;
* nothing for constants, arithmetic on shapes, and views (Reshape, Squeeze, ...), which an engine folds away.

A pointwise layer that is the only reader of its input counts as fused into the layer before it, as TensorRT does with
activations: its operations are counted, its memory traffic is not. Other pointwise layers that follow each other are
one kernel (pointwise.py), whose traffic is counted at its first layer.
"""

from typing import Dict, List, NamedTuple, Optional, Sequence, Set, Tuple

import numpy as np

from ocr_app.core.errors import ModelError, UsageError
from ocr_app.networks import onnx_model, onnx_runtime, rewriting
from ocr_app.networks.graph import constants, element_types
from ocr_app.networks.onnx_model import FLOAT, FLOAT16, Model, OnnxNode
from ocr_app.networks.pointwise import PointwiseKernels

Shapes = Dict[str, Tuple[int, ...]]

_POINTWISE = {
    "Abs", "Add", "BatchNormalization", "Ceil", "Celu", "Clip", "Div", "Elu", "Erf", "Exp", "Floor", "HardSigmoid",
    "HardSwish", "LeakyRelu", "Log", "Max", "Min", "Mul", "Neg", "PRelu", "Pow", "Relu", "Round", "Selu", "Sigmoid",
    "Softplus", "Sqrt", "Sub", "Sum", "Tanh",
}  # fmt: skip
_VIEWS = {"Reshape", "Squeeze", "Unsqueeze", "Flatten", "Identity", "Dropout", "Cast"}
_MOVES = {
    "Concat",
    "Transpose",
    "Slice",
    "Split",
    "Pad",
    "Gather",
    "Expand",
    "Tile",
    "Where",
    "DepthToSpace",
    "SpaceToDepth",
}
_ELEMENTS = {
    1: np.float32, 2: np.uint8, 3: np.int8, 4: np.uint16, 5: np.int16, 6: np.int32, 7: np.int64, 9: np.bool_,
    10: np.float16, 11: np.float64, 12: np.uint32, 13: np.uint64,
}  # fmt: skip
"""NumPy's types for element types of ONNX (TensorProto.DataType)."""
_REDUCTIONS = {"GlobalAveragePool", "GlobalMaxPool", "ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin"}
_PER_ELEMENT = {"Softmax": 5, "LogSoftmax": 5, "Resize": 4, "Upsample": 4}


class Layer(NamedTuple):
    """``shape`` is that of the first output. ``weights``, ``read`` and ``written`` are numbers of elements.

    A fused layer reads and writes 0.
    """

    op: str
    name: str
    shape: Tuple[int, ...]
    macs: int
    flops: int
    weights: int
    read: int
    written: int
    fused: bool


class Count(NamedTuple):
    """One network at one input shape. ``parameters`` is the number of float elements among the constants."""

    layers: Tuple[Layer, ...]
    parameters: int

    @property
    def macs(self) -> int:
        """Multiply-accumulates of one run."""
        return sum(layer.macs for layer in self.layers)

    @property
    def flops(self) -> int:
        """Floating-point operations of one run."""
        return sum(layer.flops for layer in self.layers)

    @property
    def activations(self) -> int:
        """Elements that the layers read and write, not counting their weights."""
        return sum(layer.read + layer.written for layer in self.layers)

    @property
    def weights(self) -> int:
        """Elements of weights that one run reads."""
        return sum(layer.weights for layer in self.layers)


def is_view(node: OnnxNode) -> bool:
    """Whether the node only gives its input another shape, type or name."""
    return node.op in _VIEWS


def is_pointwise(node: OnnxNode) -> bool:
    """Whether each element that the node writes depends on one element of each input."""
    return node.op in _POINTWISE


def count(path: str, shape: Optional[Sequence[int]] = None) -> Count:
    """Count the ONNX file at ``path`` with one float input of ``shape``; None if the file fixes the shape.

    Raises ModelError, and UsageError for a shape that the network does not accept.
    """
    model = onnx_model.load(path)
    shapes = observe(model, whole_shape(model, shape, path), path)
    return count_model(model, shapes)


def whole_shape(model: Model, shape: Optional[Sequence[int]], path: str) -> Tuple[int, ...]:
    """The input's shape: the one given, or the file's. Raises ModelError, and UsageError if the two do not agree."""
    if len(model.inputs) != 1:
        raise ModelError("{} has {} inputs".format(path, len(model.inputs)), "a network with one input")
    dims = model.inputs[0].dims
    if shape is None and all(dims):
        return tuple(size or 1 for size in dims)
    if shape is None or len(shape) != len(dims) or any(own not in (None, got) for own, got in zip(dims, shape)):
        wanted = "x".join(str(size or "?") for size in dims)
        found = "no shape" if shape is None else "shape " + "x".join(map(str, shape))
        raise UsageError("{} for the input of {}".format(found, path), wanted, "write {}:{}".format(path, wanted))
    return tuple(int(size) for size in shape)


def observe(model: Model, shape: Tuple[int, ...], name: str) -> Shapes:
    """The shape of every tensor in one run on zeros. Raises UsageError if the network does not run at ``shape``."""
    every = onnx_runtime.session(
        rewriting.with_every_output(model), onnx_runtime.check_device("cpu"), 1, name, optimised=False
    )
    names = [output.name for output in every.get_outputs()]
    given = model.inputs[0].name
    zeros: np.ndarray = np.zeros(shape, _ELEMENTS.get(model.inputs[0].data_type, np.float32))
    try:
        values = every.run(names, {given: zeros})
    except Exception as error:  # onnxruntime's exceptions have no common public base
        raise UsageError("{} does not run at {}: {}".format(name, shape, error), "a shape that it accepts") from error
    shapes = {key: tuple(value.shape) for key, value in zip(names, values)}
    shapes.update((key, tensor.array.shape) for key, tensor in model.initializers.items())
    shapes[given] = shape
    return shapes


def count_model(model: Model, shapes: Shapes) -> Count:
    """Count a model whose tensors have these shapes. Raises ModelError for an operator that cannot be counted."""
    types, fixed = element_types(model), constants(model)
    alone, kernels = used_once(model), PointwiseKernels()
    layers: List[Layer] = []
    fusible: Set[str] = set()
    for node in model.nodes:
        if node.outputs[0] in fixed or types[node.outputs[0]] != FLOAT:
            continue
        data = [name for name in node.inputs if name and name not in fixed and types[name] == FLOAT]
        if node.op in _VIEWS:
            fusible.update(name for name in node.outputs if data and data[0] in fusible)
            kernels.rename(node.outputs[0], data[0] if data else "")
            continue
        fused = node.op in _POINTWISE and len(data) == 1 and data[0] in fusible and data[0] in alone
        if fused:
            kernels.follow(node.outputs, data[0])
        else:
            fused = kernels.add(len(layers), data, node.outputs, node.op in _POINTWISE) != len(layers)
        layers.append(_layer(node, data, shapes, fixed, types, fused))
        fusible.update(node.outputs)
    return Count(tuple(_with_traffic(layers, kernels, model, shapes)), _parameters(model, types, fixed))


def _with_traffic(layers: List[Layer], kernels: PointwiseKernels, model: Model, shapes: Shapes) -> List[Layer]:
    """The layers with the traffic of each pointwise kernel at its first layer."""
    for first in kernels.pointwise():
        read = sum(_size(shapes[name]) for name in kernels.read(first))
        written = sum(_size(shapes[name]) for name in kernels.written(first, model.outputs))
        layers[first] = layers[first]._replace(read=read, written=written)
    return layers


def used_once(model: Model) -> Set[str]:
    """Tensors that are read exactly once: by one node, or only as an output of the graph."""
    uses: Dict[str, int] = dict.fromkeys(model.outputs, 1)
    for node in model.nodes:
        for name in node.inputs:
            uses[name] = uses.get(name, 0) + 1
    return {name for name, times in uses.items() if times == 1}


def _parameters(model: Model, types: Dict[str, int], fixed: Set[str]) -> int:
    """Float elements of the file's own constants, stored as floats or halves: initializers and Constant nodes."""
    own = sum(tensor.array.size for tensor in model.initializers.values() if tensor.data_type in (FLOAT, FLOAT16))
    made = [node for node in model.nodes if node.op == "Constant" and types[node.outputs[0]] == FLOAT]
    return int(own + sum(node.attributes["value"].array.size for node in made if "value" in node.attributes))


def _layer(
    node: OnnxNode, data: List[str], shapes: Shapes, fixed: Set[str], types: Dict[str, int], fused: bool
) -> Layer:
    macs, flops = _operations(node, data, shapes)
    weights = sum(_size(shapes[n]) for n in node.inputs if n in fixed and n in shapes and types[n] == FLOAT)
    read = 0 if fused else sum(_size(shapes[name]) for name in data)
    written = 0 if fused else sum(_size(shapes[name]) for name in node.outputs if name)
    output = shapes[node.outputs[0]]
    return Layer(node.op, node.name or node.outputs[0], output, macs, flops, weights, read, written, fused)


def _operations(node: OnnxNode, data: List[str], shapes: Shapes) -> Tuple[int, int]:
    """MAC and FLOP of one layer. Raises ModelError for an operator that cannot be counted."""
    output = _size(shapes[node.outputs[0]])
    if node.op in ("Conv", "ConvTranspose", "MatMul", "Gemm"):
        macs = _macs(node, shapes, output)
        return macs, 2 * macs + (output if len(node.inputs) > 2 and node.inputs[2] else 0)
    if node.op in _POINTWISE or node.op in _PER_ELEMENT:
        return 0, _PER_ELEMENT.get(node.op, 1) * output
    if node.op in ("MaxPool", "AveragePool"):
        return 0, _size(node.attributes["kernel_shape"]) * output
    if node.op == "LSTM":  # W (directions, 4 hidden, in), R (directions, 4 hidden, hidden), for each step and sequence
        macs = int(np.prod(shapes[data[0]][:2])) * (_size(shapes[node.inputs[1]]) + _size(shapes[node.inputs[2]]))
        return macs, 2 * macs + 10 * output
    if node.op in _REDUCTIONS:
        return 0, _size(shapes[data[0]])
    if node.op in _MOVES:
        return 0, 0
    raise ModelError("cannot count the operator {}".format(node.op), "operators of convolutional networks")


def _macs(node: OnnxNode, shapes: Shapes, output: int) -> int:
    weight = shapes[node.inputs[1]]
    if node.op == "Conv":  # (out, in / groups, kernel...)
        return output * _size(weight[1:])
    if node.op == "ConvTranspose":  # (in, out / groups, kernel...)
        return _size(shapes[node.inputs[0]]) * _size(weight[1:])
    if node.op == "MatMul":
        return output * shapes[node.inputs[0]][-1]
    return output * int(shapes[node.inputs[0]][0 if node.attributes.get("transA") else 1])


def _size(shape: Sequence[int]) -> int:
    return int(np.prod([int(size) for size in shape], dtype=np.int64))
