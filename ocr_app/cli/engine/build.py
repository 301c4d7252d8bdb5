"""``ocr-app engine build``: the engines of readers, one after the other; progress and outcomes in words."""

import argparse
import json
import os
from typing import Any, List, Optional, Tuple

from ocr_app.cli.arguments import positive
from ocr_app.cli.engine.keep import add_verb
from ocr_app.core import paths
from ocr_app.core.tables import table
from ocr_app.engines.building import build, jobs
from ocr_app.engines.settings import settings
from ocr_app.engines.targets import target


def add_verbs(kinds: Any) -> None:
    """``build``, on the sub-parsers of ``engine``."""
    own = add_verb(
        kinds, "build", "build the engines of readers, one after the other; goes on where it was cut off", run_build
    )
    reader_help = "name[:model], comma separated (default: %(default)s)"
    own.add_argument("--reader", default="codes", metavar="R", help=reader_help)
    own.add_argument("--precision", default="fp32", metavar="P", help="comma separated (default: %(default)s)")
    calibration_help = "images that decide shapes and judge the engine; once for each set (default: {})"
    own.add_argument(
        "--calibration",
        action="append",
        default=[],
        metavar="DATASET",
        help=calibration_help.format(paths.calibration()),
    )
    own.add_argument("--limit", type=int, default=100, metavar="N", help="images of each set, 0: all (%(default)s)")
    own.add_argument(
        "--exports", default=paths.exports(), metavar="DIR", help="of `./inv export` (default: %(default)s)"
    )
    own.add_argument(
        "--plans", default=paths.plans(), metavar="DIR", help="NETWORK.json of `engine gate` (%(default)s)"
    )
    own.add_argument(
        "--workspace-mb", type=positive, default=settings()["workspace_mb"], metavar="MB", help="%(default)s"
    )
    own.add_argument("--threads", type=positive, default=1, metavar="N", help="CPU threads (default: %(default)s)")
    services_help = "stopped meanwhile, comma separated, none: (default: those of data/engines.json, for tensorrt)"
    own.add_argument("--services", metavar="S", help=services_help)
    own.add_argument("--rebuild", action="store_true", help="also what is stale, foreign, truncated or tampered with")
    own.add_argument("--every", type=positive, default=10, metavar="S", help="seconds between words (%(default)s)")


def run_build(arguments: argparse.Namespace) -> int:
    """Returns 0, or the exit code of the first engine that failed."""
    precisions = jobs.precisions_of(arguments.precision, target.module_of(arguments.target).PRECISIONS)
    readers = [word for word in arguments.reader.split(",") if word]
    entries = [entry for reader in readers for entry in jobs.entries_of(reader)]
    order = build.BuildRequest(
        jobs.jobs_of(entries, precisions, arguments.exports, arguments.plans),
        arguments.target,
        os.path.abspath(arguments.engines),
        arguments.exports,
        arguments.plans,
        arguments.calibration or [paths.calibration()],
        arguments.limit,
        arguments.workspace_mb,
        arguments.threads,
        arguments.rebuild,
        _services(arguments.services, arguments.target),
        arguments.every,
    )
    outcomes = build.build(order, (lambda text: None) if arguments.json else _say)
    _show_outcomes(outcomes, arguments.json)
    return next((outcome.error.exit_code for outcome in outcomes if outcome.error), 0)


def _services(words: Optional[str], target_name: str) -> Tuple[str, ...]:
    if words is None:
        return tuple(settings()["services"]) if target_name == "tensorrt" else ()
    return tuple(word for word in words.split(",") if word and word != "none")


def _say(text: str) -> None:
    print(text, flush=True)


def _show_outcomes(outcomes: List[build.BuildOutcome], as_json: bool) -> None:
    if as_json:
        rows = [dict(own._asdict(), error=own.error.to_json() if own.error else None) for own in outcomes]
        print(json.dumps({"engines": rows}, indent=1))
        return
    lines = [[own.title, own.status, "{:.1f}".format(own.seconds), own.name or "-"] for own in outcomes]
    print(table(["network", "engine", "seconds", "name"], lines))
    for own in outcomes:
        if own.error is not None:
            print("{}: {}".format(own.title, own.error))
