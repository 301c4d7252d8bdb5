"""`./inv support-bundle HOST`: logs, settings and report of one node in one archive, without secrets."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

from fleet.core.errors import NodeReportError
from fleet.core.files import ROOT
from fleet.release import deployment
from fleet.rollout.request import DeployRequest

OUT = ROOT / "build" / "support"
Say = Callable[[str], None]


def fetch(host: str, inventory: str = "", out: Path = OUT, say: Say = print) -> Path:
    """Fetch the archive of a node; returns its path. Raises NodeReportError."""
    if not host:
        raise NodeReportError("no host named", "one host of the inventory", "./inv support-bundle HOST")
    at = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    target = (out / f"{host}-{at}.tar.gz").absolute()
    out.mkdir(parents=True, exist_ok=True)
    settings = out / "settings.json"
    settings.write_text(json.dumps({"support_host": host, "support_out": str(target)}) + "\n")
    code = deployment.play("support", settings, DeployRequest(inventory))
    if not target.exists():
        words = f"no archive of {host} (exit code {code})"
        raise NodeReportError(
            words, "an archive", "is it on, and in the inventory? for the agent: ./inv provision --tags release"
        )
    say(f"{target} ({target.stat().st_size / 1e3:.0f} kB): check it before you pass it on (tar -tzf)")
    return target
