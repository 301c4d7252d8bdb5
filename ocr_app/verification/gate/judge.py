"""The precision gate: what FP16 does to the texts of a network, and the plan that keeps the texts unchanged.

The calibration images are read with every tensor rounded to half precision, and again with the sums behind means
rounded too (:data:`ocr_app.verification.gate.rounding.ARITHMETICS`). Where a text changes, the gate searches for the
fewest nodes that restore it when they stay in FP32 (:mod:`ocr_app.verification.gate.search`). A plan is accepted only
if, with it, no text of the calibration changes in either arithmetic.
"""

import time
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

from ocr_app.core import model_files
from ocr_app.core.errors import UsageError
from ocr_app.networks import onnx_model, onnx_runtime
from ocr_app.networks.onnx_model import Model
from ocr_app.verification import precision_plan as plans
from ocr_app.verification import text_comparison
from ocr_app.verification.calibration import Calibration
from ocr_app.verification.calibration_reader import CalibrationReader
from ocr_app.verification.gate.rounding import ARITHMETICS, LayerError, judged_nodes
from ocr_app.verification.gate.search import NodeSet, Search, SearchResult, find
from ocr_app.verification.precision_plan import ACCEPTED, REFUSED, KeptLayer, PrecisionPlan
from ocr_app.verification.subjects import Subject

TRIALS = 80
"""The most sets of nodes that a search tries."""
_SHOWN = 12  # layers of each arithmetic that a report names in addition to those that overflow
_SHOWN_OVERFLOWING = 40
_SHOWN_CHANGES = 20

Changes = Dict[str, List[Tuple[int, str]]]
"""By arithmetic: the items whose text changes, and their new text."""


def judge(
    subject: Subject,
    calibration: Calibration,
    trials: int = TRIALS,
    with_texts: bool = True,
    report: Callable[[str], Any] = lambda message: None,
) -> PrecisionPlan:
    """The plan of one network, accepted or refused. ``report`` receives progress messages.

    Raises ModelError for a file that is not a model, UsageError if the reader reads no text on the calibration.
    """
    reader = CalibrationReader(subject, calibration.items)
    try:
        return _judge(reader, calibration, trials, with_texts, report)
    finally:
        reader.close()


def _judge(
    reader: CalibrationReader,
    calibration: Calibration,
    trials: int,
    with_texts: bool,
    report: Callable[[str], Any],
) -> PrecisionPlan:
    started, subject = time.time(), reader.subject
    model = onnx_model.load(subject.path)
    search = Search(reader, model, _reference(reader), trials, report)
    all_fp16 = _changes(search, frozenset())
    for arithmetic, changes in all_fp16.items():
        search.note(arithmetic, [index for index, _ in changes])
        report("{}: {} of {} texts change".format(arithmetic, len(changes), len(search.reference)))
    layers = {arithmetic: search.layers(frozenset(), arithmetic) for arithmetic in search.arithmetics}
    result = find(search) if any(all_fp16.values()) else SearchResult(frozenset(), True, 0)
    kept = result.kept or frozenset()
    with_plan = _changes(search, kept) if kept else all_fp16
    evidence = _evidence(reader, calibration, search.reference, all_fp16, with_plan)
    seconds = round(time.time() - started, 1)
    evidence["search"] = {"trials": result.trials, "complete": result.complete, "seconds": seconds}
    evidence["layers"] = {each: _shown(errors) for each, errors in layers.items()}
    evidence["changes"] = _change_list(all_fp16, search.reference, calibration, with_texts)
    verdict, reason = _verdict(result, with_plan, all_fp16, len(judged_nodes(model)))
    nodes = _kept_layers(model, kept, layers) if verdict == ACCEPTED else ()
    return PrecisionPlan(
        subject.name, model_files.sha256_of(subject.path), len(model.nodes), verdict, reason, nodes, evidence
    )


def _reference(reader: CalibrationReader) -> List[str]:
    """What the network reads in FP32. Raises UsageError where that is nothing at all."""
    reference = reader.texts()
    if not any(reference):
        found = "{} reads nothing on the calibration in FP32".format(reader.subject.reader)
        raise UsageError(found, "crops for a recogniser, frames for a detector", "--calibration")
    return reference


