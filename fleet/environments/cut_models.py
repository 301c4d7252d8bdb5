"""Cuts PaddleOCR's published networks to what codes need, for the package (ocr_app/data/models).

A recogniser of PP-OCRv6 has thousands of classes. Only those of printable characters are kept, and the softmax is left
out: the network ends in logits, so that the softmax is over the classes that are left. Every network is written at
opset 13, without copies of tensors and without what no output needs. Its large weights are stored in half precision,
and a Cast that ONNX Runtime folds when it loads the file gives them back as float32. The same bytes in give the same
bytes out.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fleet.core.errors import ArtefactError
from fleet.core.files import ROOT, write_whole
from fleet.core.toml import load_toml
from fleet.environments import model_files
from ocr_app.core.errors import OcrError
from ocr_app.export import network_specs
from ocr_app.export.normal_form import normalised
from ocr_app.networks import onnx_model, rewriting
from ocr_app.networks.onnx_model import FLOAT, Model, OnnxNode

log = logging.getLogger(__name__)

DATA = Path(__file__).with_name("cut_models.toml")
PACKAGED = ROOT / "ocr_app" / "data" / "models"
CATALOGUE = ROOT / "ocr_app" / "data" / "ppocr.json"
STARTS = ROOT / "build" / "tuning"
OPSET = 13  # the newest that TensorRT 8.2.1 parses
STORED = ".half"  # ends the name of a weight that is stored in half precision
_FEWEST = 1024  # elements; smaller tensors (biases, statistics, scales) stay float32
_AXES_BECOME_INPUT = ("Squeeze", "Unsqueeze")
_SAME_FROM_11_TO_13 = {
    "Add", "AveragePool", "BatchNormalization", "Concat", "Conv", "ConvTranspose", "Div", "Erf", "GlobalAveragePool",
    "HardSigmoid", "Identity", "MatMul", "MaxPool", "Mul", "Pow", "ReduceMean", "Relu", "Reshape", "Resize", "Shape",
    "Sigmoid", "Slice", "Sqrt", "Sub", "Transpose",
}  # fmt: skip
"""ONNX Changelog.md: opsets 12 and 13 gave these more element types; for floats, nothing else changed."""


@dataclass(frozen=True)
class Cut:
    """One network of cut_models.toml; ``characters`` is empty for a detector.

    ``tuned``: the package has it fine-tuned, so that what is cut is only where the training begins.
    """

    network: str
    source: str
    model: str
    part: str
    characters: str = ""
    tuned: bool = False


def cuts() -> list[Cut]:
    """The networks to cut, in the order of the table."""
    return [Cut(**record) for record in load_toml(DATA)["cut"]]


def main(
    folder: Path = model_files.MODELS, into: Path = PACKAGED, catalogue: Path = CATALOGUE, starts: Path = STARTS
) -> int:
    """`./inv models --cut`: make the networks of the package again, and register their size and sha256.

    What is fine-tuned is written into ``starts``, for the training to begin with, and not into the package.
    """
    catalogued = json.loads(catalogue.read_text(encoding="utf-8"))
    for cut in cuts():
        if cut.tuned:
            start = starts / f"{cut.network}.onnx"
            write_whole(start, _made(cut, folder))
            log.info("%s: training begins with it (training/tuning)", start)
            continue
        record = catalogued["models"][cut.model][cut.part]
        data = _made(cut, folder)
        write_whole(into / record["file"], data)
        record.update(sha256=hashlib.sha256(data).hexdigest(), size=len(data))
        log.info("%s: %s bytes, sha256 %s", record["file"], f"{len(data):,}", record["sha256"])
    write_whole(catalogue, json.dumps(catalogued, indent=2) + "\n")
    return 0


def _made(cut: Cut, folder: Path) -> bytes:
    try:
        return made(cut, folder)
    except OcrError as error:
        raise ArtefactError(f"{cut.source}: {error.found}", error.expected, "./inv models") from error


def made(cut: Cut, folder: Path = model_files.MODELS, half: bool = True) -> bytes:
    """The bytes of one network; ``half``: with its large weights stored in half precision.

    Raises ArtefactError without the published file, ModelError for an unexpected one.
    """
    source = _read(folder / cut.source)
    metadata = {"origin": f"{cut.source} sha256:{hashlib.sha256(source).hexdigest()}", "licence": "Apache-2.0"}
    model = onnx_model.loads(source, cut.source)
    if cut.characters:
        classes = ["", *kept_characters()]
        model = with_classes(model, indices_of(classes, published_classes(cut.characters, model, folder)))
        metadata["characters"] = json.dumps(classes)
    data = normalised(at_opset_13(model), network_specs.select([cut.network])[0], metadata)
    return with_half_weights(onnx_model.loads(data, cut.network)) if half else data


def kept_characters() -> list[str]:
    """The characters that a cut recogniser keeps, by class from 1."""
    return list(load_toml(DATA)["keep"])


def published_characters(cut: Cut, folder: Path = model_files.MODELS) -> list[str]:
    """The characters of the published recogniser, by class. Raises ArtefactError, ModelError."""
    return published_classes(cut.characters, onnx_model.loads(_read(folder / cut.source), cut.source), folder)


def _read(path: Path) -> bytes:
    if not path.is_file():
        raise ArtefactError(f"{path.name} is not there", "the published file", "./inv models")
    return path.read_bytes()


def published_classes(source: str, model: Model, folder: Path) -> list[str]:
    """The characters of a published recogniser by class: "" for the blank, its list, and the space."""
    text = model.metadata["character"] if source == "metadata" else _read(folder / source).decode("utf-8")
    return ["", *text.replace("\r\n", "\n").removesuffix("\n").split("\n"), " "]


def indices_of(classes: Sequence[str], published: Sequence[str]) -> list[int]:
    """The published class of each character. Raises ArtefactError for one that the network does not know."""
    absent = [character for character in classes if character not in published]
    if absent or published[0] != "":
        raise ArtefactError(f"the network has no classes for {absent}", "the blank as class 0, and every character")
    return [published.index(character) for character in classes]


def with_classes(model: Model, classes: Sequence[int]) -> Model:
    """The recogniser with only these classes, in this order, ending in their logits, without its list of characters.

    Raises ArtefactError unless the network ends in MatMul, Add and Softmax over the classes.
    """
    matmul, add, last = _head(model)
    kept = {matmul.inputs[1]: 1, add.inputs[1]: 0}  # the axis of the classes
    helper = onnx_model.library().numpy_helper
    changed = rewriting.copy_of(model)
    for own in changed.graph.initializer:
        if own.name in kept:
            array = model.initializers[own.name].array
            own.CopyFrom(helper.from_array(np.ascontiguousarray(array.take(classes, axis=kept[own.name])), own.name))
    before = [node.proto for node in itertools.takewhile(lambda node: node is not add, model.nodes)]
    del changed.graph.node[:]
    changed.graph.node.extend([*before, rewriting.renamed(add, add.inputs, last.outputs)])
    del changed.metadata_props[:]
    return onnx_model.loads(changed.SerializeToString())


def _head(model: Model) -> tuple[OnnxNode, OnnxNode, OnnxNode]:
    """The last MatMul and Add with their weights, and the Softmax behind them; copies in between are passed."""
    makers = {name: node for node in model.nodes for name in node.outputs}
    found = [makers[model.outputs[0]]]
    while len(found) < 3 and found[-1].inputs[0] in makers:
        maker = makers[found[-1].inputs[0]]
        while maker.op == "Identity":
            maker = makers[maker.inputs[0]]
        found.append(maker)
    last, add, matmul = found if len(found) == 3 else (found[0], found[0], found[0])
    if [matmul.op, add.op, last.op] != ["MatMul", "Add", "Softmax"]:
        raise ArtefactError(f"the network ends in {matmul.op}, {add.op}, {last.op}", "MatMul, Add, Softmax")
    return matmul, add, last


def at_opset_13(model: Model) -> bytes:
    """The model's bytes at opset 13, if it has 11 to 13; 14 stays, :mod:`ocr_app.export.normal_form` lowers it.

    Raises ArtefactError for an operator whose meaning changed between 11 and 13 and that is not rewritten here.
    """
    if model.opset not in range(11, OPSET):
        return rewriting.with_nodes(model, [node.proto for node in model.nodes])
    others = {node.op for node in model.nodes} - _SAME_FROM_11_TO_13 - {*_AXES_BECOME_INPUT, "Softmax", "Constant"}
    if others:
        raise ArtefactError(f"{', '.join(sorted(others))} at opset {model.opset}", "operators that opset 13 left alone")
    changed = rewriting.copy_of(model)
    helper = onnx_model.library().numpy_helper
    for own, node in zip(changed.graph.node, model.nodes, strict=True):
        if node.op in _AXES_BECOME_INPUT:
            axes = np.array(node.attributes["axes"], np.int64)
            name = f"axes.{'.'.join(map(str, axes))}"
            if name not in {tensor.name for tensor in changed.graph.initializer}:
                changed.graph.initializer.append(helper.from_array(axes, name))
            del own.attribute[:]
            own.input.append(name)
    del changed.opset_import[:]
    changed.opset_import.add(domain="", version=OPSET)
    return bytes(changed.SerializeToString())


def with_half_weights(model: Model) -> bytes:
    """The model's bytes with its large weights in half precision, each with the Cast that makes it float32.

    Raises ArtefactError for a weight beyond the range of a half.
    """
    helper = onnx_model.library().numpy_helper
    large = {name for name, own in model.initializers.items() if own.data_type == FLOAT and own.array.size >= _FEWEST}
    changed = rewriting.copy_of(model)
    for own in changed.graph.initializer:
        if own.name in large:
            with np.errstate(over="ignore"):
                half = model.initializers[own.name].array.astype(np.float16)
            if not np.isfinite(half).all():
                raise ArtefactError(f"{own.name} has weights beyond the range of a half", "weights below 65504")
            own.CopyFrom(helper.from_array(half, own.name + STORED))
    casts = [rewriting.make_node("Cast", [name + STORED], [name], to=FLOAT) for name in sorted(large)]
    del changed.graph.node[:]
    changed.graph.node.extend([*casts, *(node.proto for node in model.nodes)])
    return bytes(changed.SerializeToString())
