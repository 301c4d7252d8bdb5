"""``ocr-app engine preflight|gate``: what can be said of a network before an engine is built from it."""

import argparse
import json
import os
import re
import sys
from typing import Any, List, Optional, Tuple

from ocr_app.cli.arguments import positive, write_json
from ocr_app.core import paths
from ocr_app.core.errors import ModelError, PrecisionUnavailable, UsageError
from ocr_app.core.tables import table
from ocr_app.export import network_specs
from ocr_app.export.record import load_record
from ocr_app.readers.registry import parse_name
from ocr_app.verification import calibration, precision_plan
from ocr_app.verification.calibration import Subject
from ocr_app.verification.gate import judge
from ocr_app.verification.gate.judge import TRIALS
from ocr_app.verification.precision_plan import ACCEPTED, PrecisionPlan
from ocr_app.verification.preflight import assessment
from ocr_app.verification.preflight.rules import REFUSED

_MODEL_HELP = "a network of `./inv export`, an ONNX file, or the name of a model's file"


def add_verbs(kinds: Any) -> None:
    """The verbs of this module, on the sub-parsers of ``engine``."""
    help_text = "whether TensorRT 8.2.1 and a Nano take a network, as far as that is known without them"
    own = _verb(kinds, "preflight", help_text, run_preflight)
    own.add_argument("models", nargs="+", metavar="MODEL[:NxCxHxW]", help=_MODEL_HELP)
    own.add_argument("--precision", choices=("fp16", "fp32", "int8"), default="fp16", help="(default: %(default)s)")
    own.add_argument("--out", metavar="FILE.json", help="write the JSON form to a file")
    help_text = "which layers must stay in FP32 for an FP16 engine to read what FP32 reads: the precision plan"
    own = _verb(kinds, "gate", help_text, run_gate)
    own.add_argument("model", metavar="MODEL", help=_MODEL_HELP)
    own.add_argument("--reader", metavar="R", help="for any other file: the reader it belongs to")
    own.add_argument("--role", choices=(calibration.DETECTOR, calibration.RECOGNISER), help="and what it is there")
    calibration_help = "a data set or a folder of images; once for each (default: {})".format(paths.calibration())
    own.add_argument("--calibration", action="append", default=[], metavar="SET", help=calibration_help)
    own.add_argument(
        "--limit", type=positive, default=30, metavar="N", help="images of each set (default: %(default)s)"
    )
    own.add_argument("--trials", type=positive, default=TRIALS, metavar="N", help="sets of layers tried (%(default)s)")
    own.add_argument("--no-texts", action="store_true", help="leave the texts out of the evidence")
    own.add_argument(
        "--out", metavar="PLAN.json", help="(default: {})".format(os.path.join(paths.plans(), "NETWORK.json"))
    )


def _verb(kinds: Any, name: str, help_text: str, run: Any) -> argparse.ArgumentParser:
    own: argparse.ArgumentParser = kinds.add_parser(name, help=help_text, description=help_text + ".")
    own.add_argument(
        "--exports", default=paths.exports(), metavar="DIR", help="of `./inv export` (default: %(default)s)"
    )
    own.add_argument("--json", action="store_true", help="print JSON")
    own.set_defaults(run_what=run)
    return own


def run_preflight(arguments: argparse.Namespace) -> int:
    """Returns 0; 7 where the parser or the board would refuse a model, 5 where the precision alone is refused."""
    reports = [_preflight(word, arguments.exports, arguments.precision) for word in arguments.models]
    record = assessment.to_json(reports)
    if arguments.out:
        write_json(record, arguments.out)
    print(json.dumps(record, indent=1) if arguments.json else assessment.words(reports))
    refused = [own for report in reports for own in report.findings if own.kind == REFUSED]
    if not refused:
        return 0
    precision = arguments.precision.upper()
    return PrecisionUnavailable.exit_code if all(own.node == precision for own in refused) else ModelError.exit_code


def _preflight(word: str, exports: str, precision: str) -> assessment.Report:
    name, shape = _name_and_shape(word)
    if name in network_specs.networks():
        entry = network_specs.select([name])[0]
        path = os.path.join(exports, str(load_record(exports, name)["file"]))
        return assessment.preflight(path, shape or entry.shape, precision)
    path = name if os.path.isfile(name) else calibration.subject_of(name).path
    return assessment.preflight(path, shape, precision)


def _name_and_shape(word: str) -> Tuple[str, Optional[Tuple[int, ...]]]:
    match = re.match(r"(.+):(\d+(?:x\d+)+)$", word)
    return (match.group(1), tuple(map(int, match.group(2).split("x")))) if match else (word, None)


def run_gate(arguments: argparse.Namespace) -> int:
    """Returns 0 when the plan is accepted, 5 when it is refused; it is written either way."""
    subject = _subject(arguments)
    given = calibration.calibration(arguments.calibration or [paths.calibration()], subject.role, arguments.limit)
    own = judge.judge(subject, given, arguments.trials, not arguments.no_texts, _tell)
    path = arguments.out or os.path.join(paths.plans(), os.path.splitext(subject.name)[0] + ".json")
    precision_plan.write(own, path)
    print(json.dumps(precision_plan.to_json(own), ensure_ascii=False, indent=1) if arguments.json else words(own, path))
    return 0 if own.verdict == ACCEPTED else PrecisionUnavailable.exit_code


def _subject(arguments: argparse.Namespace) -> Subject:
    if (arguments.reader is None) != (arguments.role is None):
        raise UsageError("--reader and --role belong together", "both, or neither")
    if arguments.reader is None and arguments.model in network_specs.networks():
        return calibration.exported(arguments.model, arguments.exports)
    reader = parse_name(arguments.reader) if arguments.reader else None
    return calibration.subject_of(arguments.model, reader, arguments.role)


def _tell(words_: str) -> None:
    if sys.stderr.isatty():
        print(words_, file=sys.stderr)


def words(own: PrecisionPlan, path: str) -> str:
    """The verdict, what FP16 did without and with the plan, and the layers that stay in FP32."""
    evidence = own.evidence
    head = ("arithmetic", "texts that change", "right", "CER %", "CER % to FP32")
    rows = [["FP32", "-", str(evidence["fp32"]["exact"]), _percent(evidence["fp32"]["cer"]), "-"]]
    for title, key in (("all FP16", "fp16"), ("with the plan", "plan")):
        rows += [
            ["{}, {}".format(title, name), "{} of {}".format(each["changed"], evidence["items"]), str(each["exact"])]
            + [_percent(each["cer"]), _percent(each["cer_to_fp32"])]
            for name, each in evidence[key].items()
        ]
    parts = ["{}: {}: {}".format(own.model, own.verdict, own.reason), table(head, rows)]
    if own.fp32:
        kept = [[layer.op, layer.layer, layer.why] for layer in own.fp32]
        parts.append(table(("stays in FP32", "layer", "why"), kept))
    overflowing = _overflowing(own)
    if overflowing:
        parts.append(table(("overflow begins", "layer", "arithmetic", "values up to"), overflowing))
    return "\n\n".join([*parts, "plan: " + path])


def _percent(value: Optional[float]) -> str:
    return "-" if value is None else "{:.2f}".format(value)


def _overflowing(own: PrecisionPlan) -> List[List[str]]:
    return [
        [layer["op"], layer["name"] or layer["output"], arithmetic, "{:.3g}".format(layer["peak"])]
        for arithmetic, layers in own.evidence["layers"].items()
        for layer in layers["origins"]
    ]
