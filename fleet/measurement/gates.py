"""Preflight and precision gate of every exported network; writes docs/results/engines.md and its JSON.

Each gate runs in the environment of the network's reader. The plans are written where `ocr-app engine build` looks for
them (build/plans/). The report contains the last plan of every network if it is of the current export.
"""

from __future__ import annotations

import datetime
import json
import logging
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from fleet.core.errors import GateReportError
from fleet.core.files import ROOT
from fleet.core.pages import write_record
from fleet.core.toml import load_toml
from fleet.environments.steps import python_of
from fleet.measurement.exports import published as published_exports
from fleet.reports.engines import page
from ocr_app.board import environment
from ocr_app.core.errors import ModelError, OcrError, PrecisionUnavailable
from ocr_app.engines.building import jobs
from ocr_app.export.network_specs import NetworkSpec, select
from ocr_app.export.record import load_record
from ocr_app.verification import precision_plan
from ocr_app.verification.preflight import assessment
from ocr_app.workers.environments import child_environ, exists

log = logging.getLogger(__name__)

EXPORTS = ROOT / "build" / "export"
PLANS = ROOT / "build" / "plans"
RESULTS = ROOT / "docs" / "results"
DATA = Path(__file__).with_name("gates.toml")
SCHEMA = "nano-ocr/engines/1"
_JUDGED = (0, PrecisionUnavailable.exit_code)

Run = Callable[[list[str], dict[str, str]], int]


def main(names: Sequence[str] | None = None, publish: bool = True, resume: bool = False, run: Run | None = None) -> int:
    """`./inv engines-report`: judge the named networks, or all, and publish the results of all networks.

    ``resume`` selects networks without a plan of the current export. A refused plan is a result, not a failure. Raises
    GateReportError for networks that could not be judged, after judging all others.
    """
    asked = [network for network in _select(names or []) if not (resume and _is_judged(network))]
    problems = [words for network in asked for words in _judge(network, run or _call)]
    if publish:
        found = report(_select([]), earlier=published())
        write_record(RESULTS, "engines", found, page(found))
        log.info("written: docs/results/engines.json, docs/results/engines.md")
        problems += [f"{own['network']}: {own['why']}" for own in found["open"]]
    if problems:
        raise GateReportError("; ".join(problems), "every network judged")
    return 0


def _select(names: Sequence[str]) -> list[NetworkSpec]:
    try:
        return select(names)
    except OcrError as error:
        raise GateReportError(error.found, error.expected, "./inv engines-report") from error


def _is_judged(network: NetworkSpec) -> bool:
    try:
        _plan_of(network, EXPORTS, PLANS)
    except OcrError:
        return False
    return True


def _judge(network: NetworkSpec, run: Run) -> list[str]:
    """Run one gate; returns the problems."""
    if network.environment is not None and not exists(network.environment):
        return [f"the environment {network.environment} is not built: ./inv envs --name {network.environment}"]
    try:
        fresh(network)
    except OcrError as error:
        return [f"no export of {network.name}: {error.found}"]
    log.info("%s ...", network.name)
    python = sys.executable if network.environment is None else str(python_of(network.environment, ROOT))
    code = run([python, "-m", "ocr_app", *arguments(network)], child_environ(1))
    return [] if code in _JUDGED else [f"the gate of {network.name} ended with exit code {code}"]


def fresh(network: NetworkSpec) -> None:
    """Make sure that the export is current. Only ONNX models are exported here. Raises ModelError."""
    jobs.jobs_of([network], [jobs.FP32], str(EXPORTS), str(PLANS))


