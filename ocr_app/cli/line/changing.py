"""``ocr-app line set``: changes what a running line judges by; without a change, it says what that is."""

import argparse
import json
from typing import Any, Dict, List

from ocr_app.cli.arguments import pair, region
from ocr_app.core.errors import ServiceError, UsageError

HELP = "change product, expected values or regions of a running line, or show them"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The file of the line, and one change."""
    parser.add_argument("file", metavar="FILE.yaml")
    parser.add_argument("--product", metavar="NAME", help="choose a product; with --expect, its expected values too")
    expect_help = "a field and the text that it has to have (may be repeated); fields that are not named may have any"
    parser.add_argument("--expect", action="append", type=pair, metavar="NAME=TEXT", help=expect_help)
    parser.add_argument("--expect-any", action="store_true", help="no field has to have a certain text")
    region_help = "read only this region (may be repeated); without any, lines are detected"
    parser.add_argument("--region", action="append", type=region, metavar="X,Y,W,H", help=region_help)
    parser.add_argument("--no-region", action="store_true", help="detect lines in the whole picture")
    parser.add_argument("--batch", action="store_true", help="begin a batch with the next part")
    parser.add_argument(
        "--wait", type=float, default=0.0, metavar="S", help="wait so long for a moment between two parts"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(line_run=run)


def run(arguments: argparse.Namespace) -> int:
    """Returns 0. Raises UsageError: more than one change, or one that does not fit; ServiceError: busy, or no line."""
    try:
        from ocr_app.line.changes import control
        from ocr_app.line.settings.service import load
    except ImportError as error:
        found = "the line needs attrs, cattrs and prometheus_client: {}".format(error)
        raise ServiceError(found, "these packages in this Python", "pip install 'ocr-app[line]'")
    settings = load(arguments.file)
    if not settings.journal.folder:
        raise UsageError("{} has no journal.folder".format(arguments.file), "the settings file of a live line")
    state = control.ask(settings.journal.folder, request_of(arguments), arguments.wait)
    print(json.dumps(state, ensure_ascii=False, indent=1) if arguments.json else "\n".join(rows_of(state)))
    return 0


def request_of(arguments: argparse.Namespace) -> Dict[str, Any]:
    """The change that was asked for. Raises UsageError for more than one: each is a change of its own."""
    expected = dict(arguments.expect or ()) if arguments.expect or arguments.expect_any else None
    if arguments.expect and arguments.expect_any:
        raise UsageError("--expect and --expect-any", "one of them")
    if arguments.region and arguments.no_region:
        raise UsageError("--region and --no-region", "one of them")
    asked: List[Dict[str, Any]] = []
    if arguments.product:
        asked.append({"verb": "product", "product": arguments.product, "expected": expected})
    elif expected is not None:
        asked.append({"verb": "expected", "expected": expected})
    if arguments.region or arguments.no_region:
        asked.append({"verb": "regions", "regions": [list(each) for each in arguments.region or ()]})
    if arguments.batch:
        asked.append({"verb": "batch"})
    if len(asked) > 1:
        raise UsageError("several changes at once", "one change", "run the command once for each")
    return asked[0] if asked else {"verb": "state"}


def rows_of(state: Dict[str, Any]) -> List[str]:
    """The state in words."""
    expected = ", ".join("{}={}".format(*each) for each in sorted(state["expected"].items()))
    regions = " ".join(",".join(str(number) for number in region) for region in state["regions"])
    rows = [
        "product   {} (recipe {}, {})".format(state["product"], state["recipe"], state["recipe_digest"][:12]),
        "expected  {}".format(expected or "any"),
        "regions   {}".format(regions or "whole picture"),
        "batch     from part {}".format(state["batch"]["first_part"]) if state["batch"] else "batch     unknown",
        "products  {}".format(", ".join(row["name"] for row in state["products"] if not row["problem"])),
    ]
    return rows + [
        "          {}: {}".format(row["name"], row["problem"]) for row in state["products"] if row["problem"]
    ]
