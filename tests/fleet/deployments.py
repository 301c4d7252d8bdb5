"""A virtual fleet that takes releases, and what a test asks its nodes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fleet.core.errors import DeployError
from fleet.release import deployment
from fleet.rollout.request import DeployRequest
from fleet.virtual import nodes
from fleet.virtual.docker import run_docker
from tests.fleet.conftest import VirtualNano
from tests.fleet.plays import Plays
from tests.fleet.releases import Maker

ROOT = deployment.ROOT
ALL_AT_ONCE = ("100%",)


@dataclass(frozen=True)
class Board:
    """One virtual Nano with the agent on it."""

    nano: VirtualNano

    @property
    def name(self) -> str:
        return self.nano.name

    def status(self) -> dict[str, Any]:
        return dict(json.loads(self.nano.root("nano-ocr-agent status --json")))

    def versions(self) -> tuple[str, str, str]:
        """(runs, committed, previous); "-" for none."""
        found = self.status()
        releases = [found[role] for role in ("current", "previous", "candidate") if found[role]]
        named = {release["id"]: release["version"] for release in releases}
        current, previous = ((found[role] or {}).get("version", "-") for role in ("current", "previous"))
        return named.get(found["running"], "-"), current, previous

    def container(self) -> str:
        """Version of the image that the container truly runs, asked of its own engine; "-" for none."""
        found = self.nano.root("docker exec nano-ocr /bin/cat /version 2>/dev/null || echo -")
        return found.strip()

    def saw(self, version: str) -> bool:
        """Whether a release was ever on this node, by its journal."""
        return f'"version":"{version}"' in self.nano.root("cat /var/lib/nano-ocr/journal")

    def cut_power(self) -> None:
        """The container is killed: nothing is synced, nothing is told."""
        run_docker("kill", self.nano.container)

    def power_up(self) -> None:
        run_docker("start", self.nano.container)

    def settled(self, patience_s: float = 240.0) -> dict[str, Any]:
        """Status when the node has come up and has ended what it was in the middle of."""
        limit = time.monotonic() + patience_s
        while time.monotonic() < limit:
            told = nodes.run_in(
                self.nano.fleet, self.nano.number, "sh", "-c",
                "systemctl is-active -q nano-ocr-agent nano-ocr-switch || nano-ocr-agent status --json", check=False,
            )  # fmt: skip
            up = nodes.run_in(self.nano.fleet, self.nano.number, "systemctl", "is-system-running", check=False)
            if told.startswith("{") and up in ("running", "degraded"):
                found = dict(json.loads(told))
                if found["phase"] in ("idle", "staged", "parked", "proven") and found["running"] == found["must_run"]:
                    return found
            time.sleep(0.5)
        raise AssertionError(f"{self.name} does not settle: {told}")


@dataclass(frozen=True)
class Line:
    """A fleet of boards, the folder of its deployments, its releases."""

    boards: list[Board]
    plays: Plays
    maker: Maker
    out: Path

    def wish(self, **more: Any) -> DeployRequest:
        batch = {"batch": ALL_AT_ONCE, "reach_s": 45.0, "lost_s": 120.0}
        return DeployRequest(str(self.boards[0].nano.fleet.inventory), **{**batch, **more})

    def deploy(self, bundle: Path, **more: Any) -> tuple[int, dict[str, str], str]:
        """(exit code, host -> outcome, report in words)."""
        code = 0
        try:
            deployment.deploy(bundle, self.maker.keys, self.wish(**more), self.out, say=lambda _: None)
        except DeployError as error:
            code = error.exit_code
        return (code, *self.told(bundle))

    def told(self, bundle: Path) -> tuple[dict[str, str], str]:
        version = bundle.stem.partition("ocr-app-")[2]
        folder = next(self.out.glob(f"{version}-*"))
        report = json.loads((folder / "report.json").read_text())
        return {host["host"]: host["outcome"] for host in report["hosts"]}, (folder / "report.md").read_text()

    def begin(self, bundle: Path, *more: str) -> subprocess.Popen[bytes]:
        """The command itself, in a group of processes of its own, as a terminal starts it."""
        command = [sys.executable, "-m", "invoke", "deploy", str(bundle), "--keys", str(self.maker.keys)]
        command += ["--inventory", str(self.boards[0].nano.fleet.inventory), "--batch", "100%", *more]
        heeding = ["env", "--default-signal=INT"]  # what a shell starts in the background would ignore Ctrl-C
        environ = dict(os.environ, NANO_OCR_REPORTS=str(self.plays.folder))
        return subprocess.Popen(
            heeding + command, cwd=ROOT, env=environ, start_new_session=True, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )  # fmt: skip

    @staticmethod
    def press_ctrl_c(process: subprocess.Popen[bytes]) -> int:
        """What a terminal does: the whole group is told. Returns the exit code."""
        os.killpg(process.pid, signal.SIGINT)
        process.communicate(timeout=60)
        return process.returncode
