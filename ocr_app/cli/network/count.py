"""``ocr-app network count``: operations, parameters, bytes, and a roofline estimate for a board."""

import argparse
import json
import os
from typing import Any, Dict, List, Tuple

from ocr_app.cli.arguments import write_json
from ocr_app.cli.network.models import RequestedModel, requested_models
from ocr_app.core.tables import table
from ocr_app.networks import count, roofline
from ocr_app.networks.count import Count

COUNT_SCHEMA = "nano-ocr/network/1"
CountedModels = List[Tuple[RequestedModel, Count]]


def run(arguments: argparse.Namespace) -> int:
    """Returns 0."""
    models = requested_models(arguments.models)
    counted = [(model, count.count(model.path, model.shape)) for model in models]
    report = report_of(counted, arguments.precision, arguments.board)
    if arguments.out:
        write_json(report, arguments.out)
    print(json.dumps(report, indent=1) if arguments.json else format_report(report, counted, arguments.layers))
    return 0


def report_of(counted: CountedModels, precision: str, board: str = "nano") -> Dict[str, Any]:
    """The JSON form: each network, and all of them one after another as one frame."""
    peaks = roofline.board(board)
    bands = [roofline.estimate(counts, precision, peaks) for _, counts in counted]
    slow, fast = sum(band.slow for band in bands), sum(band.fast for band in bands)
    return {
        "schema": COUNT_SCHEMA,
        "precision": precision,
        "board": peaks,
        "networks": [_network(model, counts, band, precision) for (model, counts), band in zip(counted, bands)],
        "frame": {
            "estimate_ms": [round(1e3 * slow, 3), round(1e3 * fast, 3)],
            "estimate_per_s": [round(1 / slow, 1), round(1 / fast, 1)],
        },
    }


def _network(model: RequestedModel, counts: Count, band: roofline.Band, precision: str) -> Dict[str, Any]:
    size = roofline.BYTES[precision]
    return {
        "name": model.name,
        "shape": list(model.shape) if model.shape else None,
        "macs": counts.macs,
        "flops": counts.flops,
        "parameters": counts.parameters,
        "file_bytes": os.path.getsize(model.path),
        "weight_bytes": size * counts.weights,
        "activation_bytes": size * counts.activations,
        "estimate_ms": [round(1e3 * band.slow, 3), round(1e3 * band.fast, 3)],
        "layers": [layer._asdict() for layer in counts.layers],
    }


def format_report(report: Dict[str, Any], counted: CountedModels, layers: bool) -> str:
    """Tables: the layers if asked for, the networks, and the estimate of one frame."""
    parts = [_layer_table(model, counts) for model, counts in counted] if layers else []
    head = ("network", "input", "MMAC", "MFLOP", "parameters", "file MB", "weights MB", "traffic MB", "estimate ms")
    rows = [_cells(entry) for entry in report["networks"]]
    return "\n\n".join([*parts, table(head, rows), _format_frame(report)])


def _cells(entry: Dict[str, Any]) -> List[str]:
    return [
        entry["name"],
        "x".join(map(str, entry["shape"])) if entry["shape"] else "fixed",
        "{:.1f}".format(entry["macs"] / 1e6),
        "{:.1f}".format(entry["flops"] / 1e6),
        "{:,}".format(entry["parameters"]),
        "{:.2f}".format(entry["file_bytes"] / 1e6),
        "{:.2f}".format(entry["weight_bytes"] / 1e6),
        "{:.2f}".format(entry["activation_bytes"] / 1e6),
        "{1:.1f} to {0:.1f}".format(*entry["estimate_ms"]),
    ]


def _format_frame(report: Dict[str, Any]) -> str:
    board, frame = report["board"], report["frame"]
    text = (
        "All networks, one after another: {1:.1f} to {0:.1f} ms, {2:.0f} to {3:.0f} frames per second in {4}.\n"
        "An estimate from the roofline model, not a measurement: {5},\n"
        "{6:.0%} to {7:.0%} of its peaks, {8:.0f} to {9:.0f} us to start each layer. Only the networks are counted."
    )
    return text.format(
        *frame["estimate_ms"],
        *frame["estimate_per_s"],
        report["precision"].upper(),
        board["board"],
        *board["efficiency"],
        *(1e6 * seconds for seconds in reversed(board["launch_s"])),
    )


def _layer_table(model: RequestedModel, counts: Count) -> str:
    head = (model.name, "output", "MMAC", "weights", "read", "written", "fused")
    rows = [
        [
            "{} {}".format(layer.op, layer.name),
            "x".join(map(str, layer.shape)),
            "{:.2f}".format(layer.macs / 1e6),
            str(layer.weights),
            str(layer.read),
            str(layer.written),
            "yes" if layer.fused else "",
        ]
        for layer in counts.layers
    ]
    return table(head, rows)
