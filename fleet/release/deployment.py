"""`./inv deploy BUNDLE` and `./inv rollback`: prepares the input of the playbooks, runs them, and reports the outcome.

A deployment is named by its release, so the same command resumes it after Ctrl-C, a crash or a lost node: nodes that
say that they run the release are skipped, nodes in the middle of it are waited for, and a group keeps its token.
"""

from __future__ import annotations

import getpass
import hashlib
import json
import logging
import os
import re
import secrets
import shlex
import signal
import socket
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fleet.core.errors import DeployError
from fleet.core.files import ROOT, write_whole
from fleet.plays import playbooks
from fleet.release import bundle, report
from fleet.rollout import replay_gate
from fleet.rollout.batches import Play, Rollout
from fleet.rollout.request import DeployRequest
from node_agent.release import manifest
from node_agent.release.manifest import ReleaseManifest

log = logging.getLogger(__name__)

OUT = ROOT / "build" / "deployments"
OWN_HOSTS = ("ask", "deploy")  # playbooks whose settings say which hosts: every board is asked, whatever the limit
Say = Callable[[str], None]


def deploy(
    path: Path, keys: Path, request: DeployRequest, out: Path = OUT, say: Say = print, verbose: bool = False
) -> int:
    """Deploy a bundle; returns 0 if every node that was asked for, and every one begun earlier, says that it runs it.

    ``verbose``: list the healthy nodes too. Raises DeployError, also where the replay of the release does not allow it,
    and BundleError.
    """
    rules = replay_gate.rules_of(request.rules or replay_gate.RULES)
    found, signer = bundle.verify(path, bundle.trusted_keys(keys))
    replayed = replay_gate.check(request.replay, found.id, rules)
    folder = prepare(path, found, request, out)
    say(f"{found.name} {found.version}, serial {found.serial}, signed by {signer}; deployment {folder.name}")
    if replayed:
        write_whole(folder / "replay.txt", replayed + "\n")
        say(replayed)
    return roll_out(folder, found, request, say=say, verbose=verbose)


def roll_out(
    folder: Path,
    found: ReleaseManifest,
    request: DeployRequest,
    run_play: Play | None = None,
    say: Say = print,
    verbose: bool = False,
) -> int:
    """Deploy what `prepare` made ready, and report. Returns 0; raises DeployError unless every node runs it."""
    settings = json.loads((folder / "settings.json").read_text())
    outcome = report.write(Rollout(folder, settings, request, run_play or play)(), found)
    say("\n".join(outcome.lines(verbose)))
    if not outcome.done:
        raise DeployError(outcome.why, "the release on every node", f"read {folder / 'report.md'}")
    return 0


def prepare(path: Path, found: ReleaseManifest, request: DeployRequest, out: Path) -> Path:
    """Prepare the folder of the deployment: the bundle for nodes, the group's token, the settings of the playbooks."""
    folder = out / f"{_plain(found.version)}-{found.id[:12]}"
    folder.mkdir(parents=True, exist_ok=True)
    slim = folder / "node.bundle"
    if not slim.exists():
        cut(path, found, slim)
    token = folder / "token"
    if not token.exists():
        with os.fdopen(os.open(token, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
            stream.write(secrets.token_hex(32))
    settings = _settings(folder, found, request, token)
    (folder / "settings.json").write_text(json.dumps(settings, indent=1) + "\n")
    return folder


def _plain(version: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]", "_", version)


def _settings(folder: Path, found: ReleaseManifest, request: DeployRequest, token: Path) -> dict[str, Any]:
    bounds = found.gate
    patience = 2 * (bounds.ready_s + bounds.live_s) + bounds.build_s + bounds.soak_s + 600 + request.wait_for_line_s
    return {
        "deploy_name": folder.name,
        "deploy_folder": str(folder.absolute()),
        "deploy_bundle": str((folder / "node.bundle").absolute()),
        "deploy_token": str(token.absolute()),
        "deploy_token_sha256": hashlib.sha256(token.read_text().encode()).hexdigest(),
        "deploy_release": {key: getattr(found, key) for key in ("id", "name", "version", "serial", "image_id")},
        "deploy_by": f"{getpass.getuser()}@{socket.gethostname()}",
        "deploy_canary": request.canary,
        "deploy_together": request.together,
        "deploy_wait_for_line_s": request.wait_for_line_s,
        "deploy_downgrade": request.downgrade,
        "deploy_reach_s": request.reach_s,
        "deploy_lost_s": request.lost_s,
        "deploy_patience_s": patience,
    }


def cut(path: Path, found: ReleaseManifest, target: Path) -> None:
    """Write the bundle without the parts that only provisioning needs: smaller, under the same signature."""
    kept = {manifest.NAME, manifest.SIGNATURE, *(member.path for member in manifest.for_node(found))}
    partial = target.with_suffix(".partial")
    with tarfile.open(path, "r:") as source, tarfile.open(partial, "w", format=tarfile.PAX_FORMAT) as archive:
        for member in source:
            if member.name in kept:
                archive.addfile(member, source.extractfile(member))
    partial.replace(target)


def play(name: str, settings: Path, request: DeployRequest) -> int:
    """Run a playbook with settings; returns its exit code, 130 after Ctrl-C. Nodes finish what they have started."""
    limit = request.limit if name not in OWN_HOSTS else ""
    arguments = [*playbooks.command(name, request.inventory, limit), "--extra-vars", f"@{settings.absolute()}"]
    arguments += request.more
    folder = playbooks.tools()
    log.info("cd ansible && %s", shlex.join(arguments))
    environ = {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ.get('PATH', '')}"}
    with subprocess.Popen(arguments, cwd=playbooks.FOLDER, env=environ) as process:
        try:
            return process.wait()
        except KeyboardInterrupt:
            _end(process)
            return 130


def _end(process: subprocess.Popen[bytes]) -> None:
    """Wait ten seconds for Ansible, which got the same Ctrl-C, then terminate it."""
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGTERM)
        process.wait(10)


def roll_back(reason: str, request: DeployRequest, out: Path = OUT) -> int:
    """Abandon a deployment in progress, or go back to the previous release. Returns 0 if every node did."""
    if not reason:
        raise DeployError("--reason is missing", "a reason, for the record", './inv rollback --reason "..."')
    if not (request.limit or request.inventory):
        raise DeployError(
            "no hosts named", "--limit HOSTS; all of them: --limit nanos", "./inv rollback --limit canary --reason ..."
        )
    out.mkdir(parents=True, exist_ok=True)
    settings = out / "rollback.json"
    by = f"{getpass.getuser()}@{socket.gethostname()}"
    settings.write_text(json.dumps({"rollback_reason": reason, "rollback_by": by}) + "\n")
    code = play("rollback", settings, request)
    if code:
        raise DeployError("not every node went back", "every node; see the table above", "./inv fleet report")
    return 0
