"""A precision plan: which nodes of one ONNX file an FP16 engine keeps in FP32, and the evidence for it.

The precision gate writes it and the builder follows it: FP16 for the network, FP32 for the layers of the nodes named
here, with OBEY_PRECISION_CONSTRAINTS. A plan belongs to one file, by its sha256. A refused plan is written too, as a
record; :func:`for_model` never returns one.
"""

import hashlib
import json
import os
import re
from typing import Any, Dict, List, NamedTuple, Sequence, Set, Tuple

from ocr_app.core import files
from ocr_app.core.errors import ModelError, PrecisionUnavailable, ResultError
from ocr_app.networks.onnx_model import Model, OnnxNode

SCHEMA = "nano-ocr/precision-plan/1"
ACCEPTED, REFUSED = "accepted", "refused"
_NEXT = "ocr-app engine gate MODEL --out PLAN.json"
_UNNAMED = "node_of_"  # onnx-tensorrt's getNodeName (importerUtils.cpp, release/8.2): a node without a name
_SHA256 = re.compile("[0-9a-f]{64}$")


class KeptLayer(NamedTuple):
    """A node kept in FP32. ``layer``: its name in TensorRT; ``outputs``: its tensors; ``why``: the reason, as text."""

    layer: str
    op: str
    outputs: Tuple[str, ...]
    why: str


class PrecisionPlan(NamedTuple):
    """``model``: the file's name; ``nodes``: how many it has; ``reason``: of the verdict, as text.

    ``evidence``: what was run and its results (docs/reference/engines-precision.md); the builder does not read it.
    """

    model: str
    sha256: str
    nodes: int
    verdict: str
    reason: str
    fp32: Tuple[KeptLayer, ...]
    evidence: Dict[str, Any]


def layer_name(node: OnnxNode) -> str:
    """What TensorRT's parser calls the layer of a node."""
    return node.name or _UNNAMED + node.outputs[0]


def to_json(plan: PrecisionPlan) -> Dict[str, Any]:
    """The content of the file."""
    return {
        "schema": SCHEMA,
        "model": {"name": plan.model, "sha256": plan.sha256, "nodes": plan.nodes},
        "precision": "fp16",
        "constraints": "obey",
        "verdict": plan.verdict,
        "reason": plan.reason,
        "fp32": [dict(layer._asdict(), outputs=list(layer.outputs)) for layer in plan.fp32],
        "evidence": plan.evidence,
    }


def from_json(record: Any, name: str) -> PrecisionPlan:
    """Inverse of :func:`to_json`. Raises ResultError with what is wrong with the file ``name``."""
    try:
        _check(record)
        model = record["model"]
        layers = tuple(_kept_layer(layer) for layer in record["fp32"])
        return PrecisionPlan(
            str(model["name"]),
            model["sha256"],
            int(model["nodes"]),
            record["verdict"],
            str(record["reason"]),
            layers,
            dict(record["evidence"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        detail = "{} is missing".format(error) if isinstance(error, KeyError) else error
        raise ResultError("{} is not a precision plan: {}".format(name, detail), SCHEMA, _NEXT) from error


def _kept_layer(record: Any) -> KeptLayer:
    return KeptLayer(str(record["layer"]), str(record["op"]), tuple(map(str, record["outputs"])), str(record["why"]))


def _check(record: Any) -> None:
    """Raises KeyError, TypeError, ValueError."""
    if not isinstance(record, dict):
        raise TypeError("not a JSON object")
    for key, expected in (("schema", SCHEMA), ("precision", "fp16"), ("constraints", "obey")):
        if record[key] != expected:
            raise ValueError("{} is {!r}, not {!r}".format(key, record[key], expected))
    if record["verdict"] not in (ACCEPTED, REFUSED):
        raise ValueError("verdict is {!r}".format(record["verdict"]))
    if not (isinstance(record["model"]["sha256"], str) and _SHA256.match(record["model"]["sha256"])):
        raise ValueError("the model's sha256 is {!r}".format(record["model"]["sha256"]))
    for layer in record["fp32"]:
        if not (layer["layer"] and isinstance(layer["outputs"], list) and layer["outputs"]):
            raise ValueError("a layer without a name or without outputs")


def write(plan: PrecisionPlan, path: str) -> None:
    """Writes the plan, whole or not at all; folders are made. Raises BuildError when the disk is full."""
    os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
    files.write_json(path, to_json(plan))


def read(path: str) -> PrecisionPlan:
    """Raises ResultError for a file that does not exist or is not a plan."""
    try:
        with open(path, encoding="utf-8") as stream:
            record = json.load(stream)
    except (OSError, ValueError) as error:
        raise ResultError("cannot read the precision plan {}: {}".format(path, error), SCHEMA, _NEXT) from error
    return from_json(record, path)


def for_model(plan: PrecisionPlan, sha256: str) -> PrecisionPlan:
    """The plan, if engines may be built with it from the file with this sha256.

    Raises ModelError for a plan of another file, PrecisionUnavailable for a refused one.
    """
    if plan.sha256 != sha256:
        found = "the precision plan is for {} with sha256 {}".format(plan.model, plan.sha256)
        raise ModelError(found, "a plan for sha256 " + sha256, _NEXT)
    if plan.verdict != ACCEPTED:
        found = "the precision gate refused {} in FP16: {}".format(plan.model, plan.reason)
        raise PrecisionUnavailable(found, "an accepted plan, or FP32", "build it with --precision fp32")
    return plan


def digest(plan: PrecisionPlan) -> str:
    """sha256 over what an engine depends on: the file and the layers in FP32. Evidence and reasons do not count."""
    relevant = {"schema": SCHEMA, "model": plan.sha256, "fp32": sorted(layer.layer for layer in plan.fp32)}
    return hashlib.sha256(json.dumps(relevant, sort_keys=True).encode("utf-8")).hexdigest()


def kept_layers(plan: PrecisionPlan, model: Model, layers: Sequence[Tuple[str, Sequence[str]]]) -> Dict[int, KeptLayer]:
    """Which of a parsed network's layers must be FP32: index into ``layers`` -> the node it comes from.

    ``layers``: for each layer of the TensorRT network its name and its outputs' names, in order. A layer belongs to a
    kept node when it writes one of the node's tensors, or has the node's name, alone or with the ``_<number>`` that the
    parser adds to make names unique (unless another node of ``model`` has exactly that name).

    Raises ModelError when a kept node has no layer: the plan cannot be followed.
    """
    named = {layer_name(node) for node in model.nodes}
    found: Dict[int, KeptLayer] = {}
    for kept in plan.fp32:
        indices = [k for k, (name, outputs) in enumerate(layers) if _belongs(kept, name, outputs, named)]
        if not indices:
            raise ModelError(
                "no layer of the parsed network belongs to {} {}".format(kept.op, kept.layer),
                "a layer for every node that the plan keeps in FP32",
                _NEXT,
            )
        found.update((k, kept) for k in indices)
    return found


def _belongs(kept: KeptLayer, name: str, outputs: Sequence[str], named: Set[str]) -> bool:
    if name == kept.layer or set(outputs) & set(kept.outputs):
        return True
    suffixed = name.startswith(kept.layer + "_") and name[len(kept.layer) + 1 :].isdigit()
    return suffixed and name not in named


def names(plan: PrecisionPlan) -> List[str]:
    """The kept layers, each as ``operator name``."""
    return ["{} {}".format(kept.op, kept.layer) for kept in plan.fp32]
