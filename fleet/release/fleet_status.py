"""`./inv fleet report`: the release, health, drift and last failure of every node."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fleet.core.errors import NodeReportError
from fleet.core.files import ROOT
from fleet.plays import playbooks
from fleet.plays.run_report import table
from fleet.release import deployment
from fleet.rollout.hosts import format_failure
from fleet.rollout.request import DeployRequest

OUT = ROOT / "build" / "fleet-report"
AUDIT = ROOT / "build" / "ansible" / "reports" / "verify.json"
Say = Callable[[str], None]
HEAD = ("host", "release", "previous", "runs", "health", "drift", "engines", "why the last deployment failed")


def main(
    inventory: str = "", limit: str = "", audit: bool = False, verbose: bool = False, out: Path = OUT, say: Say = print
) -> int:
    """Ask every node, print the table, write fleet.json. Returns 0. Raises NodeReportError if a node gave no report.

    Healthy nodes that run what most nodes run are only counted, unless ``verbose`` is set.

    ``audit`` runs verify.yml first, for the column drift. Earlier reports are not used: they may be of another fleet.
    """
    if audit:
        playbooks.play("verify", inventory, limit)
    for old in (out / "nodes").glob("*.json"):
        old.unlink()
    out.mkdir(parents=True, exist_ok=True)
    settings = out / "settings.json"
    settings.write_text(json.dumps({"report_folder": str((out / "nodes").absolute())}) + "\n")
    deployment.play("report", settings, DeployRequest(inventory, limit))
    found = [json.loads(path.read_text()) for path in sorted((out / "nodes").glob("*.json"))]
    audited = drifted(AUDIT) if audit else None
    rows = [row(node, audited) for node in found]
    shown = rows if verbose else attention(rows)
    listed = table(HEAD, shown) if shown else []
    say("\n".join(["", *listed, f"{len(rows) - len(shown)} of {len(rows)} nodes need no attention", "", *summary(found),
                   f"full reports: {out / 'nodes'}"]))  # fmt: skip
    (out / "fleet.json").write_text(json.dumps([dict(zip(HEAD, row, strict=True)) for row in rows], indent=1) + "\n")
    silent = [node["host"] for node in found if not node["answer"]]
    if silent or not found:
        words = f"no report from {', '.join(silent)}" if silent else "no node was selected"
        raise NodeReportError(words, "a report from every node", "the last column says why; try ssh by hand")
    return 0


def attention(rows: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The rows that differ from the release of most nodes, or in which something is wrong."""
    releases = Counter(row[1] for row in rows)
    usual = releases.most_common(1)[0][0] if releases else ""
    healthy: dict[str, tuple[str, ...]] = {
        "runs": ("yes", "nothing yet"),
        "health": ("ready", "silent"),
        "drift": ("none", "not audited"),
    }
    return [row for row in rows if row[1] != usual or row[-1] != "-" or not _healthy(row, healthy)]


def _healthy(row: tuple[str, ...], healthy: dict[str, tuple[str, ...]]) -> bool:
    named = dict(zip(HEAD, row, strict=True))
    return all(named[column] in good for column, good in healthy.items()) and (
        named["health"] == "ready" or named["runs"] == "nothing yet"
    )


def drifted(audit: Path) -> dict[str, list[str]] | None:
    """Host -> broken rules of the last audit; None without an audit."""
    if not audit.exists():
        return None
    record = json.loads(audit.read_text())
    found: dict[str, list[str]] = {host: [] for host in {entry["host"] for entry in record["roles"]}}
    for rule in record["rules"]:
        if not rule["holds"] and not rule["hint"]:
            found.setdefault(rule["host"], []).append(rule["id"])
    return found


def row(node: dict[str, Any], audited: dict[str, list[str]] | None) -> tuple[str, ...]:
    """One row of the table."""
    if not node["answer"]:
        return (node["host"], "no answer", "-", "-", "-", "-", "-", " ".join(node["why"].split())[:200])
    status, failure = node["answer"]["status"], node["answer"]["failure"]
    release, previous = (_named(status[role]) for role in ("current", "previous"))
    phase = "" if status["phase"] == "idle" else f", {status['phase']} {_named(status['candidate'])}"
    drift = drift_of(node, audited)
    engines = ", ".join(node["engines"]) or "none"
    return (node["host"], release + phase, previous, runs(status), health(status["health"]), drift, engines,
            format_failure(failure)[:200] or "-")  # fmt: skip


def drift_of(node: dict[str, Any], audited: dict[str, list[str]] | None) -> str:
    """Broken rules of provisioning, and damaged archives."""
    kept = node["answer"]["archives"]
    archives = [f"archive of {role}" for role, found in kept.items() if found not in ("sound", "none")]
    if audited is None or node["host"] not in audited:
        return ", ".join([*archives, "not audited"])
    return ", ".join([*archives, *audited[node["host"]]]) or "none"


def _named(release: dict[str, Any] | None) -> str:
    return f"{release['version']}" if release else "none"


def runs(status: dict[str, Any]) -> str:
    """Whether the release runs that must run."""
    if isinstance(status["running"], dict):
        return "unknown"
    if status["running"] == status["must_run"]:
        return "yes" if status["running"] else "nothing yet"
    return "NOT the required release" if status["running"] else "NOTHING runs"


def health(document: dict[str, Any] | None) -> str:
    """State and reasons from the application's health document."""
    if not document:
        return "silent"
    if "error" in document:
        return str(document["error"])
    state = "ready" if document["ready"] else str(document["state"])
    return f"degraded: {', '.join(document['degraded'])}" if document["degraded"] else state


def summary(found: list[dict[str, Any]]) -> list[str]:
    """The number of nodes per release."""
    counts = Counter(_named(node["answer"]["status"]["current"]) if node["answer"] else "no answer" for node in found)
    return [f"{count} x {name}" for name, count in counts.most_common()]
