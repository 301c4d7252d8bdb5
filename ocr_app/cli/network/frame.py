"""``ocr-app network frame``: a roofline estimate for one frame of the whole team on a Nano."""

import argparse
import json
from typing import Any, Dict, List, Tuple

from ocr_app.cli.arguments import write_json
from ocr_app.cli.network.models import RequestedModel, requested_models
from ocr_app.core.tables import table
from ocr_app.networks import count, frame, roofline
from ocr_app.networks.frame import FrameRates, FrameStage

FRAME_SCHEMA = "nano-ocr/frame/1"
SHARES = ("second_detector", "second_lines", "third_detector", "third_lines")
_MEMBERS = {
    "second_detector": "ppocr-v6-tiny-codes-det.onnx:1x3x480x640",
    "second_lines": "ppocr-v6-tiny-codes-rec.onnx:1x3x48x512",
    "third_detector": "ppocr-v6-small-codes-det.onnx:1x3x480x640",
    "third_lines": "ppocr-v6-small-codes-rec.onnx:1x3x48x512",
}
"""The second and the third member. A line that is asked again is a run of its own, and as long as those of
``THREE_LINES``: 10 times as wide as high, with its margin."""


def run(arguments: argparse.Namespace) -> int:
    """Returns 0."""
    rates = FrameRates(**{name: getattr(arguments, name) for name in FrameRates._fields})
    report = report_of(rates, arguments.precision)
    if arguments.out:
        write_json(report, arguments.out)
    print(json.dumps(report, indent=1) if arguments.json else format_report(report))
    return 0


def report_of(rates: FrameRates, precision: str) -> Dict[str, Any]:
    """The JSON form: each network with its runs in a frame, and the frame."""
    peaks = roofline.board()
    stages = [_stage(model, runs, precision, peaks) for model, runs in _models(rates)]
    total = frame.whole([stage for stage, _ in stages], rates.processor_ms)
    return {
        "schema": FRAME_SCHEMA,
        "precision": precision,
        "rates": rates._asdict(),
        "board": peaks,
        "stages": [dict(_stage_json(stage), shape=shape) for stage, shape in stages],
        "frame": {
            "estimate_ms": _milliseconds(total),
            "estimate_per_s": [round(1 / total.slow, 1), round(1 / total.fast, 1)],
        },
    }


def _models(rates: FrameRates) -> List[Tuple[RequestedModel, float]]:
    """Our own detector once, our own recogniser once for all lines, and the other members as often as ``rates`` say."""
    detector, recogniser = requested_models([])
    shape = recogniser.shape or ()
    lines = recogniser._replace(shape=(rates.lines,) + tuple(shape[1:]))
    runs = frame.runs_of(rates)
    others = [(requested_models([_MEMBERS[share]])[0], runs[share]) for share in SHARES if runs[share]]
    return [(detector, 1.0), (lines, 1.0)] + others


def _stage(model: RequestedModel, runs: float, precision: str, peaks: Dict[str, Any]) -> Tuple[FrameStage, List[int]]:
    band = roofline.estimate(count.count(model.path, model.shape), precision, peaks)
    return FrameStage(model.name, runs, band), list(model.shape or ())


def _stage_json(stage: FrameStage) -> Dict[str, Any]:
    return {
        "name": stage.name,
        "runs": round(stage.runs, 4),
        "run_ms": _milliseconds(stage.run),
        "frame_ms": _milliseconds(stage.per_frame),
    }


def _milliseconds(band: roofline.Band) -> List[float]:
    return [round(1e3 * band.slow, 3), round(1e3 * band.fast, 3)]


def format_report(report: Dict[str, Any]) -> str:
    """A row for each network, and the whole frame below."""
    head = ("network", "input", "runs in a frame", "ms a run", "ms in a frame")
    rows = [
        [
            stage["name"],
            "x".join(map(str, stage["shape"])),
            "{:g}".format(stage["runs"]),
            "{1:.1f} to {0:.1f}".format(*stage["run_ms"]),
            "{1:.1f} to {0:.1f}".format(*stage["frame_ms"]),
        ]
        for stage in report["stages"]
    ]
    processor = report["rates"]["processor_ms"]
    rows.append(["the processor's part", "", "", "", "{:g}".format(processor) if processor else "not given"])
    text = (
        "A frame with {lines} lines: {1:.1f} to {0:.1f} ms, {2:.0f} to {3:.0f} frames per second in {4}.\n"
        "An estimate from the roofline model, not a measurement: {5}."
    )
    figures = report["frame"]["estimate_ms"] + report["frame"]["estimate_per_s"]
    closing = text.format(*figures, report["precision"].upper(), report["board"]["board"], **report["rates"])
    return table(head, rows) + "\n\n" + closing
