"""The precision gate: what FP16 does to the texts of a network, and the plan that keeps them what they are.

A network is read with every tensor rounded to half precision, and once more with the sums behind means rounded too
(gate_network.ARITHMETICS). Where a text changes, the fewest nodes are sought that bring it back when they stay in FP32
(gate_search). A plan is accepted only when, with it, no text of the calibration changes in either arithmetic.
"""

import time
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

from ocr_app.core import model_files
from ocr_app.core.errors import UsageError
from ocr_app.networks import onnx_model, onnx_runtime
from ocr_app.networks.onnx_model import Model
from ocr_app.verification import calibration as calibrations
from ocr_app.verification import precision_plan as plans
from ocr_app.verification.calibration import Calibration, Judge, Subject
from ocr_app.verification.gate.rounding import ARITHMETICS, LayerError, judged_nodes
from ocr_app.verification.gate.search import Kept, Search, SearchResult, find
from ocr_app.verification.precision_plan import ACCEPTED, REFUSED, PrecisionPlan

TRIALS = 80
"""Sets of nodes that a search tries at most."""
_SHOWN = 12  # layers of each arithmetic that a report names beside those that overflow
_SHOWN_OVERFLOWING = 40
_SHOWN_CHANGES = 20

Changes = Dict[str, List[Tuple[int, str]]]
"""By arithmetic: the items that read otherwise, and what they read."""


def judge(
    subject: Subject,
    given: Calibration,
    trials: int = TRIALS,
    with_texts: bool = True,
    tell: Callable[[str], Any] = lambda words: None,
) -> PrecisionPlan:
    """The plan of one network, accepted or refused. ``tell`` gets progress in words.

    Raises ModelError for a file that is none, UsageError for no items or none that the reader reads anything on.
    """
    reader = Judge(subject, given.items)
    try:
        return _judged(reader, given, trials, with_texts, tell)
    finally:
        reader.close()


def _judged(
    reader: Judge, given: Calibration, trials: int, with_texts: bool, tell: Callable[[str], Any]
) -> PrecisionPlan:
    started, subject = time.time(), reader.subject
    model = onnx_model.load(subject.path)
    reference = reader.texts()
    if not any(reference):
        found = "{} reads nothing on the calibration in FP32".format(subject.reader)
        raise UsageError(found, "crops for a recogniser, frames for a detector", "--calibration")
    search = Search(reader, model, reference, trials, tell)
    bare = _changes(search, frozenset())
    for arithmetic, changes in bare.items():
        search.note(arithmetic, [index for index, _ in changes])
        tell("{}: {} of {} texts change".format(arithmetic, len(changes), len(reference)))
    layers = {arithmetic: search.layers(frozenset(), arithmetic) for arithmetic in search.arithmetics}
    outcome = SearchResult(frozenset(), True, 0) if not any(bare.values()) else find(search)
    kept = outcome.kept or frozenset()
    with_plan = bare if not kept else _changes(search, kept)
    evidence = {
        "reader": str(subject.reader),
        "role": subject.role,
        "runtime": "onnxruntime " + onnx_runtime.version(),
        "sets": list(given.sets),
        "items": len(reference),
        "fp32": _score(reference, given),
        "fp16": {each: _entry(changes, reference, given) for each, changes in bare.items()},
        "plan": {each: _entry(changes, reference, given) for each, changes in with_plan.items()},
        "search": {"trials": outcome.trials, "complete": outcome.complete, "seconds": round(time.time() - started, 1)},
        "layers": {each: _shown(own) for each, own in layers.items()},
        "changes": _change_list(bare, reference, given, with_texts),
    }
    verdict, reason = _verdict(outcome, with_plan, bare, len(judged_nodes(model)))
    nodes = _kept_nodes(model, kept, layers) if verdict == ACCEPTED else ()
    return PrecisionPlan(
        subject.name, model_files.sha256_of(subject.path), len(model.nodes), verdict, reason, nodes, evidence
    )


def _changes(search: Search, kept: Kept) -> Changes:
    return {arithmetic: search.changed(kept, arithmetic) for arithmetic in search.arithmetics}


def _verdict(outcome: SearchResult, changes: Changes, bare: Changes, judged: int) -> Tuple[str, str]:
    still = sum(map(len, changes.values()))
    if outcome.kept is None or still:
        cut = "" if outcome.complete else " in {} trials".format(outcome.trials)
        return REFUSED, "texts change, and no set of layers was found{} that keeps them".format(cut)
    if not outcome.kept:
        return ACCEPTED, "no text changes with everything in FP16"
    if len(outcome.kept) >= judged:
        return REFUSED, "texts stay only with every layer in FP32"
    words = "{} texts change in FP16, none with {} of {} layers in FP32"
    if not outcome.complete:
        words += "; fewer may do, the search stopped after {} trials".format(outcome.trials)
    most = max(len(found) for found in bare.values())
    return ACCEPTED, words.format(most, len(outcome.kept), judged)


def _score(texts: Sequence[str], given: Calibration) -> Dict[str, Any]:
    truths = [item.truth for item in given.items]
    return {"cer": calibrations.cer(texts, truths), "exact": calibrations.exact(texts, truths)}


def _entry(changes: Sequence[Tuple[int, str]], reference: Sequence[str], given: Calibration) -> Dict[str, Any]:
    """``cer`` against the truth, ``cer_to_fp32`` against what FP32 reads."""
    texts = list(reference)
    for index, text in changes:
        texts[index] = text
    drift = calibrations.cer(texts, list(reference))
    return dict(_score(texts, given), changed=len(changes), cer_to_fp32=drift)


def _shown(layers: Sequence[LayerError]) -> Dict[str, Any]:
    """Where overflow is, in the order of the network, and the layers that add most error."""
    over = [layer for layer in layers if layer.overflow]
    worst = sorted(layers, key=lambda layer: -layer.growth)[:_SHOWN]
    return {
        "overflowing": len(over),
        "origins": [layer._asdict() for layer in over if layer.origin][:_SHOWN_OVERFLOWING],
        "growing": [layer._asdict() for layer in worst],
    }


def _change_list(bare: Changes, reference: Sequence[str], given: Calibration, texts: bool) -> List[Dict[str, Any]]:
    return [
        {
            "arithmetic": arithmetic,
            "id": given.items[index].id,
            "fp32": reference[index] if texts else None,
            "fp16": text if texts else None,
        }
        for arithmetic, changes in bare.items()
        for index, text in changes[:_SHOWN_CHANGES]
    ]


def _kept_nodes(model: Model, kept: Kept, layers: Dict[str, List[LayerError]]) -> Tuple[plans.Kept, ...]:
    found: Dict[str, Dict[str, LayerError]] = {}
    for arithmetic, own in layers.items():
        for layer in own:
            found.setdefault(layer.output, {})[arithmetic] = layer
    return tuple(
        plans.Kept(plans.layer_name(node), node.op, node.outputs, _why(found[node.outputs[0]]))
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
