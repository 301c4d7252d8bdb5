"""The measured commands on a fleet of virtual boards: provision, verify, ask, deploy, report."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fleet.core.errors import DeployError, FleetScaleError
from fleet.plays import playbooks
from fleet.release import deployment, fleet_status, keys, rehearsal
from fleet.rollout.request import DeployRequest
from fleet.scale.spending import Spent, measure
from fleet.virtual import nodes
from fleet.virtual.settings import Fleet

Say = Callable[[str], None]
KEY = "measure"


@dataclass(frozen=True)
class ScaleRun:
    """What one command cost with a number of boards."""

    what: str
    boards: int
    spent: Spent
    changed: int | None = None

    def as_record(self) -> dict[str, Any]:
        """Plain data, rounded."""
        spent = self.spent
        record = {
            "what": self.what, "boards": self.boards, "wall_s": round(spent.wall_s, 1),
            "control_s": round(spent.control_s, 2), "boards_s": round(spent.boards_s, 1),
            "peak_mib": round(spent.peak_mib),
        }  # fmt: skip
        return record if self.changed is None else {**record, "changed": self.changed}


@dataclass
class MeasuredFleet:
    """A fleet of virtual boards, a key that they trust, and a log of every command."""

    fleet: Fleet
    say: Say
    resume: bool = False
    folder: Path = field(init=False)

    def __post_init__(self) -> None:
        self.folder = self.fleet.folder / "measure"
        self.folder.mkdir(parents=True, exist_ok=True)
        if not self.resume:
            self.kept.unlink(missing_ok=True)
        if not (self.folder / "keys" / f"{KEY}.key").exists():
            keys.generate(self.folder / "keys", KEY, "")

    @property
    def kept(self) -> Path:
        """The runs so far, one JSON object in each line."""
        return self.folder / "runs.jsonl"

    def known(self, what: str, boards: int) -> dict[str, Any] | None:
        """The record of a run that was measured before the measurement was cut off."""
        lines = self.kept.read_text().splitlines() if self.kept.exists() else []
        found = (json.loads(line) for line in lines)
        return next((run for run in found if (run["what"], run["boards"]) == (what, boards)), None)

    def run(self, what: str, work: Callable[[], int], boards: int, playbook: str = "") -> dict[str, Any]:
        """Measure ``work`` unless it is known; returns its record. Raises FleetScaleError where it failed."""
        if (known := self.known(what, boards)) is not None:
            return known
        report = self.folder / f"{playbook}.json"
        report.unlink(missing_ok=True)
        spent = measure(work, [self.fleet.container(node.number) for node in nodes.existing(self.fleet)])
        if spent.code:
            raise FleetScaleError(f"{what} ended with exit code {spent.code}", "0", f"read {self.folder}/{what}.log")
        changed = None
        if playbook and report.exists():
            changed = sum(row["changed"] for row in json.loads(report.read_text())["roles"])
        run = ScaleRun(what, boards, spent, changed)
        self.say(f"{what}, {boards} boards: {spent.wall_s:.1f} s, control {spent.control_s:.2f} s, "
                 f"boards {spent.boards_s:.1f} s, {spent.peak_mib:.0f} MiB")  # fmt: skip
        with self.kept.open("a") as stream:
            stream.write(json.dumps(run.as_record()) + "\n")
        return run.as_record()

    def play(
        self, what: str, playbook: str, boards: int, *more: str, environ: dict[str, str] | None = None
    ) -> dict[str, Any]:
        """A playbook over all boards at once, under settings of Ansible in ``environ``."""
        command = playbooks.command(playbook, str(self.fleet.inventory))
        command += ["-e", "fleet_batch=100%", "-e", f"release_keys={self.folder / 'keys'}", *more]

        def work() -> int:
            with self._logged(what, environ):
                return _called(command)

        return self.run(what, work, boards, playbook)

    def deploy(self, what: str, boards: int) -> dict[str, Any]:
        """A new release of the stand-in: the canary, then all others at once."""
        if (known := self.known(what, boards)) is not None:
            return known
        serial = int(time.time())  # never used twice
        key = self.folder / "keys" / f"{KEY}.key"
        version = f"m{serial}"
        bundle = rehearsal.make(version, key, serial, "", self.folder, self.fleet, say=lambda _: None)
        wish = DeployRequest(str(self.fleet.inventory), batch=("100%",))

        def work() -> int:
            with self._logged(what, None):
                try:
                    deployment.deploy(bundle, key.parent, wish, self.folder / "deployments", say=lambda _: None)
                except DeployError as error:
                    return error.exit_code
                return 0

        return self.run(what, work, boards)

    def report(self, what: str, boards: int) -> dict[str, Any]:
        """`./inv fleet report`."""

        def work() -> int:
            with self._logged(what, None):
                return fleet_status.main(str(self.fleet.inventory), out=self.folder / "report", say=lambda _: None)

        return self.run(what, work, boards)

    @contextmanager
    def _logged(self, what: str, environ: dict[str, str] | None) -> Iterator[None]:
        """Commands write to a log of their own, and keep their masters of ssh apart from those of other runs."""
        tools = str(playbooks.tools(say=lambda _: None))
        wanted = {
            "PATH": f"{tools}{os.pathsep}{os.environ.get('PATH', '')}",
            "NANO_OCR_REPORTS": str(self.folder),
            "ANSIBLE_SSH_CONTROL_PATH_DIR": str(self.folder / "cp"),
            **(environ or {}),
        }
        kept = {name: os.environ.get(name) for name in wanted}
        streams = [os.dup(number) for number in (1, 2)]
        os.environ.update(wanted)
        try:
            with (self.folder / f"{what}.log").open("w") as log:
                for number in (1, 2):
                    os.dup2(log.fileno(), number)
                yield
        finally:
            for number, stream in zip((1, 2), streams, strict=True):
                os.dup2(stream, number)
                os.close(stream)
            for name, value in kept.items():
                os.environ.pop(name, None)
                os.environ.update({name: value} if value is not None else {})


def _called(command: list[str]) -> int:
    return subprocess.run(command, cwd=playbooks.FOLDER, check=False).returncode
