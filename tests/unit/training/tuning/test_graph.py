"""An ONNX graph as a torch module: it computes what the file computes, learns, and goes back into the same form."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch", reason="this is not the environment for training: no torch here")
pytest.importorskip("onnx", reason="this is not the environment for training: no onnx here")

import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper

from training.tuning.graph import HALF, GraphError, TrainableGraph

SHIPPED = Path(__file__).resolve().parents[4] / "ocr_app" / "data" / "models" / "ppocr-v6-tiny-codes-rec.onnx"


def computed(data: Any, image: np.ndarray) -> np.ndarray:
    session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    return np.asarray(session.run(None, {session.get_inputs()[0].name: image})[0])


def picture(width: int = 160) -> np.ndarray:
    return np.random.default_rng(3).uniform(-1, 1, (2, 3, 48, width)).astype(np.float32)


def saved(folder: Path, nodes: list[Any], weights: dict[str, np.ndarray]) -> Path:
    graph = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["n", 2, 4, "w"])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(np.asarray(array, np.float32), name) for name, array in weights.items()],
    )
    file = folder / "network.onnx"
    onnx.save(helper.make_model(graph, ir_version=7, opset_imports=[helper.make_opsetid("", 13)]), str(file))
    return file


def gelu(middle: float = 1.0) -> tuple[list[Any], dict[str, Any]]:
    nodes = [
        helper.make_node("Div", ["image", "root"], ["a"]),
        helper.make_node("Erf", ["a"], ["b"]),
        helper.make_node("Add", ["b", "one"], ["c"]),
        helper.make_node("Mul", ["image", "c"], ["d"]),
        helper.make_node("Mul", ["d", "half"], ["y"]),
    ]
    return nodes, {"root": np.sqrt(2.0), "one": middle, "half": 0.5}


def test_the_shipped_network_computes_the_same_and_all_its_weights_learn() -> None:
    network = TrainableGraph(SHIPPED)
    image = picture()
    found = network(torch.from_numpy(image))
    np.testing.assert_allclose(found.detach().numpy(), computed(str(SHIPPED), image), atol=5e-3)
    found.square().mean().backward()
    assert all(weight.grad is not None and bool(weight.grad.any()) for weight in network.parameters())


def test_statistics_of_normalisations_and_single_numbers_stay() -> None:
    network = TrainableGraph(SHIPPED)
    learning = {name for name, _ in network.named_parameters()}
    norms = [node for node in network.model.graph.node if node.op_type == "BatchNormalization"]
    assert norms and all(network.keys[name] not in learning for node in norms for name in node.input[3:])
    assert all(network.keys[name] in learning for node in norms for name in node.input[1:3])
    assert all(value.numel() > 1 for value in network.parameters())


def test_changed_weights_are_written_in_the_form_of_the_file() -> None:
    network = TrainableGraph(SHIPPED)
    with torch.no_grad():
        for weight in network.parameters():
            weight.mul_(1.01)
    data = network.written({"training": "{}"})
    image = picture()
    np.testing.assert_allclose(computed(data, image), network(torch.from_numpy(image)).detach().numpy(), atol=0.1)
    before, after = onnx.load(str(SHIPPED)), onnx.load(io.BytesIO(data))
    assert [node.op_type for node in before.graph.node] == [node.op_type for node in after.graph.node]
    kinds = [[(entry.name, entry.data_type) for entry in each.graph.initializer] for each in (before, after)]
    assert kinds[0] == kinds[1] and any(name.endswith(HALF) for name, _ in kinds[0])
    assert {"characters", "training"} <= {entry.key for entry in after.metadata_props}


def test_the_steps_of_a_gelu_are_one(tmp_path: Path) -> None:
    file = saved(tmp_path, *gelu())
    image = np.random.default_rng(5).normal(size=(1, 2, 4, 6)).astype(np.float32)
    found = TrainableGraph(file)(torch.from_numpy(image)).detach().numpy()
    np.testing.assert_allclose(found, computed(str(file), image), atol=1e-6)


def test_what_only_looks_like_a_gelu_is_refused(tmp_path: Path) -> None:
    with pytest.raises(GraphError, match="not the steps of a GELU"):
        TrainableGraph(saved(tmp_path, *gelu(middle=2.0)))
    nodes, weights = gelu()
    with pytest.raises(GraphError, match="a division outside a GELU"):
        TrainableGraph(saved(tmp_path, [helper.make_node("Div", ["image", "root"], ["y"])], weights))
    assert nodes


def test_an_unknown_operator_is_named(tmp_path: Path) -> None:
    with pytest.raises(GraphError, match="no way to train Softmax"):
        TrainableGraph(saved(tmp_path, [helper.make_node("Softmax", ["image"], ["y"])], {}))


def test_uneven_padding_is_refused(tmp_path: Path) -> None:
    node = helper.make_node("Conv", ["image", "w"], ["y"], pads=[0, 0, 1, 1], strides=[1, 1], dilations=[1, 1], group=1)
    network = TrainableGraph(saved(tmp_path, [node], {"w": np.ones((2, 2, 2, 2))}))
    with pytest.raises(GraphError, match="uneven padding"):
        network(torch.zeros(1, 2, 4, 4))
