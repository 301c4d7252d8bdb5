"""``ocr-app health``: whether the service of this container is alive, for HEALTHCHECK: exit code 0 or 1 only."""

import argparse
import json
import sys

from ocr_app.board.runtime_context import runtime_context
from ocr_app.core.errors import ServiceError
from ocr_app.line.health import health_file

HELP = "whether the service is alive: exit code 0, else 1"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``health``."""
    parser.add_argument("--runtime", default=runtime_context().runtime, metavar="DIR", help="(default: %(default)s)")
    within_help = "seconds within which the next heartbeat has to come (default: %(default)s)"
    parser.add_argument("--within", type=float, default=8.0, metavar="S", help=within_help)
    parser.add_argument("--ready", action="store_true", help="exit code 1 also while starting, building or warming up")
    parser.add_argument("--json", action="store_true", help="print the whole document")


def run(arguments: argparse.Namespace) -> int:
    """Returns 0 when there is a heartbeat that reports live (and ready, where that is asked for), else 1."""
    try:
        record = health_file.wait_for_beat(arguments.runtime, arguments.within)
    except ServiceError as error:
        print("ocr-app health: {}".format(error), file=sys.stderr)
        return 1
    print(json.dumps(record) if arguments.json else summary(record))
    return 0 if record["live"] and (record["ready"] or not arguments.ready) else 1


def summary(record: health_file.Health) -> str:
    """One line: live or not, ready or not, the state, the heartbeat, the reasons."""
    parts = ["live" if record["live"] else "NOT LIVE", "ready" if record["ready"] else "not ready"]
    parts += [str(record.get("state", "?")), "heartbeat {}".format(record["sequence"])]
    reasons = ", ".join(record.get("degraded", []))
    return ", ".join(parts) + (": degraded by " + reasons if reasons else "")
