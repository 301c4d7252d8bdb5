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

MODELS = Path(__file__).resolve().parents[4] / "ocr_app" / "data" / "models"
SHIPPED, DETECTOR = MODELS / "ppocr-v6-tiny-codes-rec.onnx", MODELS / "ppocr-v6-tiny-codes-det.onnx"


def computed(data: Any, image: np.ndarray) -> np.ndarray:
    session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    return np.asarray(session.run(None, {session.get_inputs()[0].name: image})[0])


def picture(width: int = 160) -> np.ndarray:
    return np.random.default_rng(3).uniform(-1, 1, (2, 3, 48, width)).astype(np.float32)


def saved(folder: Path, nodes: list[Any], weights: dict[str, np.ndarray], size: tuple[Any, Any] = (4, "w")) -> Path:
    graph = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["n", 2, *size])],
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


def test_the_detector_computes_the_same_and_all_its_weights_learn() -> None:
    network = TrainableGraph(DETECTOR)
    image = np.random.default_rng(4).normal(size=(1, 3, 96, 128)).astype(np.float32)
    found = network(torch.from_numpy(image))
    np.testing.assert_allclose(found.detach().numpy(), computed(str(DETECTOR), image), atol=2e-3)
    found.mean().backward()
    assert all(weight.grad is not None for weight in network.parameters())


@pytest.mark.parametrize("size", [(4, 4), (5, 7)])
@pytest.mark.parametrize("how", [{"pads": [0, 0, 1, 1]}, {"auto_pad": "SAME_UPPER"}, {}])
@pytest.mark.parametrize("stride", [1, 2])
def test_convolutions_are_padded_as_the_file_says(
    tmp_path: Path, how: dict[str, Any], stride: int, size: tuple[int, int]
) -> None:
    node = helper.make_node("Conv", ["image", "w"], ["y"], strides=[stride] * 2, dilations=[1, 1], group=1, **how)
    weights = {"w": np.arange(24).reshape(2, 2, 3, 2)}
    file = saved(tmp_path, [node], weights, size)
    image = np.random.default_rng(6).normal(size=(1, 2, *size)).astype(np.float32)
    found = TrainableGraph(file)(torch.from_numpy(image)).detach().numpy()
    np.testing.assert_allclose(found, computed(str(file), image), rtol=1e-4, atol=1e-4)


def test_maxima_enlargements_and_transposed_convolutions_are_those_of_the_file(tmp_path: Path) -> None:
    nodes = [
        helper.make_node("MaxPool", ["image"], ["a"], kernel_shape=[2, 2], strides=[1, 1], auto_pad="SAME_UPPER"),
        helper.make_node("Concat", ["a", "image"], ["b"], axis=1),
        helper.make_node(
            "Resize",
            ["b", "roi", "scales"],
            ["c"],
            mode="nearest",
            coordinate_transformation_mode="asymmetric",
            nearest_mode="floor",
        ),
        helper.make_node(
            "ConvTranspose",
            ["c", "w"],
            ["d"],
            kernel_shape=[2, 2],
            strides=[2, 2],
            pads=[0] * 4,
            dilations=[1, 1],
            group=1,
        ),
        helper.make_node("GlobalAveragePool", ["d"], ["e"]),
        helper.make_node("Mul", ["d", "e"], ["f"]),
        helper.make_node("Sigmoid", ["f"], ["y"]),
    ]
    weights = {"roi": np.zeros(0), "scales": np.array([1, 1, 2, 4]), "w": np.arange(32).reshape(4, 2, 2, 2) / 32}
    file = saved(tmp_path, nodes, weights)
    image = np.random.default_rng(7).normal(size=(1, 2, 4, 6)).astype(np.float32)
    network = TrainableGraph(file)
    np.testing.assert_allclose(network(torch.from_numpy(image)).detach().numpy(), computed(str(file), image), atol=1e-5)
    assert [name for name, _ in network.named_parameters()] == ["w"]  # scales are no weights


REFUSED = {
    "more than two places": (
        "MaxPool",
        ["image"],
        {"kernel_shape": [3, 3], "strides": [1, 1], "auto_pad": "SAME_UPPER"},
    ),
    "other places": ("MaxPool", ["image"], {"kernel_shape": [2, 2], "strides": [2, 2]}),
    "repeating what is there": ("Resize", ["image", "roi", "scales"], {"mode": "linear"}),
    "padding or holes": (
        "ConvTranspose",
        ["image", "w"],
        {"kernel_shape": [2, 2], "strides": [2, 2], "pads": [1] * 4, "dilations": [1, 1], "group": 1},
    ),
}


@pytest.mark.parametrize("words", sorted(REFUSED))
def test_other_forms_of_operators_are_refused(tmp_path: Path, words: str) -> None:
    kind, inputs, attributes = REFUSED[words]
    plain = {"coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"} if kind == "Resize" else {}
    weights = {"roi": np.zeros(0), "scales": np.array([1, 1, 2, 2]), "w": np.ones((2, 2, 2, 2))}
    node = helper.make_node(kind, inputs, ["y"], **plain, **attributes)
    network = TrainableGraph(saved(tmp_path, [node], {name: weights[name] for name in inputs[1:]}))
    with pytest.raises(GraphError, match=words):
        network(torch.zeros(1, 2, 4, 4))


def test_an_enlargement_by_a_fraction_is_refused(tmp_path: Path) -> None:
    form = {"mode": "nearest", "coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}
    node = helper.make_node("Resize", ["image", "roi", "scales"], ["y"], **form)
    network = TrainableGraph(saved(tmp_path, [node], {"roi": np.zeros(0), "scales": np.array([1, 1, 1.5, 2])}))
    with pytest.raises(GraphError, match="by a fraction"):
        network(torch.zeros(1, 2, 4, 4))
