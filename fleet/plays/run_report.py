"""The report of an Ansible run: a table, and JSON. ansible/plugins/callback/summary.py supplies the results."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from fleet.core.files import write_whole
from fleet.plays.rules import broken, hints

_NEXT = "next: "
NOTHING = "nothing to do"
_KNOWN = {  # part of a message of Ansible or ssh -> what to do
    "sudo password": "run again with --ask-become-pass, or give the user sudo without a password",
    "Host key verification failed": "compare the key of {host} with the board's own, then add it to known_hosts",
    "Permission denied (publickey": "ssh-copy-id to {host}, or name the key with ansible_ssh_private_key_file",
}


@dataclass
class RoleRun:
    """What one role did on one host. ``seconds`` counts from the start of each task to the host's answer."""

    host: str
    role: str
    tasks: int = 0
    changed: int = 0
    seconds: float = 0.0
    failure: str = ""
    next: str = ""
    off: str = ""


@dataclass
class RunReport:
    """One run of one playbook over some hosts."""

    playbook: str
    check: bool = False
    runs: dict[tuple[str, str], RoleRun] = field(default_factory=dict)
    rules: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)

    def record(self, host: str, role: str, seconds: float, result: dict[str, Any], outcome: str) -> None:
        """Add one host's result of one task. ``outcome`` is ok, ignored, failed or unreachable."""
        entry = self.runs.setdefault((host, role), RoleRun(host, role))
        entry.tasks += 1
        entry.seconds += seconds
        entry.changed += bool(result.get("changed"))
        entry.off = str(result.get("off") or entry.off)
        for rule in result.get("rules", ()):
            self.rules[host, rule["id"]] = rule
        if outcome in ("failed", "unreachable"):
            entry.failure = message(result)
            entry.next = advice(result, host, outcome)

    def survey(self, host: str, result: dict[str, Any]) -> None:
        """Add what one survey says of all roles of a host; it says nothing where the roles come next."""
        for role, told in result.get("roles", {}).items():
            entry = self.runs.setdefault((host, role), RoleRun(host, role))
            entry.seconds += float(told["seconds"])
            entry.off = str(told["off"])
        self.rules.update({(host, rule["id"]): rule for rule in result.get("rules", ())})

    def rows(self) -> list[RoleRun]:
        """The roles in the order in which they ran, host by host."""
        hosts = list(dict.fromkeys(host for host, _ in self.runs))
        return sorted(self.runs.values(), key=lambda entry: hosts.index(entry.host))

    def broken(self) -> list[tuple[str, dict[str, Any]]]:
        """(host, rule) for each rule that is broken at the end of the run."""
        return [(host, rule) for (host, _), rule in self.rules.items() if broken([rule])]

    def hints(self) -> list[tuple[str, dict[str, Any]]]:
        """(host, rule) for each hint."""
        return [(host, rule) for (host, _), rule in self.rules.items() if hints([rule])]

    def as_record(self) -> dict[str, Any]:
        """The content of the JSON file."""
        rules = [{"host": host, **rule} for (host, _), rule in self.rules.items()]
        return {
            "playbook": self.playbook,
            "check": self.check,
            "in_spec": not self.broken() and not any(entry.failure for entry in self.runs.values()),
            "roles": [{**asdict(entry), "seconds": round(entry.seconds, 2)} for entry in self.rows()],
            "rules": rules,
        }


def message(result: dict[str, Any]) -> str:
    """The reason of a failure, followed by the last line of the command's error output if the message lacks it."""
    text = str(result.get("msg") or "failed without a message")
    detail = str(result.get("stderr") or result.get("module_stderr") or "").strip()
    return f"{text}: {detail.splitlines()[-1]}" if detail and detail not in text else text


def advice(result: dict[str, Any], host: str, outcome: str) -> str:
    """What to do about a failure: the role's own advice, or how to find out more."""
    if result.get("next"):
        return str(result["next"])
    told = message(result)
    if _NEXT in told:
        return told.rpartition(_NEXT)[2].splitlines()[0]
    for sign, todo in _KNOWN.items():
        if sign in told:
            return todo.format(host=host)
    if outcome == "unreachable":
        return f"ssh to {host} by hand: is it on, is its address right, is its host key known, is your key accepted?"
    return f"ansible-playbook provision.yml --limit {host} -v"


def summary(report: RunReport, verbose: bool = False) -> list[str]:
    """The table at the end of a run (host, role, changed, time, what to do next), then every broken rule.

    Rows without a change and with nothing to do are folded into one line, unless ``verbose`` is set.
    """
    every = [_row(entry, report.broken()) for entry in report.rows()]
    offs = {entry.off for entry in report.rows()}
    rows = [row for row in every if verbose or row[2] != "0" or row[4] not in (NOTHING, *offs)]
    lines = table(("host", "role", "changed", "time", "what to do next"), rows) if rows else []
    if len(rows) < len(every):
        hosts = {row[0] for row in every} - {row[0] for row in rows}
        lines.append(
            f"{len(every) - len(rows)} roles changed nothing and need nothing; "
            f"all roles of {len(hosts)} host(s) (-v: list)"
        )
    lines += _off(report)
    lines += _rules("rules that do not hold:", report.broken()) + _rules("worth a look:", report.hints())
    if report.rules and not report.broken():
        lines += ["", f"all {len(report.rules)} rules hold on {len({host for host, _ in report.rules})} host(s)"]
    return lines


def _off(report: RunReport) -> list[str]:
    """What is switched off, and on how many hosts: it was neither installed nor judged."""
    hosts: dict[tuple[str, str], int] = {}
    for entry in report.rows():
        if entry.off:
            hosts[entry.role, entry.off] = hosts.get((entry.role, entry.off), 0) + 1
    return [f"{role}: {why}, on {count} host(s)" for (role, why), count in hosts.items()]


def _rules(title: str, rules: list[tuple[str, dict[str, Any]]]) -> list[str]:
    listed: list[tuple[str, ...]] = [
        (host, rule["id"], rule["found"], rule["expected"], rule["next"]) for host, rule in rules
    ]
    return ["", title, *table(("host", "rule", "found", "expected", "what to do"), listed)] if listed else []


def _row(entry: RoleRun, rules: list[tuple[str, dict[str, Any]]]) -> tuple[str, ...]:
    told = [rule["next"] for host, rule in rules if host == entry.host and rule["id"].startswith(entry.role + ".")]
    todo = entry.next if entry.failure else (told or [entry.off or NOTHING])[0]
    return entry.host, entry.role, str(entry.changed), f"{entry.seconds:.1f} s", todo


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    """Rows under a header. Columns are as wide as their widest cell; the last column is not padded."""
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in [head, *rows]]  # fmt: skip


def write(report: RunReport, folder: Path) -> Path:
    """Write PLAYBOOK.json into ``folder``; returns its path."""
    path = folder / (Path(report.playbook).stem + ".json")
    write_whole(path, json.dumps(report.as_record(), indent=2) + "\n")
    return path
