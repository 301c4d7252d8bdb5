"""Exports every network in the environment of its framework, and compares each export with its original.

ocr_app.export.program and export_parity do the work, in one process per environment.
"""

from __future__ import annotations

import datetime
import json
import logging
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from fleet.core.errors import NetworkExportError
from fleet.core.files import ROOT
from fleet.core.pages import write_record
from fleet.core.toml import load_toml
from fleet.environments.steps import python_of
from fleet.reports.exports import page
from ocr_app.board import environment
from ocr_app.core import model_files
from ocr_app.core.errors import OcrError
from ocr_app.export.network_specs import NetworkSpec, select
from ocr_app.export.record import load_record, record_path
from ocr_app.readers import catalogues
from ocr_app.workers.environments import child_environ, exists

log = logging.getLogger(__name__)

FOLDER = ROOT / "build" / "export"
DATA = Path(__file__).with_name("exports.toml")
RESULTS = ROOT / "docs" / "results"
SCHEMA = "nano-ocr/exports/1"

Run = Callable[[list[str], dict[str, str]], int]


def main(
    names: Sequence[str] | None = None,
    folder: Path = FOLDER,
    compare: bool = True,
    quick: bool = False,
    threads: int = 1,
    run: Run | None = None,
) -> int:
    """`./inv export`: export, and compare with the originals.

    Every environment is tried before a failure is reported. Raises NetworkExportError for unknown names, missing
    environments, and exports that failed or do not read like their originals.
    """
    problems = []
    for name, networks in by_environment(_select(names or [])).items():
        problems += _in_environment(name, networks, folder, _sets(quick) if compare else [], threads, run or _call)
    if problems:
        raise NetworkExportError("; ".join(problems), "every network exported, each reading like its original")
    return 0


def publish(folder: Path = FOLDER, results: Path = RESULTS) -> None:
    """`./inv export --publish`: write export.json and export.md from the last full comparison of each network.

    Nothing is exported or compared. A network that was not exported here keeps its published record if it is still made
    of the same files. Raises NetworkExportError for a network without a full comparison.
    """
    found = report(_select([]), folder, published(results))
    write_record(results, "export", found, page(found))
    log.info("written: docs/results/export.json, docs/results/export.md")


def _select(names: Sequence[str]) -> list[NetworkSpec]:
    try:
        return select(names)
    except OcrError as error:
        raise NetworkExportError(error.found, error.expected, "./inv export") from error


def by_environment(networks: Sequence[NetworkSpec]) -> dict[str | None, list[NetworkSpec]]:
    """Networks by the environment that exports them. None stands for this Python."""
    names = dict.fromkeys(network.environment for network in networks)
    return {name: [network for network in networks if network.environment == name] for name in names}


def _in_environment(
    name: str | None, networks: Sequence[NetworkSpec], folder: Path, sets: list[str], threads: int, run: Run
) -> list[str]:
    """Export and compare in one environment; returns the problems."""
    if name is not None and not exists(name):
        return [f"the environment {name} is not built: ./inv envs --name {name}"]
    python = sys.executable if name is None else str(python_of(name, ROOT))
    names = [network.name for network in networks]
    commands = [[python, "-m", "ocr_app.export.program", *names, "--out", str(folder)]]
    if sets:
        parity = [python, "-m", "ocr_app.verification.parity", *names, "--out", str(folder)]
        commands.append([*parity, "--threads", str(threads), *sets])
    for command in commands:
        code = run(command, child_environ(threads))
        if code:
            return [f"{command[2]} in {name or 'this Python'} ended with exit code {code}"]
    return []


def _call(command: list[str], environ: dict[str, str]) -> int:
    return subprocess.run(command, cwd=ROOT, env=environ, check=False).returncode


def _sets(quick: bool) -> list[str]:
    """The arguments of export_parity for the existing data sets."""
    data = load_toml(DATA)
    here = {key: [source for source in data[key] if (ROOT / source).exists()] for key in ("lines", "pages")}
    if not here["lines"]:
        raise NetworkExportError("none of the sets of lines exists here", ", ".join(data["lines"]))
    words = [word for key, sources in here.items() for source in sources for word in (f"--{key}", source)]
    limit = data["quick_limit"] if quick else data["pages_limit"]
    return [*words, "--pages-limit", str(limit), *(["--limit", str(limit)] if quick else [])]


def published(results: Path = RESULTS) -> dict[str, dict[str, Any]]:
    """The published records by network, without those of other model files or of another form than today's."""
    path = results / "export.json"
    found = json.loads(path.read_text(encoding="utf-8"))["networks"] if path.is_file() else []
    specs = {network.name: network for network in select([])}
    return {
        record["network"]: record
        for record in found
        if record["network"] in specs and _is_current(record, specs[record["network"]])
    }


def _is_current(record: dict[str, Any], network: NetworkSpec) -> bool:
    pinned: dict[str, Any] = {**model_files.index(), **catalogues.packaged()}
    ports = all(record[key]["dims"] == list(getattr(network, key).dims) for key in ("input", "output"))
    return ports and record["sources"] == {name: pinned[name]["sha256"] for name in network.files}


def report(
    networks: Sequence[NetworkSpec], folder: Path = FOLDER, earlier: Mapping[str, dict[str, Any]] | None = None
) -> dict[str, Any]:
    """The published report: each record with its parity, the machine, and the missing sets.

    ``earlier``: records of networks that need not be exported here. Raises NetworkExportError for an export that is
    missing, damaged, or not fully compared.
    """
    records = [_record(network.name, folder, earlier or {}) for network in networks]
    data = load_toml(DATA)
    whole = {"lines": None, "pages": data["pages_limit"]}
    open_ones = [record["network"] for record in records if (record["parity"] or {}).get("limits") != whole]
    if open_ones:
        raise NetworkExportError(f"not compared on everything: {', '.join(open_ones)}", "every set", "./inv export")
    machine = environment.describe()
    return {
        "schema": SCHEMA,
        "date": datetime.date.today().isoformat(),
        "machine": {key: machine[key] for key in ("machine", "cpu", "threads", "system", "arch")},
        "missing": [source for key in ("lines", "pages") for source in data[key] if not (ROOT / source).exists()],
        "kept": [record["network"] for record in records if record is (earlier or {}).get(record["network"])],
        "networks": records,
    }


def _record(name: str, folder: Path, earlier: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    if name in earlier and not Path(record_path(str(folder / f"{name}.onnx"))).is_file():
        return earlier[name]
    try:
        return load_record(str(folder), name)
    except OcrError as error:
        raise NetworkExportError(error.found, error.expected, error.next_step) from error
