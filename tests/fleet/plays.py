"""Runs the real playbooks of ansible/ on virtual Nanos, and says what they reported."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fleet.plays import playbooks
from fleet.virtual.settings import Fleet

_LAST_LINES = 60
SYSTEM = "time_sync,power_mode,swap,headless,hardening"


@dataclass(frozen=True)
class Outcome:
    """Exit code, all that was printed, and the JSON report (empty where the run was cut off)."""

    code: int
    text: str
    report: dict[str, Any]

    def changed(self) -> int:
        return sum(row["changed"] for row in self.report["roles"])

    def failures(self) -> str:
        """What failed, in the words of the roles; unlike on the terminal, no line is broken."""
        return "\n".join(row["failure"] for row in self.report["roles"] if row["failure"])

    def why(self) -> str:
        """What failed, and the end of what was printed: whole runs are too long for the record of a CI run."""
        told = self.failures() if self.report else "no report"
        return "\n".join([told, "[...]", *self.text.splitlines()[-_LAST_LINES:]])

    def broken(self) -> dict[str, dict[str, tuple[str, str]]]:
        """host -> rule -> (found, expected), hints left out."""
        told: dict[str, dict[str, tuple[str, str]]] = {}
        for rule in self.report["rules"]:
            if not rule["holds"] and not rule["hint"]:
                told.setdefault(rule["host"], {})[rule["id"]] = (rule["found"], rule["expected"])
        return told


@dataclass(frozen=True)
class Plays:
    """ansible-playbook with the inventory of one virtual fleet; ``variables`` are given to every run."""

    fleet: Fleet
    folder: Path
    variables: tuple[str, ...] = ()

    def run(self, playbook: str, *arguments: str, tags: str = SYSTEM) -> Outcome:
        """A whole run."""
        with self.start(playbook, *arguments, tags=tags) as process:
            text, _ = process.communicate(timeout=3600)
        path = self.folder / f"{playbook}.json"
        return Outcome(process.returncode, text, json.loads(path.read_text()) if path.exists() else {})

    @contextmanager
    def start(self, playbook: str, *arguments: str, tags: str = SYSTEM) -> Iterator[subprocess.Popen[str]]:
        """A run that is under way; ended with SIGKILL, with all that it started, when the block is left before it."""
        tools = playbooks.tools()
        (self.folder / f"{playbook}.json").unlink(missing_ok=True)
        command = [str(tools / "ansible-playbook"), f"{playbook}.yml", "-i", str(self.fleet.inventory), "--tags", tags]
        for variable in self.variables:
            command += ["-e", variable]
        environ = dict(os.environ, PATH=f"{tools}:{os.environ['PATH']}", NANO_OCR_REPORTS=str(self.folder))
        process = subprocess.Popen(
            [*command, *arguments],
            cwd=playbooks.FOLDER,
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
            process.stdout.close()  # type: ignore[union-attr]
