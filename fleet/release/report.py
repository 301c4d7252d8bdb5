"""The outcome of a deployment: ``report.json`` and ``report.md`` with the failed probes and the last log lines.

What a node runs is what it said when it was asked last. Records of the deployment explain; they never speak for a node.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from dataclasses import dataclass
from typing import Any

from fleet.plays.run_report import table
from fleet.rollout import history
from fleet.rollout.answers import Answer
from fleet.rollout.batches import Rollout
from fleet.rollout.history import Story
from fleet.rollout.hosts import OUTCOMES, format_failure
from node_agent.release.manifest import ReleaseManifest

LOG_LINES = 20
_SHOWN = 5
_WAITING = ("not begun", "stopped")


@dataclass(frozen=True)
class DeploymentReport:
    """Every host of a deployment with its outcome: those asked for now, and those on which it was ever begun.

    ``others``: the remaining hosts of the inventory, and what they run.
    """

    name: str
    release: str
    by: str
    interrupted: bool
    stopped: str
    hosts: list[dict[str, Any]]
    others: list[dict[str, Any]]

    @property
    def done(self) -> bool:
        """Whether every node runs the release, by its own word at the end."""
        return bool(self.hosts) and not self.interrupted and not self.bad

    @property
    def bad(self) -> list[dict[str, Any]]:
        """The hosts that do not run it."""
        return [host for host in self.hosts if host["outcome"] != "committed"]

    @property
    def why(self) -> str:
        """Why not every node runs it, in one line."""
        if not self.hosts:
            return "no node was selected: are the inventory and --limit right?"
        first = [host for host in self.bad if host["outcome"] not in _WAITING]
        words = [f"{host['host']} {_explained(host)}" for host in first[:_SHOWN]]
        words += [f"{len(first) - _SHOWN} more"] * (len(first) > _SHOWN)
        waiting = [host["host"] for host in self.bad if host["outcome"] in _WAITING]
        words += [f"{_nodes(len(waiting))} not begun: {_listed(waiting)}"] * bool(waiting)
        return "; ".join((["interrupted"] if self.interrupted else []) + words)

    def lines(self, verbose: bool = False) -> list[str]:
        """A table for the terminal: the nodes that need attention, and a line for the others."""
        shown = self.hosts if verbose else self.bad
        rows: list[tuple[str, ...]] = [(host["host"], host["outcome"], host["runs"], _reason(host)) for host in shown]
        good = len(self.hosts) - len(self.bad)
        return [
            "",
            *(table(("host", "outcome", "runs", "why"), rows) if rows else []),
            *(["", f"stopped: {self.stopped}"] if self.stopped else []),
            f"{good} of {_nodes(len(self.hosts))} run {self.release}{self._others()}",
            f"report: build/deployments/{self.name}/report.md",
        ]

    def _others(self) -> str:
        if not self.others:
            return ""
        counts = Counter(host["runs"] for host in self.others)
        return f"; not asked for: {_nodes(len(self.others))}, which run " + ", ".join(
            f"{name} ({count})" for name, count in counts.most_common()
        )


def _nodes(count: int) -> str:
    return f"{count} node" + "s" * (count != 1)


def _listed(names: list[str]) -> str:
    return ", ".join(names[:_SHOWN]) + f" and {len(names) - _SHOWN} more" * (len(names) > _SHOWN)


def _explained(host: dict[str, Any]) -> str:
    reason = _reason(host)
    return f"{OUTCOMES[host['outcome']]} (runs {host['runs']}" + (f"; {reason})" if reason else ")")


def _reason(host: dict[str, Any]) -> str:
    return " ".join((format_failure(host.get("failure") or {}) or host.get("why") or "").split())[:300]


def write(run: Rollout, found: ReleaseManifest) -> DeploymentReport:
    """Write the report of a run that has ended, from what every board said at its end."""
    stories, now = history.stories(run.folder), run.situation(set())
    rows = {
        host: _row(answer, stories.get(host, []), run.run, now.outcome(host)) for host, answer in run.answers.items()
    }
    ours = [host for host, answer in run.answers.items() if answer.chosen or history.touched(stories.get(host, []))]
    report = DeploymentReport(
        run.folder.name,
        f"{found.name} {found.version} (serial {found.serial})",
        run.settings["deploy_by"],
        run.interrupted,
        run.stopped,
        [rows[host] for host in sorted(ours)],
        [row for host, row in sorted(rows.items()) if host not in ours],
    )
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    head = {"deployment": report.name, "release": report.release, "by": report.by, "at": at, "run": run.run}
    record = {**head, "done": report.done, "why": report.why, "hosts": report.hosts, "others": report.others}
    (run.folder / "report.json").write_text(json.dumps(record, indent=1) + "\n")
    (run.folder / "report.md").write_text("\n".join(_page(report, at)) + "\n")
    return report


def _row(answer: Answer, story: Story, run: str, outcome: str) -> dict[str, Any]:
    noted = history.of_run(story, run)
    if outcome == "committed":
        noted = {}
    failure = noted.get("failure") or (answer.failure if outcome in ("rolled back", "refused") else {})
    why = answer.why or noted.get("why") or ""
    return {"host": answer.host, "outcome": outcome, "runs": answer.runs, "why": why, "failure": failure}


def _page(report: DeploymentReport, at: str) -> list[str]:
    verdict = f"all of {_nodes(len(report.hosts))} run it" if report.done else report.why
    lines = [f"# Deployment {report.name}", "", f"{report.release}, by {report.by}, {at}: {verdict}.", ""]
    lines += ["| host | outcome | runs | why |", "|---|---|---|---|"]
    lines += [
        f"| {host['host']} | {host['outcome']} | {host['runs']} | {_reason(host).replace('|', '/')} |"
        for host in report.hosts
    ]
    lines += ["", "Not asked for: " + ", ".join(f"{row['host']} runs {row['runs']}" for row in report.others)] * bool(
        report.others
    )
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
