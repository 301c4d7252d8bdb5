"""Memory that an engine needs at one input shape: weights, and the activations that are alive at the same time.

A tensor is alive from the node that writes it to the last node that reads it. Views, and pointwise layers that are the
only reader of their input, write in place, as an engine does. Workspace, libraries and the rest of the board are data
with sources (data/tensorrt-8.2.1.json). This is an estimate that refuses what cannot fit, not a measurement.
"""

from typing import Any, Dict, List, NamedTuple, Optional, Sequence, Set, Tuple

import numpy as np

from ocr_app.networks import count
from ocr_app.networks.count import Count, Shapes
from ocr_app.networks.graph import constants, element_types
from ocr_app.networks.onnx_model import FLOAT, Model, OnnxNode
from ocr_app.networks.roofline import BYTES

MIB = float(1 << 20)


class Memory(NamedTuple):
    """Bytes. ``peak_at``: the node with the most memory in use. ``build``: FP32 weights twice, FP32 activations."""

    weights: int
    activations: int
    peak_at: str
    inputs_outputs: int
    run: int
    build: int
    budget: int

    @property
    def fits(self) -> bool:
        """Whether running and building stay within the budget."""
        return max(self.run, self.build) <= self.budget


def estimate(model: Model, shapes: Shapes, counts: Count, precision: str, rules: Dict[str, Any]) -> Memory:
    """The estimate at observed shapes."""
    size, board = BYTES[precision], rules["memory"]
    workspace = int(board["workspace_mib"] * MIB)
    elements, peak_at = peak(model, shapes)
    bound = [value.name for value in model.inputs] + list(model.outputs)
    edges = BYTES["fp32"] * sum(_elements(shapes[name]) for name in bound if name in shapes)
    weights = counts.parameters
    return Memory(
        size * weights,
        size * elements,
        peak_at,
        edges,
        size * (weights + elements) + edges + workspace,
        BYTES["fp32"] * (2 * weights + elements) + edges + workspace,
        int((board["total_mib"] - board["reserve_mib"]) * MIB),
    )


def peak(model: Model, shapes: Shapes) -> Tuple[int, str]:
    """The most float elements alive at the same time, and the node at which that is."""
    types, fixed = element_types(model), constants(model)
    nodes = [node for node in model.nodes if types[node.outputs[0]] == FLOAT and node.outputs[0] not in fixed]
    home = _homes(model, nodes, fixed)
    last = _last_uses(model, nodes, home)
    alive: Dict[str, int] = {value.name: _elements(shapes[value.name]) for value in model.inputs}
    most, where = sum(alive.values()), "input"
    for position, node in enumerate(nodes):
        for name in node.outputs:
            if name in shapes:
                alive[home.get(name, name)] = max(_elements(shapes[name]), alive.get(home.get(name, name), 0))
        if sum(alive.values()) > most:
            most, where = sum(alive.values()), node.name or node.outputs[0]
        alive = {name: size for name, size in alive.items() if last.get(name, -1) > position}
    return most, where


def _homes(model: Model, nodes: Sequence[OnnxNode], fixed: Set[str]) -> Dict[str, str]:
    """For each tensor, the tensor whose memory it uses: itself, or the one that it is computed from in place."""
    alone, home = count.used_once(model), {value.name: value.name for value in model.inputs}
    for node in nodes:
        data = [name for name in node.inputs if name and name not in fixed and name in home]
        in_place = count.is_view(node) or (count.is_pointwise(node) and len(data) == 1 and data[0] in alone)
        for name in node.outputs:
            home[name] = home[data[0]] if in_place and data else name
    return home


def _last_uses(model: Model, nodes: Sequence[OnnxNode], home: Dict[str, str]) -> Dict[str, int]:
    last: Dict[str, int] = {}
    for position, node in enumerate(nodes):
        for name in node.inputs:
            if name in home:
                last[home[name]] = position
    last.update((home[name], len(nodes)) for name in model.outputs if name in home)
    return last


def _elements(shape: Sequence[int]) -> int:
    return int(np.prod([int(size) for size in shape], dtype=np.int64))


def format_cells(memory: Optional[Memory]) -> List[str]:
    """Cells of a table, in MiB: weights, activations, running, building, budget."""
    if memory is None:
        return ["-"] * 5
    sizes = (memory.weights, memory.activations, memory.run, memory.build, memory.budget)
    return ["{:.0f}".format(size / MIB) for size in sizes]
