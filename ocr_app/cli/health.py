"""``ocr-app health``: does the service of this container live? For HEALTHCHECK, so 0 or 1 and nothing else."""

import argparse
import json
import sys

from ocr_app.board.runtime_context import runtime_context
from ocr_app.core.errors import ServiceError
from ocr_app.line.health import health_file

HELP = "whether the service lives: exit code 0, else 1"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``health``."""
    parser.add_argument("--runtime", default=runtime_context().runtime, metavar="DIR", help="(default: %(default)s)")
    within_help = "seconds within which the heartbeat has to go on (default: %(default)s)"
    parser.add_argument("--within", type=float, default=8.0, metavar="S", help=within_help)
    parser.add_argument("--ready", action="store_true", help="1 also while it starts, builds engines or warms up")
    parser.add_argument("--json", action="store_true", help="print the whole document")


def run(arguments: argparse.Namespace) -> int:
    """Returns 0 when the heartbeat goes on and says live (and ready, where that is asked), else 1."""
    try:
        record = health_file.wait_for_beat(arguments.runtime, arguments.within)
    except ServiceError as error:
        print("ocr-app health: {}".format(error), file=sys.stderr)
        return 1
    print(json.dumps(record) if arguments.json else words(record))
    return 0 if record["live"] and (record["ready"] or not arguments.ready) else 1


def words(record: health_file.Health) -> str:
    """One line: live or not, ready or not, the state, the reasons."""
    parts = ["live" if record["live"] else "NOT LIVE", "ready" if record["ready"] else "not ready"]
    parts += [str(record.get("state", "?")), "heartbeat {}".format(record["sequence"])]
    reasons = ", ".join(record.get("degraded", []))
    return ", ".join(parts) + (": degraded by " + reasons if reasons else "")
