"""``ocr-app engine preflight|gate``: what is known about a network before an engine is built from it."""

import argparse
import json
import os
import re
import sys
from typing import Any, List, Optional, Tuple

from ocr_app.cli.arguments import add_board, positive, write_json
from ocr_app.core import paths
from ocr_app.core.errors import ModelError, PrecisionUnavailable, UsageError
from ocr_app.core.tables import table
from ocr_app.export import network_specs
from ocr_app.export.record import load_record
from ocr_app.readers.registry import parse_name
from ocr_app.verification import calibration, precision_plan, subjects
from ocr_app.verification.gate import judge
from ocr_app.verification.gate.judge import TRIALS
from ocr_app.verification.precision_plan import ACCEPTED, PrecisionPlan
from ocr_app.verification.preflight import assessment
from ocr_app.verification.preflight.findings import REFUSED
from ocr_app.verification.subjects import Subject

_MODEL_HELP = "a network of `./inv export`, an ONNX file, or the name of a model's file"


def add_verbs(kinds: Any) -> None:
    """The verbs of this module, on the sub-parsers of ``engine``."""
    _add_preflight(kinds)
    _add_gate(kinds)


def _add_preflight(kinds: Any) -> None:
    help_text = "check whether TensorRT and a board accept a network, as far as that is known without them"
    verb = _verb(kinds, "preflight", help_text, run_preflight)
    verb.add_argument("models", nargs="+", metavar="MODEL[:NxCxHxW]", help=_MODEL_HELP)
    verb.add_argument("--precision", choices=("fp16", "fp32", "int8"), default="fp16", help="(default: %(default)s)")
    add_board(verb)
    verb.add_argument("--out", metavar="FILE.json", help="write the JSON form to a file")


def _add_gate(kinds: Any) -> None:
    help_text = "find the layers that must stay in FP32 so that FP16 changes no text, and write the precision plan"
    verb = _verb(kinds, "gate", help_text, run_gate)
    verb.add_argument("model", metavar="MODEL", help=_MODEL_HELP)
    verb.add_argument("--reader", metavar="R", help="for any other file: the reader that it belongs to")
    verb.add_argument("--role", choices=(subjects.DETECTOR, subjects.RECOGNISER), help="its role in --reader")
    calibration_help = "a data set or a folder of images; repeat for more (default: {})".format(paths.calibration())
    verb.add_argument("--calibration", action="append", default=[], metavar="SET", help=calibration_help)
    limit_help = "images of each set (default: %(default)s)"
    verb.add_argument("--limit", type=positive, default=30, metavar="N", help=limit_help)
    trials_help = "the most sets of layers to try (default: %(default)s)"
    verb.add_argument("--trials", type=positive, default=TRIALS, metavar="N", help=trials_help)
    verb.add_argument("--no-texts", action="store_true", help="leave the texts out of the evidence")
    out_help = "(default: {})".format(os.path.join(paths.plans(), "NETWORK.json"))
    verb.add_argument("--out", metavar="PLAN.json", help=out_help)


def _verb(kinds: Any, name: str, help_text: str, run: Any) -> argparse.ArgumentParser:
    description = help_text[0].upper() + help_text[1:] + "."
    verb: argparse.ArgumentParser = kinds.add_parser(name, help=help_text, description=description)
    verb.add_argument(
        "--exports", default=paths.exports(), metavar="DIR", help="folder of `./inv export` (default: %(default)s)"
    )
    verb.add_argument("--json", action="store_true", help="print JSON")
    verb.set_defaults(run_what=run)
    return verb


def run_preflight(arguments: argparse.Namespace) -> int:
    """Returns 0; 7 if the parser or the board would refuse a model, 5 if only the precision is refused."""
    reports = [_preflight(model, arguments.exports, arguments.precision, arguments.board) for model in arguments.models]
    record = assessment.to_json(reports)
    if arguments.out:
        write_json(record, arguments.out)
    print(json.dumps(record, indent=1) if arguments.json else assessment.format_reports(reports))
    refused = [finding for report in reports for finding in report.findings if finding.kind == REFUSED]
    if not refused:
        return 0
    precision = arguments.precision.upper()
    only_precision = all(finding.node == precision for finding in refused)
    return PrecisionUnavailable.exit_code if only_precision else ModelError.exit_code