def arguments(network: NetworkSpec) -> list[str]:
    """The arguments of `ocr-app` for one gate. Raises GateReportError if none of its sets exists here."""
    data = load_toml(DATA)
    own = data["fewer"].get(network.name, {})
    here = [source for source in data[network.part] if _here(source)]
    if not here:
        raise GateReportError(f"none of the sets for a {network.part} exists here", ", ".join(data[network.part]))
    sets = [word for source in here for word in ("--calibration", source)]
    numbers = ["--limit", str(own.get("limit", data["limit"][network.part]))]
    numbers += ["--trials", str(own.get("trials", data["trials"]))]
    out = ["--exports", str(EXPORTS), "--out", str(PLANS / f"{network.name}.json")]
    return ["engine", "gate", network.name, *sets, *numbers, "--no-texts", *out]


def _here(source: str) -> bool:
    return (ROOT / source.partition(":")[0]).exists()


def _call(command: list[str], environ: dict[str, str]) -> int:
    return subprocess.run(command, cwd=ROOT, env=environ, check=False).returncode


class JudgedNetwork(NamedTuple):
    """What is published of one network: its preflight and its plan, both in the JSON form."""

    preflight: dict[str, Any]
    plan: dict[str, Any]


def published(results: Path = RESULTS) -> dict[str, JudgedNetwork]:
    """The published judgements by network, without those of other files than the published exports."""
    path = results / "engines.json"
    if not path.is_file():
        return {}
    found = json.loads(path.read_text(encoding="utf-8"))
    plans = {plan["network"]: plan for plan in found["plans"]}
    checked = {Path(model["name"]).stem: model for model in found["preflight"]["models"]}
    return {
        name: JudgedNetwork(checked[name], plans[name])
        for name, record in published_exports(results).items()
        if name in plans and plans[name]["model"]["sha256"] == record["sha256"]
    }


def report(
    networks: Sequence[NetworkSpec],
    exports: Path = EXPORTS,
    plans: Path = PLANS,
    earlier: Mapping[str, JudgedNetwork] | None = None,
) -> dict[str, Any]:
    """The published report. ``open`` lists networks without an export or without a plan of it, with the reason.

    ``earlier``: judgements of networks that need not be judged here; ``kept`` lists those that were taken from there.
    """
    data, machine = load_toml(DATA), environment.describe()
    judged: list[JudgedNetwork] = []
    unjudged, kept = [], []
    for network in networks:
        try:
            judged.append(_judgement(network, exports, plans))
        except OcrError as error:
            if earlier and network.name in earlier:
                judged.append(earlier[network.name])
                kept.append(network.name)
            else:
                unjudged.append({"network": network.name, "why": _why(error, exports, plans)})
    return {
        "schema": SCHEMA,
        "date": datetime.date.today().isoformat(),
        "machine": {key: machine[key] for key in ("machine", "cpu", "threads", "system", "arch")},
        "missing": [source for part in ("recogniser", "detector") for source in data[part] if not _here(source)],
        "open": unjudged,
        "kept": kept,
        "preflight": dict(assessment.to_json([]), models=[own.preflight for own in judged]),
        "plans": [own.plan for own in judged],
    }


def _judgement(network: NetworkSpec, exports: Path, plans: Path) -> JudgedNetwork:
    """Raises ModelError, ResultError."""
    own = _plan_of(network, exports, plans)
    checked = assessment.to_json([assessment.preflight(str(exports / f"{network.name}.onnx"), network.shape)])
    return JudgedNetwork(checked["models"][0], {"network": network.name, **precision_plan.to_json(own)})


def _why(error: OcrError, exports: Path, plans: Path) -> str:
    """The message without the folders of this machine."""
    words = error.found
    for folder in (exports, plans):
        words = words.replace(str(folder), folder.name)
    return words


def _plan_of(network: NetworkSpec, exports: Path, plans: Path) -> precision_plan.PrecisionPlan:
    """Raises ModelError, ResultError."""
    record = load_record(str(exports), network.name)
    path = plans / f"{network.name}.json"
    if not path.is_file():
        raise ModelError("no precision plan was made yet", str(path), "./inv engines-report")
    own = precision_plan.read(str(path))
    if own.sha256 != record["sha256"]:
        raise ModelError("the plan is of another export", record["sha256"])
    return own
