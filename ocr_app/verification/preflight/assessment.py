"""Preflight: what can be known of a model before it meets TensorRT 8.2.1 on a Nano.

Rules of the parser node by node (preflight_rules), memory against the board's budget (preflight_memory), operations,
bytes and a roofline estimate (ocr_app/networks). No GPU and no TensorRT is needed, and none is asked.
"""

import os
from typing import Any, Dict, List, NamedTuple, Optional, Sequence, Tuple

from ocr_app.core.errors import ModelError
from ocr_app.core.tables import table
from ocr_app.networks import count, onnx_model, roofline
from ocr_app.networks.count import Count
from ocr_app.networks.onnx_model import Model
from ocr_app.networks.roofline import Band
from ocr_app.verification.preflight import memory, rules
from ocr_app.verification.preflight.memory import MIB, Memory
from ocr_app.verification.preflight.rules import ALTERED, NOTE, REFUSED, PreflightFinding

SCHEMA = "nano-ocr/preflight/1"
_SAME = 3  # findings of one operator and reason that a table shows before it only counts them


class Report(NamedTuple):
    """One model at one shape. Without a shape ``counts``, ``memory``, ``band`` are None; ``uncounted`` says why."""

    name: str
    path: str
    precision: str
    shape: Optional[Tuple[int, ...]]
    model: Model
    findings: Tuple[PreflightFinding, ...]
    counts: Optional[Count]
    memory: Optional[Memory]
    band: Optional[Band]
    uncounted: str

    @property
    def refused(self) -> bool:
        """Whether the parser or the board would not take it."""
        return any(finding.kind == REFUSED for finding in self.findings)


def preflight(path: str, shape: Optional[Sequence[int]] = None, precision: str = "fp16") -> Report:
    """Raises ModelError for a file that is no model, UsageError for a shape that it does not take."""
    model = onnx_model.load(path)
    found = rules.findings(model, precision)
    free = any(None in value.dims for value in model.inputs)
    report = Report(os.path.basename(path), path, precision, None, model, tuple(found), None, None, None, "")
    if precision not in roofline.BYTES:
        return report._replace(uncounted="no such precision on the board")
    if shape is None and free:
        return report._replace(uncounted="the input's shape is free: give one, MODEL:NxCxHxW")
    try:
        return _measured(report, count.whole_shape(model, shape, path))
    except ModelError as error:
        return report._replace(uncounted=error.found)


def _measured(report: Report, shape: Tuple[int, ...]) -> Report:
    shapes = count.observe(report.model, shape, report.path)
    counts = count.count_model(report.model, shapes)
    own = memory.memory(report.model, shapes, counts, report.precision, rules.rules())
    band = roofline.estimate(counts, report.precision, roofline.board())
    found = report.findings + (() if own.fits else (_too_large(own),))
    return report._replace(shape=shape, counts=counts, memory=own, band=band, findings=found)


def _too_large(own: Memory) -> PreflightFinding:
    why = "running needs {:.0f} MiB and building {:.0f} MiB, of {:.0f} MiB; most is alive at {}".format(
        own.run / MIB, own.build / MIB, own.budget / MIB, own.peak_at
    )
    sources = rules.rules()["sources"]
    source = "; ".join(sources[name] for name in ("memory", "reserve", "workspace"))
    return PreflightFinding(REFUSED, "model", "memory", why, "a smaller input or batch, or a smaller network", source)


def to_json(reports: Sequence[Report]) -> Dict[str, Any]:
    """The JSON form of several reports."""
    known = rules.rules()
    return {
        "schema": SCHEMA,
        "parser": known["parser"],
        "compute_capability": known["compute_capability"],
        "models": [_entry(report) for report in reports],
    }


def _entry(report: Report) -> Dict[str, Any]:
    own, counts, band = report.memory, report.counts, report.band
    return {
        "name": report.name,
        "precision": report.precision,
        "shape": list(report.shape) if report.shape else None,
        "opset": report.model.opset,
        "nodes": len(report.model.nodes),
        "refused": report.refused,
        "findings": [finding._asdict() for finding in report.findings],
        "uncounted": report.uncounted or None,
        "macs": counts.macs if counts else None,
        "flops": counts.flops if counts else None,
        "parameters": counts.parameters if counts else None,
        "memory": dict(own._asdict(), fits=own.fits) if own else None,
        "estimate_ms": [round(1e3 * band.slow, 2), round(1e3 * band.fast, 2)] if band else None,
    }


def words(reports: Sequence[Report]) -> str:
    """Tables: what speaks against each model, then cost and memory of all."""
    parts = [_finding_words(report) for report in reports]
    return "\n\n".join([*parts, _cost_table(reports)])


def _finding_words(report: Report) -> str:
    shown = sorted(report.findings, key=lambda finding: (REFUSED, ALTERED, NOTE).index(finding.kind))
    head = "{}: {}".format(report.name, verdict(report))
    if not shown:
        return head
    rows = [[own.kind, own.op, own.node, own.why, own.do] for own in _shortened(shown)]
    return head + "\n" + table(("", "operator", "node", "why", "what to do"), rows)


def verdict(report: Report) -> str:
    """In a few words: how many findings of each kind."""
    kinds = [finding.kind for finding in report.findings]
    if REFUSED in kinds:
        return "{} refused".format(kinds.count(REFUSED))
    return "taken, as far as is known" + (", {} altered".format(kinds.count(ALTERED)) if ALTERED in kinds else "")


def _shortened(found: Sequence[PreflightFinding]) -> List[PreflightFinding]:
    """Of many findings that differ in the node alone, the first few and how many more there are."""
    alike: Dict[Tuple[str, str, str], List[PreflightFinding]] = {}
    for own in found:
        alike.setdefault((own.kind, own.op, own.do), []).append(own)
    shown: List[PreflightFinding] = []
    for group in alike.values():
        shown += group[:_SAME]
        if len(group) > _SAME:
            shown.append(group[_SAME]._replace(node="and {} more".format(len(group) - _SAME), why="", do=""))
    return shown


def _cost_table(reports: Sequence[Report]) -> str:
    head = ("model", "input", "MMAC", "estimate ms", "weights", "activations", "running", "building", "budget MiB")
    rows = [
        [
            report.name,
            "x".join(map(str, report.shape)) if report.shape else report.uncounted,
            "{:.1f}".format(report.counts.macs / 1e6) if report.counts else "-",
            "{1:.1f} to {0:.1f}".format(*(1e3 * side for side in report.band)) if report.band else "-",
            *memory.words(report.memory),
        ]
        for report in reports
    ]
    note = "{}: an estimate by the roofline model and by shapes, not a measurement."
    return table(head, rows) + "\n" + note.format(reports[0].precision.upper() if reports else "FP16")