def _preflight(model: str, exports: str, precision: str, board: str) -> assessment.PreflightReport:
    name, shape = _name_and_shape(model)
    if name in network_specs.networks():
        spec = network_specs.select([name])[0]
        path = os.path.join(exports, str(load_record(exports, name)["file"]))
        return assessment.preflight(path, shape or spec.shape, precision, board)
    path = name if os.path.isfile(name) else subjects.subject_of(name).path
    return assessment.preflight(path, shape, precision, board)


def _name_and_shape(text: str) -> Tuple[str, Optional[Tuple[int, ...]]]:
    match = re.match(r"(.+):(\d+(?:x\d+)+)$", text)
    return (match.group(1), tuple(map(int, match.group(2).split("x")))) if match else (text, None)


def run_gate(arguments: argparse.Namespace) -> int:
    """Returns 0 when the plan is accepted, 5 when it is refused; it is written either way."""
    subject = _subject(arguments)
    images = calibration.calibration(arguments.calibration or [paths.calibration()], subject.role, arguments.limit)
    plan = judge.judge(subject, images, arguments.trials, not arguments.no_texts, _report)
    path = arguments.out or os.path.join(paths.plans(), os.path.splitext(subject.name)[0] + ".json")
    precision_plan.write(plan, path)
    as_json = json.dumps(precision_plan.to_json(plan), ensure_ascii=False, indent=1)
    print(as_json if arguments.json else format_plan(plan, path))
    return 0 if plan.verdict == ACCEPTED else PrecisionUnavailable.exit_code


def _subject(arguments: argparse.Namespace) -> Subject:
    if (arguments.reader is None) != (arguments.role is None):
        raise UsageError("--reader and --role belong together", "both, or neither")
    if arguments.reader is None and arguments.model in network_specs.networks():
        return subjects.exported(arguments.model, arguments.exports)
    reader = parse_name(arguments.reader) if arguments.reader else None
    return subjects.subject_of(arguments.model, reader, arguments.role)


def _report(message: str) -> None:
    if sys.stderr.isatty():
        print(message, file=sys.stderr)


def format_plan(plan: PrecisionPlan, path: str) -> str:
    """The verdict, the effect of FP16 without and with the plan, and the layers that stay in FP32."""
    evidence = plan.evidence
    head = ("arithmetic", "texts that change", "right", "CER %", "CER % to FP32")
    rows = [["FP32", "-", str(evidence["fp32"]["exact"]), _percent(evidence["fp32"]["cer"]), "-"]]
    for title, key in (("all FP16", "fp16"), ("with the plan", "plan")):
        rows += [
            ["{}, {}".format(title, name), "{} of {}".format(each["changed"], evidence["items"]), str(each["exact"])]
            + [_percent(each["cer"]), _percent(each["cer_to_fp32"])]
            for name, each in evidence[key].items()
        ]
    parts = ["{}: {}: {}".format(plan.model, plan.verdict, plan.reason), table(head, rows)]
    if plan.fp32:
        kept = [[layer.op, layer.layer, layer.why] for layer in plan.fp32]
        parts.append(table(("stays in FP32", "layer", "why"), kept))
    overflowing = _overflowing(plan)
    if overflowing:
        parts.append(table(("overflow begins", "layer", "arithmetic", "values up to"), overflowing))
    return "\n\n".join([*parts, "plan: " + path])


def _percent(value: Optional[float]) -> str:
    return "-" if value is None else "{:.2f}".format(value)


def _overflowing(plan: PrecisionPlan) -> List[List[str]]:
    return [
        [layer["op"], layer["name"] or layer["output"], arithmetic, "{:.3g}".format(layer["peak"])]
        for arithmetic, layers in plan.evidence["layers"].items()
        for layer in layers["origins"]
    ]
