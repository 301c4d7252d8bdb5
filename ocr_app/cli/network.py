"""``ocr-app network``: what a network costs, whether TensorRT takes it, and what half precision does to its texts."""

import argparse
import json
import os
import re
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

from ocr_app.benchmark import half_precision
from ocr_app.cli.arguments import positive, write_json
from ocr_app.core import model_files
from ocr_app.core.errors import UsageError
from ocr_app.core.tables import table
from ocr_app.datasets.loading import open_dataset
from ocr_app.networks import count, onnx_model, roofline
from ocr_app.networks.count import Count
from ocr_app.readers.codes import reader as codes
from ocr_app.readers.codes.detector import STRIDE
from ocr_app.readers.registry import parse_name
from ocr_app.verification.preflight import rules

COUNT_SCHEMA = "nano-ocr/network/1"
THREE_LINES = (3, 1, 32, 352)
"""Three lines, the longest 10 times as wide as high, with its margin: about 18 characters."""


class Asked(NamedTuple):
    """A model file and the shape of its input, None where the file fixes it."""

    name: str
    path: str
    shape: Optional[Tuple[int, ...]]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``network``."""
    kinds = parser.add_subparsers(dest="what", metavar="WHAT")
    model_help = "FILE[:NxCxHxW]: a path, or a name in the package or the models folder (default: our own two networks)"
    for name, help_text, run_it in (
        ("count", "operations, parameters, bytes, and a roofline estimate for the Nano", run_count),
        ("check", "whether TensorRT 8.2.1's parser takes it, as far as that is known without it", run_check),
    ):
        own = kinds.add_parser(name, help=help_text, description=help_text[0].upper() + help_text[1:] + ".")
        own.add_argument("models", nargs="*", metavar="MODEL", help=model_help)
        own.add_argument("--json", action="store_true", help="print JSON instead of tables")
        own.set_defaults(run_what=run_it)
        if name == "count":
            own.add_argument("--precision", choices=("fp16", "fp32"), default="fp16", help="(default: %(default)s)")
            own.add_argument("--layers", action="store_true", help="every layer, not only the totals")
            own.add_argument("--out", metavar="FILE.json", help="write the JSON form to a file")
    _add_half(kinds)


def _add_half(kinds: Any) -> None:
    help_text = "which line crops are read differently when every tensor is rounded to half precision"
    own = kinds.add_parser("half", help=help_text, description=help_text[0].upper() + help_text[1:] + ".")
    own.add_argument("datasets", nargs="+", metavar="DATASET", help="as for `ocr-app benchmark`")
    own.add_argument("--reader", default="codes", help="a reader on ONNX Runtime: codes, ppocr (default: %(default)s)")
    own.add_argument("--threads", type=positive, default=1, metavar="N", help="CPU threads (default: %(default)s)")
    own.add_argument("--no-texts", action="store_true", help="leave the texts out of the report")
    own.add_argument("--json", action="store_true", help="print JSON instead of a table")
    own.add_argument("--out", metavar="FILE.json", help="write the JSON form to a file")
    own.set_defaults(run_what=run_half)


def run(arguments: argparse.Namespace) -> int:
    """Returns what the sub-command returns."""
    if arguments.what is None:
        raise UsageError("nothing to do", "count, check or half", "ocr-app network --help")
    return int(arguments.run_what(arguments))


def asked_for(words: List[str]) -> List[Asked]:
    """The models that were asked for; none: our own two, at one frame with three lines. Raises ModelError."""
    if words:
        return [_asked(word) for word in words]
    record = codes.model_record(None)
    side = record["detector"]["side"]  # a camera's frame of 4:3
    shapes = ((1, 1, STRIDE * -(-side * 3 // (4 * STRIDE)), side), THREE_LINES)
    parts = (record["detector"], record["recogniser"])
    return [Asked(part["file"], model_files.packaged(part), shape) for part, shape in zip(parts, shapes)]


def _asked(word: str) -> Asked:
    match = re.match(r"(.+):(\d+(?:x\d+)+)$", word)
    name, shape = (match.group(1), _shape(match.group(2))) if match else (word, None)
    return Asked(os.path.basename(name), _locate(name), shape)


def _shape(text: str) -> Tuple[int, ...]:
    return tuple(int(size) for size in text.split("x"))


def _locate(name: str) -> str:
    if os.path.isfile(name):
        return name
    record = codes.model_record(None)
    own = {part["file"]: part for part in (record["detector"], record["recogniser"])}
    return model_files.packaged(own[name]) if name in own else model_files.locate(name)


def run_count(arguments: argparse.Namespace) -> int:
    """Returns 0."""
    asked = asked_for(arguments.models)
    counted = [(own, count.count(own.path, own.shape)) for own in asked]
    report = report_of(counted, arguments.precision)
    if arguments.out:
        write_json(report, arguments.out)
    print(json.dumps(report, indent=1) if arguments.json else _count_words(report, counted, arguments.layers))
    return 0


def report_of(counted: List[Tuple[Asked, Count]], precision: str) -> Dict[str, Any]:
    """The JSON form: each network, and all of them one after another as one frame."""
    peaks = roofline.board()
    bands = [roofline.estimate(counts, precision, peaks) for _, counts in counted]
    slow, fast = sum(band.slow for band in bands), sum(band.fast for band in bands)
    return {
        "schema": COUNT_SCHEMA,
        "precision": precision,
        "board": peaks,
        "networks": [_network(own, counts, band, precision) for (own, counts), band in zip(counted, bands)],
        "frame": {
            "estimate_ms": [round(1e3 * slow, 3), round(1e3 * fast, 3)],
            "estimate_per_s": [round(1 / slow, 1), round(1 / fast, 1)],
        },
    }


def _network(own: Asked, counts: Count, band: roofline.Band, precision: str) -> Dict[str, Any]:
    size = roofline.BYTES[precision]
    return {
        "name": own.name,
        "shape": list(own.shape) if own.shape else None,
        "macs": counts.macs,
        "flops": counts.flops,
        "parameters": counts.parameters,
        "file_bytes": os.path.getsize(own.path),
        "weight_bytes": size * counts.weights,
        "activation_bytes": size * counts.activations,
        "estimate_ms": [round(1e3 * band.slow, 3), round(1e3 * band.fast, 3)],
        "layers": [layer._asdict() for layer in counts.layers],
    }


def _count_words(report: Dict[str, Any], counted: List[Tuple[Asked, Count]], layers: bool) -> str:
    parts = [_layer_table(own, counts) for own, counts in counted] if layers else []
    head = ("network", "input", "MMAC", "MFLOP", "parameters", "file MB", "weights MB", "traffic MB", "estimate ms")
    rows = [
        [
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
        for entry in report["networks"]
    ]
    return "\n\n".join([*parts, table(head, rows), _frame_words(report)])


def _frame_words(report: Dict[str, Any]) -> str:
    board, frame = report["board"], report["frame"]
    words = (
        "Together, one after another: {1:.1f} to {0:.1f} ms, {2:.0f} to {3:.0f} frames a second in {4}.\n"
        "An estimate by the roofline model, not a measurement: {5},\n"
        "{6:.0%} to {7:.0%} of its peaks, {8:.0f} to {9:.0f} us a layer to start. The networks alone."
    )
    return words.format(
        *frame["estimate_ms"],
        *frame["estimate_per_s"],
        report["precision"].upper(),
        board["board"],
        *board["efficiency"],
        *(1e6 * seconds for seconds in reversed(board["launch_s"])),
    )


def _layer_table(own: Asked, counts: Count) -> str:
    head = (own.name, "output", "MMAC", "weights", "read", "written", "fused")
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


def run_check(arguments: argparse.Namespace) -> int:
    """Returns 0, or 7 when a model would be refused."""
    found = {own.name: rules.refusals(onnx_model.load(own.path)) for own in asked_for(arguments.models)}
    if arguments.json:
        print(json.dumps({"parser": rules.rules()["parser"], "problems": found}, indent=1))
    else:
        for name, problems in found.items():
            print("{}: {}".format(name, "; ".join(problems) or "nothing known speaks against it"))
    return 7 if any(found.values()) else 0


def run_half(arguments: argparse.Namespace) -> int:
    """Returns 0, also when texts change: the report is the answer."""
    datasets = [open_dataset(path) for path in arguments.datasets]
    report = half_precision.compare(parse_name(arguments.reader), datasets, arguments.threads, not arguments.no_texts)
    if arguments.out:
        write_json(report, arguments.out)
    print(json.dumps(report, ensure_ascii=False, indent=1) if arguments.json else _half_words(report))
    return 0


def _half_words(report: Dict[str, Any]) -> str:
    head = ("data set", "crops", "right in fp32", "right in fp16", "texts that change")
    rows = [
        [entry["name"], str(entry["crops"]), *map(str, entry["exact"]), str(len(entry["changes"]))]
        for entry in report["datasets"]
    ]
    changes = [
        "{} {}: {!r} becomes {!r}".format(entry["name"], change["id"], change["fp32"], change["fp16"])
        for entry in report["datasets"]
        for change in entry["changes"]
    ]
    return "\n".join([report["engine"], table(head, rows)] + changes)