def _evidence(
    reader: CalibrationReader,
    calibration: Calibration,
    reference: Sequence[str],
    all_fp16: Changes,
    with_plan: Changes,
) -> Dict[str, Any]:
    """Accuracy in FP32, with everything in FP16, and with the plan."""
    return {
        "reader": str(reader.subject.reader),
        "role": reader.subject.role,
        "runtime": "onnxruntime " + onnx_runtime.version(),
        "sets": list(calibration.sets),
        "items": len(reference),
        "fp32": _score(reference, calibration),
        "fp16": {each: _entry(changes, reference, calibration) for each, changes in all_fp16.items()},
        "plan": {each: _entry(changes, reference, calibration) for each, changes in with_plan.items()},
    }


def _changes(search: Search, kept: NodeSet) -> Changes:
    return {arithmetic: search.changed(kept, arithmetic) for arithmetic in search.arithmetics}


def _verdict(result: SearchResult, with_plan: Changes, all_fp16: Changes, judged: int) -> Tuple[str, str]:
    if result.kept is None or any(with_plan.values()):
        cut = "" if result.complete else " in {} trials".format(result.trials)
        return REFUSED, "texts change, and no set of layers was found{} that keeps them".format(cut)
    if not result.kept:
        return ACCEPTED, "no text changes with everything in FP16"
    if len(result.kept) >= judged:
        return REFUSED, "texts stay the same only with every layer in FP32"
    reason = "{} texts change in FP16, none with {} of {} layers in FP32"
    if not result.complete:
        reason += "; fewer layers may be enough, the search stopped after {} trials".format(result.trials)
    most = max(len(changes) for changes in all_fp16.values())
    return ACCEPTED, reason.format(most, len(result.kept), judged)


def _score(texts: Sequence[str], calibration: Calibration) -> Dict[str, Any]:
    truths = [item.truth for item in calibration.items]
    return {"cer": text_comparison.cer(texts, truths), "exact": text_comparison.exact(texts, truths)}


def _entry(changes: Sequence[Tuple[int, str]], reference: Sequence[str], calibration: Calibration) -> Dict[str, Any]:
    """``cer`` against the truth, ``cer_to_fp32`` against what FP32 reads."""
    texts = list(reference)
    for index, text in changes:
        texts[index] = text
    drift = text_comparison.cer(texts, list(reference))
    return dict(_score(texts, calibration), changed=len(changes), cer_to_fp32=drift)


def _shown(layers: Sequence[LayerError]) -> Dict[str, Any]:
    """The layers that overflow, in the order of the network, and the layers that add the largest errors."""
    overflowing = [layer for layer in layers if layer.overflow]
    worst = sorted(layers, key=lambda layer: -layer.growth)[:_SHOWN]
    return {
        "overflowing": len(overflowing),
        "origins": [layer._asdict() for layer in overflowing if layer.origin][:_SHOWN_OVERFLOWING],
        "growing": [layer._asdict() for layer in worst],
    }


def _change_list(
    all_fp16: Changes, reference: Sequence[str], calibration: Calibration, with_texts: bool
) -> List[Dict[str, Any]]:
    return [
        {
            "arithmetic": arithmetic,
            "id": calibration.items[index].id,
            "fp32": reference[index] if with_texts else None,
            "fp16": text if with_texts else None,
        }
        for arithmetic, changes in all_fp16.items()
        for index, text in changes[:_SHOWN_CHANGES]
    ]


def _kept_layers(model: Model, kept: NodeSet, layers: Dict[str, List[LayerError]]) -> Tuple[KeptLayer, ...]:
    by_output: Dict[str, Dict[str, LayerError]] = {}
    for arithmetic, errors in layers.items():
        for layer in errors:
            by_output.setdefault(layer.output, {})[arithmetic] = layer
    return tuple(
        KeptLayer(plans.layer_name(node), node.op, node.outputs, _why(by_output[node.outputs[0]]))
        for node in model.nodes
        if node.outputs[0] in kept
    )


def _why(errors: Dict[str, LayerError]) -> str:
    for arithmetic in ARITHMETICS:
        layer: Optional[LayerError] = errors.get(arithmetic)
        if layer is not None and layer.origin:
            what = "overflows" if arithmetic == ARITHMETICS[0] else "its sum overflows"
            return "{} (values up to {:.3g})".format(what, layer.peak)
    worst = max(errors.values(), key=lambda layer: layer.growth)
    return "adds an error of {:.2%} of its values".format(max(worst.growth, 0.0))
