"""``ocr-app network half``: the line crops whose text changes in half precision."""

import argparse
import json
from typing import Any, Dict

from ocr_app.benchmark import half_precision
from ocr_app.cli.arguments import write_json
from ocr_app.core.tables import table
from ocr_app.datasets.loading import open_dataset
from ocr_app.readers.registry import parse_name


def run(arguments: argparse.Namespace) -> int:
    """Returns 0, also when texts change: the report is the answer."""
    datasets = [open_dataset(path) for path in arguments.datasets]
    report = half_precision.compare(parse_name(arguments.reader), datasets, arguments.threads, not arguments.no_texts)
    if arguments.out:
        write_json(report, arguments.out)
    print(json.dumps(report, ensure_ascii=False, indent=1) if arguments.json else format_report(report))
    return 0


def format_report(report: Dict[str, Any]) -> str:
    """A table of the data sets, and every text that changes."""
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
