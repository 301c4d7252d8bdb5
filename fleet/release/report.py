"""The outcome of a deployment: ``report.json`` and ``report.md`` with the failed probes and the last log lines."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fleet.plays.run_report import table
from fleet.release.hosts import OUTCOMES, format_failure, notes
from node_agent.release.manifest import ReleaseManifest

LOG_LINES = 20
_INTERRUPTED = 130


@dataclass(frozen=True)
class DeploymentReport:
    """Every host of a deployment with its outcome. ``code`` is the exit code of the playbook."""

    name: str
    release: str
    by: str
    code: int
    hosts: list[dict[str, Any]]

    @property
    def done(self) -> bool:
        """Whether every node runs the release."""
        return bool(self.hosts) and all(host["outcome"] == "committed" for host in self.hosts)

    @property
    def why(self) -> str:
        """Why not every node runs it, in one line."""
        if not self.hosts:
            return "no node was selected: is the inventory right?"
        bad = [host for host in self.hosts if host["outcome"] not in ("committed", "not begun", "stopped")]
        waiting = len([host for host in self.hosts if host["outcome"] in ("not begun", "stopped")])
        words = [f"{host['host']} {_explained(host)}" for host in bad[:3]] + [f"{waiting} nodes not begun"] * bool(
            waiting
        )
        return "; ".join((["interrupted"] if self.code == _INTERRUPTED else []) + words)

    def lines(self) -> list[str]:
        """A table for the terminal."""
        rows: list[tuple[str, ...]] = [(host["host"], host["outcome"], _reason(host)) for host in self.hosts]
        return ["", *table(("host", "outcome", "why"), rows), "", f"report: build/deployments/{self.name}/report.md"]


def _explained(host: dict[str, Any]) -> str:
    reason = _reason(host)
    return f"{OUTCOMES[host['outcome']]}" + (f" ({reason})" if reason else "")


def _reason(host: dict[str, Any]) -> str:
    return " ".join((format_failure(host.get("failure") or {}) or host.get("why") or "").split())[:300]


def write(folder: Path, found: ReleaseManifest, code: int) -> DeploymentReport:
    """Read the records of a deployment and write its report."""
    by = json.loads((folder / "settings.json").read_text())["deploy_by"]
    hosts = [notes(folder)[name] for name in sorted(notes(folder))]
    report = DeploymentReport(folder.name, f"{found.name} {found.version} (serial {found.serial})", by, code, hosts)
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    record = {
        "deployment": report.name,
        "release": report.release,
        "by": by,
        "at": at,
        "exit_code": code,
        "hosts": hosts,
    }
    (folder / "report.json").write_text(json.dumps(record, indent=1) + "\n")
    (folder / "report.md").write_text("\n".join(_page(report, at)) + "\n")
    return report


def _page(report: DeploymentReport, at: str) -> list[str]:
    verdict = "every node runs it" if report.done else report.why
    lines = [f"# Deployment {report.name}", "", f"{report.release}, by {report.by}, {at}: {verdict}.", ""]
    lines += ["| host | outcome | why |", "|---|---|---|"]
    lines += [f"| {host['host']} | {host['outcome']} | {_reason(host).replace('|', '/')} |" for host in report.hosts]
    for host in report.hosts:
        lines += _failure(host)
    return lines


def _failure(host: dict[str, Any]) -> list[str]:
    failure = host.get("failure") or {}
    if not failure:
        return []
    head = [
        f"{key}: {failure[key]}" for key in ("by", "probe", "phase", "found", "expected", "next") if failure.get(key)
    ]
    return ["", f"## {host['host']}", "", *(f"- {line}" for line in head), "", "```",
            *failure.get("log", [])[-LOG_LINES:], "```"]  # fmt: skip
