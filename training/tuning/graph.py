"""An ONNX graph as a torch module whose weights can be trained, and the way back into the same file.

Only the operators of the published networks are known. A batch normalisation keeps its statistics, for they come
from far more pictures than a fine-tuning sees, and learns its scale and shift. The steps of a GELU are computed as one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import sqrt
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn
from torch.nn import functional

HALF = ".half"  # ends the name of a weight that the file stores in half precision (fleet.environments.cut_models)
_ROOT = sqrt(2.0)


_SETTINGS = {"BatchNormalization": 3, "Resize": 1}  # inputs from this one on are no weights


class GraphError(RuntimeError):
    """The graph has an operator, or a form of one, that cannot be trained here."""


class TrainableGraph(nn.Module):
    """The network of an ONNX file with one input and one output; it computes what the file computes."""

    def __init__(self, file: Path) -> None:
        """Read a file. Raises GraphError for an operator that is not known."""
        super().__init__()
        self.model = onnx.load(str(file))
        graph = self.model.graph
        values = {entry.name: numpy_helper.to_array(entry) for entry in graph.initializer}
        casts = {node.output[0]: node.input[0] for node in graph.node if node.op_type == "Cast"}
        for name, stored in casts.items():
            values[name] = values.pop(stored).astype(np.float32)
        self._input, self._output = graph.input[0].name, graph.output[0].name
        self._nodes = [node for node in graph.node if node.op_type != "Cast"]
        unknown = sorted({node.op_type for node in self._nodes} - set(_OPERATORS))
        if unknown:
            raise GraphError(f"{file.name}: no way to train {', '.join(unknown)}")
        self._constants = {name: value for name, value in values.items() if value.dtype != np.float32}
        fixed = {
            name for node in self._nodes if node.op_type in _SETTINGS for name in node.input[_SETTINGS[node.op_type] :]
        }
        self.keys: dict[str, str] = {}
        for name, value in values.items():
            if name in self._constants:
                continue
            key = name.replace(".", "_")
            key = self.keys[name] = f"weight_{key}" if hasattr(self, key) else key
            tensor = torch.from_numpy(np.array(value))
            if name in fixed or value.size == 1:
                self.register_buffer(key, tensor)
            else:
                self.register_parameter(key, nn.Parameter(tensor))
        self._gelus = _gelus(self._nodes, values)

    def forward(self, image: Tensor) -> Tensor:
        """What the file computes of its input."""
        seen: dict[str, Any] = {self._input: image, **self._constants}
        seen.update({name: getattr(self, key) for name, key in self.keys.items()})
        inside = {step for gelu in self._gelus.values() for step in gelu.steps}
        for node in self._nodes:
            target = node.output[0]
            if target in self._gelus:
                seen[target] = functional.gelu(seen[self._gelus[target].source])
            elif target not in inside:
                attributes = {entry.name: onnx.helper.get_attribute_value(entry) for entry in node.attribute}
                seen[target] = _OPERATORS[node.op_type]([seen[name] for name in node.input], attributes)
        return seen[self._output]  # type: ignore[no-any-return]

    def written(self, metadata: dict[str, str]) -> bytes:
        """The file with the present weights, stored as precisely as before, and with ``metadata`` added."""
        changed = onnx.ModelProto()
        changed.CopyFrom(self.model)
        state = {name: value.detach().cpu().numpy() for name, value in self.state_dict().items()}
        for entry in changed.graph.initializer:
            key = self.keys.get(entry.name.removesuffix(HALF))
            if key is not None:
                kind = numpy_helper.to_array(entry).dtype
                entry.CopyFrom(numpy_helper.from_array(state[key].astype(kind), entry.name))
        known = {entry.key: entry.value for entry in changed.metadata_props}
        onnx.helper.set_model_props(changed, {**known, **metadata})
        onnx.checker.check_model(changed)
        return bytes(changed.SerializeToString())


class Gelu(NamedTuple):
    """A GELU in a graph: the name of its input, and those of the outputs of its steps but the last."""

    source: str
    steps: tuple[str, ...]


def _gelus(nodes: Sequence[Any], values: dict[str, Any]) -> dict[str, Gelu]:
    """The GELUs x / sqrt(2) -> Erf -> + 1 -> * x -> * 0.5, by the name of their output. Raises GraphError."""
    readers: dict[str, list[Any]] = {}
    for node in nodes:
        for name in node.input:
            readers.setdefault(name, []).append(node)

    def only_reader(node: Any, kind: str) -> Any:
        after = readers.get(node.output[0], [])
        return after[0] if len(after) == 1 and after[0].op_type == kind else None

    found: dict[str, Gelu] = {}
    for division in (node for node in nodes if node.op_type == "Div"):
        chain = [division]
        for kind in ("Erf", "Add", "Mul", "Mul"):
            following = only_reader(chain[-1], kind)
            if following is None:
                raise GraphError(f"{division.name or division.output[0]}: a division outside a GELU")
            chain.append(following)
        source = division.input[0]
        constants = [_constant(node, values) for node in (division, chain[2], chain[4])]
        if source not in chain[3].input or not np.allclose(constants, (_ROOT, 1.0, 0.5), atol=1e-4):
            raise GraphError(f"{division.name or division.output[0]}: not the steps of a GELU")
        found[chain[-1].output[0]] = Gelu(source, tuple(node.output[0] for node in chain[:-1]))
    return found


def _constant(node: Any, values: dict[str, Any]) -> float:
    found = [values[name] for name in node.input if name in values]
    return float(found[0].item()) if len(found) == 1 and found[0].size == 1 else float("nan")


def _convolution(x: Sequence[Tensor], attributes: dict[str, Any]) -> Tensor:
    image, strides, dilations = x[0], attributes["strides"], attributes["dilations"]
    if attributes.get("auto_pad") == b"SAME_UPPER":
        top, left, bottom, right = _same_upper(image.shape[2:], x[1].shape[2:], strides, dilations)
    else:
        top, left, bottom, right = attributes.get("pads", (0, 0, 0, 0))
    if (top, left) != (bottom, right):
        image, top, left = functional.pad(image, (left, right, top, bottom)), 0, 0
    bias = x[2] if len(x) > 2 else None
    return functional.conv2d(image, x[1], bias, strides, (top, left), dilations, attributes["group"])


def _same_upper(
    size: Sequence[int], kernel: Sequence[int], strides: Sequence[int], dilations: Sequence[int]
) -> tuple[int, int, int, int]:
    """The padding (top, left, bottom, right) that keeps size / stride, the odd row and column at the end."""
    each = zip(size, kernel, strides, dilations, strict=True)
    sides = [max(0, (-(-length // step) - 1) * step + (k - 1) * hole + 1 - length) for length, k, step, hole in each]
    return sides[0] // 2, sides[1] // 2, sides[0] - sides[0] // 2, sides[1] - sides[1] // 2


def _normalisation(x: Sequence[Tensor], attributes: dict[str, Any]) -> Tensor:
    scale = x[1] * torch.rsqrt(x[4] + attributes["epsilon"])
    shape = (1, -1, *([1] * (x[0].ndim - 2)))
    return x[0] * scale.reshape(shape) + (x[2] - x[3] * scale).reshape(shape)


def _mean(x: Sequence[Tensor], attributes: dict[str, Any]) -> Tensor:
    return x[0].mean(dim=tuple(attributes["axes"]), keepdim=bool(attributes.get("keepdims", 1)))


def _pool(x: Sequence[Tensor], attributes: dict[str, Any]) -> Tensor:
    if any(attributes["pads"]) or attributes.get("ceil_mode"):
        raise GraphError("an average pool with padding")
    return functional.avg_pool2d(x[0], attributes["kernel_shape"], attributes["strides"])


def _largest(x: Sequence[Tensor], attributes: dict[str, Any]) -> Tensor:
    kernel, strides = attributes["kernel_shape"], attributes["strides"]
    if attributes.get("auto_pad") != b"SAME_UPPER" or any(stride != 1 for stride in strides):
        raise GraphError("a maximum over other places than those from each one on")
    below, right = kernel[0] - 1, kernel[1] - 1
    if below > 1 or right > 1:
        raise GraphError("a maximum over more than two places")
    padded = functional.pad(x[0], (0, right, 0, below), value=float("-inf"))
    return functional.max_pool2d(padded, kernel, 1)


def _nearest(x: Sequence[Any], attributes: dict[str, Any]) -> Tensor:
    form = (attributes["mode"], attributes["coordinate_transformation_mode"], attributes["nearest_mode"])
    factors = [float(factor) for factor in x[2]]
    if form != (b"nearest", b"asymmetric", b"floor") or factors[:2] != [1.0, 1.0]:
        raise GraphError("an enlargement other than by repeating what is there")
    if any(factor != int(factor) for factor in factors):
        raise GraphError("an enlargement by a fraction")
    return x[0].repeat_interleave(int(factors[2]), 2).repeat_interleave(int(factors[3]), 3)


def _transposed(x: Sequence[Tensor], attributes: dict[str, Any]) -> Tensor:
    plain = not any(attributes["pads"]) and not any(attributes.get("output_padding", ()))
    if not plain or attributes["dilations"] != [1, 1]:
        raise GraphError("a transposed convolution with padding or holes")
    bias = x[2] if len(x) > 2 else None
    return functional.conv_transpose2d(x[0], x[1], bias, attributes["strides"], groups=attributes["group"])


def _squeeze(x: Sequence[Any], attributes: dict[str, Any]) -> Tensor:
    return x[0].squeeze(*(int(axis) for axis in x[1]))  # type: ignore[no-any-return]


def _unsqueeze(x: Sequence[Any], attributes: dict[str, Any]) -> Tensor:
    return x[0].unsqueeze(*(int(axis) for axis in x[1]))  # type: ignore[no-any-return]


_OPERATORS: dict[str, Callable[[Sequence[Any], dict[str, Any]], Tensor]] = {
    "Add": lambda x, _: x[0] + x[1],
    "AveragePool": _pool,
    "BatchNormalization": _normalisation,
    "Concat": lambda x, a: torch.cat(list(x), dim=a["axis"]),
    "Conv": _convolution,
    "ConvTranspose": _transposed,
    "Div": lambda x, _: x[0] / x[1],
    "Erf": lambda x, _: torch.erf(x[0]),
    "GlobalAveragePool": lambda x, _: x[0].mean(dim=(2, 3), keepdim=True),
    "HardSigmoid": lambda x, a: torch.clamp(a["alpha"] * x[0] + a["beta"], 0.0, 1.0),
    "MatMul": lambda x, _: x[0] @ x[1],
    "MaxPool": _largest,
    "Mul": lambda x, _: x[0] * x[1],
    "ReduceMean": _mean,
    "Relu": lambda x, _: functional.relu(x[0]),
    "Resize": _nearest,
    "Sigmoid": lambda x, _: torch.sigmoid(x[0]),
    "Squeeze": _squeeze,
    "Transpose": lambda x, a: x[0].permute(*a["perm"]),
    "Unsqueeze": _unsqueeze,
}
