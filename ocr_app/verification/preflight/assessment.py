"""Preflight: what can be known about a model before TensorRT on a board sees it.

The parser's rules node by node (``rules``), memory against the board's budget (``memory``), and operations, bytes and a
roofline estimate (:mod:`ocr_app.networks`). Neither a GPU nor TensorRT is needed or used.
"""

import os
from typing import Any, Dict, List, NamedTuple, Optional, Sequence, Tuple

from ocr_app.core.errors import ModelError, UsageError
from ocr_app.core.tables import table
from ocr_app.networks import count, onnx_model, roofline
from ocr_app.networks.count import Count
from ocr_app.networks.onnx_model import Model
from ocr_app.networks.roofline import Band
from ocr_app.verification.preflight import memory, rules
from ocr_app.verification.preflight.findings import ALTERED, NOTE, REFUSED, PreflightFinding
from ocr_app.verification.preflight.memory import MIB, Memory

SCHEMA = "nano-ocr/preflight/1"
_SAME = 3  # findings of one operator and reason that a table shows; it counts the others


class PreflightReport(NamedTuple):
    """One model at one shape. Without a shape ``counts``, ``memory`` and ``band`` are None; ``uncounted``: why."""

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
    board: str = "nano"

    @property
    def refused(self) -> bool:
        """Whether the parser or the board would refuse it."""
        return any(finding.kind == REFUSED for finding in self.findings)


def preflight(
    path: str, shape: Optional[Sequence[int]] = None, precision: str = "fp16", board: str = "nano"
) -> PreflightReport:
    """The report for one board.

    Raises ModelError for a file that is not a model, UsageError for a shape that the model does not accept and for an
    unknown board.
    """
    model = onnx_model.load(path)
    findings = rules.findings(model, precision, board)
    free = any(None in value.dims for value in model.inputs)
    report = PreflightReport(
        os.path.basename(path), path, precision, None, model, tuple(findings), None, None, None, "", board
    )
    if precision == "int8" and not roofline.known_board(board)["int8"]:
        return report._replace(uncounted="the board does not have this precision")
    if shape is None and free:
        return report._replace(uncounted="the input's shape is free: give one, MODEL:NxCxHxW")
    try:
        whole = count.whole_shape(model, shape, path)
        return _measured(report, whole)
    except ModelError as error:
        return report._replace(uncounted=error.found)


def _runnable(report: PreflightReport, shape: Tuple[int, ...]) -> Optional[count.Shapes]:
    """The shapes of one run; None for a network that the rules refuse and that does not run here either.

    Raises UsageError for one that they do not refuse.
    """
    try:
        return count.observe(report.model, shape, report.path)
    except UsageError:
        if report.refused:
            return None
        raise


def _measured(report: PreflightReport, shape: Tuple[int, ...]) -> PreflightReport:
    shapes = _runnable(report, shape)
    if shapes is None:
        return report._replace(shape=shape, uncounted="it is refused, and does not run here")
    counts = count.count_model(report.model, shapes)
    estimate = memory.estimate(report.model, shapes, counts, report.precision, rules.rules(report.board))
    band = _band(counts, report)
    findings = report.findings + (() if estimate.fits else (_too_large(estimate, report.board),))
    return report._replace(shape=shape, counts=counts, memory=estimate, band=band, findings=findings)


def _band(counts: Count, report: PreflightReport) -> Optional[Band]:
    """The estimate; None for a board without published peaks."""
    if roofline.known_board(report.board)["peaks"] is None:
        return None
    return roofline.estimate(counts, report.precision, roofline.board(report.board))


def _too_large(estimate: Memory, board: str) -> PreflightFinding:
    why = "running needs {:.0f} MiB and building {:.0f} MiB, but {:.0f} MiB are available; the peak is at {}".format(
        estimate.run / MIB, estimate.build / MIB, estimate.budget / MIB, estimate.peak_at
    )
    sources = rules.rules(board)["sources"]
    source = "; ".join(sources[name] for name in ("memory", "reserve", "workspace"))
    return PreflightFinding(REFUSED, "model", "memory", why, "a smaller input or batch, or a smaller network", source)


def to_json(reports: Sequence[PreflightReport]) -> Dict[str, Any]:
    """The JSON form of several reports."""
    board = reports[0].board if reports else "nano"
    known = rules.rules(board)
    return {
        "schema": SCHEMA,
        "board": board,
        "parser": known["parser"],
        "compute_capability": known["compute_capability"],
        "models": [_entry(report) for report in reports],
    }


def _entry(report: PreflightReport) -> Dict[str, Any]:
    estimate, counts, band = report.memory, report.counts, report.band
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
        "memory": dict(estimate._asdict(), fits=estimate.fits) if estimate else None,
        "estimate_ms": [round(1e3 * band.slow, 2), round(1e3 * band.fast, 2)] if band else None,
    }


def format_reports(reports: Sequence[PreflightReport]) -> str:
    """Tables: the findings of each model, then the cost and memory of all models."""
    parts = [_format_findings(report) for report in reports]
    return "\n\n".join([*parts, _cost_table(reports)])


def _format_findings(report: PreflightReport) -> str:
    shown = sorted(report.findings, key=lambda finding: (REFUSED, ALTERED, NOTE).index(finding.kind))
    head = "{}: {}".format(report.name, verdict(report))
    if not shown:
        return head
    rows = [[finding.kind, finding.op, finding.node, finding.why, finding.do] for finding in _shortened(shown)]
    return head + "\n" + table(("", "operator", "node", "why", "what to do"), rows)


def verdict(report: PreflightReport) -> str:
    """How many findings of each kind, as text."""
    kinds = [finding.kind for finding in report.findings]
    if REFUSED in kinds:
        return "{} refused".format(kinds.count(REFUSED))
    return "accepted, as far as is known" + (", {} altered".format(kinds.count(ALTERED)) if ALTERED in kinds else "")


def _shortened(found: Sequence[PreflightFinding]) -> List[PreflightFinding]:
    """The first few of the findings that differ only in their node, and how many more there are."""
    alike: Dict[Tuple[str, str, str], List[PreflightFinding]] = {}
    for finding in found:
        alike.setdefault((finding.kind, finding.op, finding.do), []).append(finding)
    shown: List[PreflightFinding] = []
    for group in alike.values():
        shown += group[:_SAME]
        if len(group) > _SAME:
            shown.append(group[_SAME]._replace(node="and {} more".format(len(group) - _SAME), why="", do=""))
    return shown


def _cost_table(reports: Sequence[PreflightReport]) -> str:
    head = ("model", "input", "MMAC", "estimate ms", "weights", "activations", "running", "building", "budget MiB")
    rows = [
        [
            report.name,
            "x".join(map(str, report.shape)) if report.shape else report.uncounted,
            "{:.1f}".format(report.counts.macs / 1e6) if report.counts else "-",
            "{1:.1f} to {0:.1f}".format(*(1e3 * side for side in report.band)) if report.band else "-",
            *memory.format_cells(report.memory),
        ]
        for report in reports
    ]
    note = "{}: an estimate from the roofline model and the shapes, not a measurement."
    return table(head, rows) + "\n" + note.format(reports[0].precision.upper() if reports else "FP16")
