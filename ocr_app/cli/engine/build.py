"""``ocr-app engine build``: builds the engines of readers, one after another, and reports progress and results."""

import argparse
import json
import os
from typing import Any, List, Optional, Tuple

from ocr_app.cli.arguments import positive
from ocr_app.cli.engine.keep import add_verb
from ocr_app.core import paths
from ocr_app.core.tables import table
from ocr_app.engines.building import build, jobs
from ocr_app.engines.building.jobs import settings
from ocr_app.engines.building.step_process import BuildRequest
from ocr_app.engines.targets import target


def add_verbs(kinds: Any) -> None:
    """``build``, on the sub-parsers of ``engine``."""
    help_text = "build the engines of readers, one after another; continues where it was interrupted"
    verb = add_verb(kinds, "build", help_text, run_build)
    verb.add_argument(
        "--reader", default="codes", metavar="R", help="name[:model], comma-separated (default: %(default)s)"
    )
    verb.add_argument("--precision", default="fp32", metavar="P", help="comma-separated (default: %(default)s)")
    verb.add_argument("--rebuild", action="store_true", help="also rebuild what is stale, foreign, truncated, tampered")
    _add_sources(verb)
    _add_resources(verb)


def _add_sources(verb: argparse.ArgumentParser) -> None:
    calibration_help = "images that determine the shapes and check the engine; repeat for more sets (default: {})"
    calibration_help = calibration_help.format(paths.calibration())
    verb.add_argument("--calibration", action="append", default=[], metavar="DATASET", help=calibration_help)
    limit_help = "images of each set, 0 for all (default: %(default)s)"
    verb.add_argument("--limit", type=int, default=100, metavar="N", help=limit_help)
    exports_help = "folder of `./inv export` (default: %(default)s)"
    verb.add_argument("--exports", default=paths.exports(), metavar="DIR", help=exports_help)
    plans_help = "folder of the NETWORK.json of `engine gate` (default: %(default)s)"
    verb.add_argument("--plans", default=paths.plans(), metavar="DIR", help=plans_help)


def _add_resources(verb: argparse.ArgumentParser) -> None:
    workspace = settings()["workspace_mb"]
    workspace_help = "TensorRT's scratch memory (default: %(default)s)"
    verb.add_argument("--workspace-mb", type=positive, default=workspace, metavar="MB", help=workspace_help)
    verb.add_argument("--threads", type=positive, default=1, metavar="N", help="CPU threads (default: %(default)s)")
    services_help = "stopped during the build, comma-separated, or none (default: for tensorrt, {})"
    services_help = services_help.format(", ".join(settings()["services"]))
    verb.add_argument("--services", metavar="S", help=services_help)
    every_help = "seconds between progress messages (default: %(default)s)"
    verb.add_argument("--every", type=positive, default=10, metavar="S", help=every_help)


def run_build(arguments: argparse.Namespace) -> int:
    """Returns 0, or the exit code of the first engine that failed."""
    precisions = jobs.precisions_of(arguments.precision, target.module_of(arguments.target).PRECISIONS)
    readers = [name for name in arguments.reader.split(",") if name]
    specs = [spec for reader in readers for spec in jobs.specs_of(reader)]
    request = BuildRequest(
        jobs.jobs_of(specs, precisions, arguments.exports, arguments.plans),
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
    outcomes = build.build(request, _silent if arguments.json else _report)
    _show_outcomes(outcomes, arguments.json)
    return next((outcome.error.exit_code for outcome in outcomes if outcome.error), 0)


def _services(names: Optional[str], target_name: str) -> Tuple[str, ...]:
    if names is None:
        return tuple(settings()["services"]) if target_name == "tensorrt" else ()
    return tuple(name for name in names.split(",") if name and name != "none")


def _report(message: str) -> None:
    print(message, flush=True)


def _silent(message: str) -> None:
    """With --json, progress is not reported."""


def _show_outcomes(outcomes: List[build.BuildOutcome], as_json: bool) -> None:
    if as_json:
        rows = [dict(each._asdict(), error=each.error.to_json() if each.error else None) for each in outcomes]
        print(json.dumps({"engines": rows}, indent=1))
        return
    lines = [[each.title, each.status, "{:.1f}".format(each.seconds), each.name or "-"] for each in outcomes]
    print(table(["network", "engine", "seconds", "name"], lines))
    for outcome in outcomes:
        if outcome.error is not None:
            print("{}: {}".format(outcome.title, outcome.error))
