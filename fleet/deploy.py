"""`./inv deploy BUNDLE` and `./inv rollback`: what the plays need is prepared, they are run, and what happened is told.

A deployment is named by its release, so that the same command after Ctrl-C, a crash or a lost node goes on with it:
nodes that run the release are left alone, those in the middle are waited for, a group keeps its token.
"""

from __future__ import annotations

import getpass
import hashlib
import json
import os
import re
import secrets
import shlex
import signal
import socket
import subprocess
import tarfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fleet import bundle, deploy_report, provision
from fleet.artefacts import ROOT
from fleet.errors import FleetError
from node_agent.release import manifest
from node_agent.release.manifest import ReleaseManifest

OUT = ROOT / "build" / "deployments"
Say = Callable[[str], None]


class DeployProblem(FleetError):
    """A deployment cannot begin, or not every node runs its release at the end; the report says why."""

    exit_code = 36
    code = "deploy"


@dataclass(frozen=True)
class Wish:
    """How to deploy. ``batch``: hosts at a time, numbers or percent; times in seconds."""

    inventory: str = ""
    limit: str = ""
    canary: str = "canary"
    together: str = ""
    batch: tuple[str, ...] = ("10%", "25%")
    max_failures: int = 0
    wait_for_line_s: float = 0.0
    downgrade: str = ""
    reach_s: float = 60.0
    lost_s: float = 600.0
    more: tuple[str, ...] = field(default=())


def deploy(path: Path, keys: Path, wish: Wish, out: Path = OUT, say: Say = print) -> int:
    """Deploy a bundle; returns 0 when every node asked for runs it. Raises DeployProblem, BundleProblem."""
    found, signer = bundle.verify(path, bundle.trusted_keys(keys))
    folder = prepare(path, found, wish, out)
    say(f"{found.name} {found.version}, serial {found.serial}, signed by {signer}; deployment {folder.name}")
    code = play("deploy", folder / "settings.json", wish)
    told = deploy_report.write(folder, found, code)
    say("\n".join(told.lines()))
    if not told.done:
        raise DeployProblem(told.why, "the release on every node", f"read {folder / 'report.md'}")
    return 0


def prepare(path: Path, found: ReleaseManifest, wish: Wish, out: Path) -> Path:
    """Folder of the deployment: the part of the bundle that nodes keep, the group's token, the plays' settings."""
    folder = out / f"{_plain(found.version)}-{found.id[:12]}"
    folder.mkdir(parents=True, exist_ok=True)
    slim = folder / "node.bundle"
    if not slim.exists():
        cut(path, found, slim)
    token = folder / "token"
    if not token.exists():
        with os.fdopen(os.open(token, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
            stream.write(secrets.token_hex(32))
    settings = _settings(folder, found, wish, token)
    (folder / "settings.json").write_text(json.dumps(settings, indent=1) + "\n")
    return folder


def _plain(version: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]", "_", version)


def _settings(folder: Path, found: ReleaseManifest, wish: Wish, token: Path) -> dict[str, Any]:
    bounds = found.gate
    patience = 2 * (bounds.ready_s + bounds.live_s) + bounds.build_s + bounds.soak_s + 600 + wish.wait_for_line_s
    return {
        "deploy_name": folder.name,
        "deploy_folder": str(folder.absolute()),
        "deploy_bundle": str((folder / "node.bundle").absolute()),
        "deploy_token": str(token.absolute()),
        "deploy_token_sha256": hashlib.sha256(token.read_text().encode()).hexdigest(),
        "deploy_release": {key: getattr(found, key) for key in ("id", "name", "version", "serial", "image_id")},
        "deploy_by": f"{getpass.getuser()}@{socket.gethostname()}",
        "deploy_canary": wish.canary,
        "deploy_together": wish.together,
        "deploy_batch": [int(part) if part.isdigit() else part for part in wish.batch],
        "deploy_max_failures": wish.max_failures,
        "deploy_wait_for_line_s": wish.wait_for_line_s,
        "deploy_downgrade": wish.downgrade,
        "deploy_reach_s": wish.reach_s,
        "deploy_lost_s": wish.lost_s,
        "deploy_patience_s": patience,
    }


def cut(path: Path, found: ReleaseManifest, target: Path) -> None:
    """The bundle without what only provisioning needs: fewer bytes to every node, under the same signature."""
    kept = {manifest.NAME, manifest.SIGNATURE, *(member.path for member in manifest.for_node(found))}
    partial = target.with_suffix(".partial")
    with tarfile.open(path, "r:") as source, tarfile.open(partial, "w", format=tarfile.PAX_FORMAT) as archive:
        for member in source:
            if member.name in kept:
                archive.addfile(member, source.extractfile(member))
    partial.replace(target)


def play(name: str, settings: Path, wish: Wish) -> int:
    """Run a playbook with settings; returns its exit code, 130 after Ctrl-C. Nodes end what they have begun."""
    arguments = [*provision.command(name, wish.inventory, wish.limit), "--extra-vars", f"@{settings.absolute()}"]
    arguments += wish.more
    folder = provision.tools()
    print(f"cd ansible && {shlex.join(arguments)}", flush=True)
    environ = {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ.get('PATH', '')}"}
    with subprocess.Popen(arguments, cwd=provision.FOLDER, env=environ) as process:
        try:
            return process.wait()
        except KeyboardInterrupt:
            _end(process)
            return 130


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ansible got the same Ctrl-C; what is left of it after ten seconds is ended."""
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGTERM)
        process.wait(10)


def roll_back(reason: str, wish: Wish, out: Path = OUT) -> int:
    """Give up a deployment under way, or go back to the previous release. Returns 0 when every node did."""
    if not reason:
        raise DeployProblem("--reason is missing", "why, for the record of every node", './inv rollback --reason "..."')
    if not (wish.limit or wish.inventory):
        raise DeployProblem(
            "no hosts named", "--limit HOSTS; all of them: --limit nanos", "./inv rollback --limit canary --reason ..."
        )
    out.mkdir(parents=True, exist_ok=True)
    settings = out / "rollback.json"
    by = f"{getpass.getuser()}@{socket.gethostname()}"
    settings.write_text(json.dumps({"rollback_reason": reason, "rollback_by": by}) + "\n")
    code = play("rollback", settings, wish)
    if code:
        raise DeployProblem("not every node went back", "see the table above", "./inv fleet report")
    return 0
