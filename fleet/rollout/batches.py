"""A deployment, batch by batch: ask every board, apply the stop rule, deploy to one batch, and ask again.

Playbooks ask (ansible/ask.yml) and act on one batch (ansible/deploy.yml). What is decided is decided here, from what
boards said a moment ago. Canaries come first, then the batches, then the group that commits together.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from fleet.core.errors import DeployError
from fleet.rollout import answers as asked
from fleet.rollout import history
from fleet.rollout.answers import UNKNOWN, Answer
from fleet.rollout.request import DeployRequest
from fleet.rollout.stopping import Situation, gate

INTERRUPTED = 130
Play = Callable[[str, Path, DeployRequest], int]


def new_run() -> str:
    """The name of a run: its time, and something that two runs in one second do not share."""
    return time.strftime("%Y%m%dT%H%M%SZ-", time.gmtime()) + secrets.token_hex(2)


@dataclass
class Rollout:
    """One run of a deployment. ``play`` runs a playbook with a file of settings and returns its exit code."""

    folder: Path
    settings: dict[str, Any]
    request: DeployRequest
    play: Play
    run: str = field(default_factory=new_run)
    answers: dict[str, Answer] = field(default_factory=dict)
    stopped: str = ""
    interrupted: bool = False
    _count: int = 0

    def __call__(self) -> Rollout:
        """Deploy as far as the stop rule permits; afterwards, ``answers`` is what every board says at the end."""
        self._ask()
        for batch in self._batches():
            if self.stopped or self.interrupted:
                break
            self._deploy(batch)
        return self

    def situation(self, pending: set[str]) -> Situation:
        """Now, by what boards said last."""
        release = self.settings["deploy_release"]["id"]
        return Situation(self.answers, history.stories(self.folder), self.run, release, pending)

    def _batches(self) -> Iterator[list[str]]:
        todo = {host: told for host, told in self.answers.items() if told.chosen and told.verdict != "committed"}
        group = sorted(host for host, told in todo.items() if told.together)
        awake = {host: told for host, told in todo.items() if host not in group and _takes_part(told)}
        canaries = sorted(host for host, told in awake.items() if told.canary)
        others = sorted(host for host in awake if host not in canaries)
        pending = set(todo)
        for batch in [*([canaries] if canaries else []), *cut(others, self.request.batch), *([group] if group else [])]:
            self.stopped = self._why_not(batch, pending, batch is group)
            if self.stopped:
                self._note(sorted(pending), "stopped", self.stopped)
            else:
                pending -= set(batch)
            yield batch

    def _why_not(self, batch: list[str], pending: set[str], as_group: bool) -> str:
        absent = [host for host in batch if as_group and not _takes_part(self.answers[host])]
        if absent:
            words = ", ".join(f"{host} is {self.answers[host].verdict}" for host in absent)
            return f"the group {self.request.together} cannot commit together: {words}"
        return gate(self.situation(pending), batch, self.request.max_failures, self.request.again)

    def _note(self, hosts: list[str], outcome: str, why: str) -> None:
        for host in hosts:
            if self.answers[host].verdict not in UNKNOWN:
                history.note(self.folder, host, outcome, self.run, why=why)

    def _deploy(self, batch: list[str]) -> None:
        self._note(batch, "lost", "no answer since it began")  # before anything is done
        together = any(self.answers[host].together for host in batch)
        self._play("deploy", deploy_hosts=",".join(batch), deploy_as_group=together)
        if not self.interrupted:
            self._ask()

    def _ask(self) -> None:
        """Ask every board of the inventory. One that said something before and nothing now is silent."""
        folder = self.folder / "runs" / self.run / f"asked-{self._count + 1}"
        self._play("ask", deploy_asked=str(folder.absolute()), deploy_limit=self.request.limit)
        told = asked.read(folder)
        if not (told or self.answers or self.interrupted):
            raise DeployError("no node was asked", "an inventory with the group nanos", "--inventory FILE")
        gone = {host: replace(known, verdict="silent", why="it gave no answer") for host, known in self.answers.items()}
        self.answers = self.answers if self.interrupted else {**gone, **told}

    def _play(self, name: str, **more: Any) -> None:
        self._count += name == "ask"
        path = self.folder / "runs" / self.run / f"{name}-{self._count}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({**self.settings, "deploy_run": self.run, **more}, indent=1) + "\n")
        self.interrupted = self.play(name, path, self.request) == INTERRUPTED


def _takes_part(answer: Answer) -> bool:
    """Whether a board can take the release: it answers, and no other deployment is in the middle of it."""
    busy = answer.verdict == "other" and answer.status.get("phase") != "staged"
    return answer.verdict not in UNKNOWN and not busy


def cut(hosts: list[str], sizes: tuple[str, ...]) -> list[list[str]]:
    """Cut hosts into batches: numbers, or percentages of all of them, at least one host; the last size repeats."""
    found: list[list[str]] = []
    left = list(hosts)
    while left:
        size = sizes[min(len(found), len(sizes) - 1)]
        count = int(len(hosts) * float(size.rstrip("%")) / 100) if size.endswith("%") else int(size)
        found.append(left[: max(1, count)])
        left = left[max(1, count) :]
    return found
