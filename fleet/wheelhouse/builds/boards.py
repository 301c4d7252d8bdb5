"""`./inv wheels build --board`: a role builds on one board of the inventory and fetches the results."""

from __future__ import annotations

import os
import shlex
import subprocess
from pathlib import Path

from fleet.core.errors import WheelBuildFailed
from fleet.plays import playbooks
from fleet.wheelhouse.builds.declarations import BuildSpec, results_of
from fleet.wheelhouse.builds.runs import Say
from fleet.wheelhouse.store.index import of_source
from fleet.wheelhouse.store.manifest import WheelhouseManifest, read


def command(spec: BuildSpec, board: str, manifest: WheelhouseManifest, wheelhouse: Path) -> list[str]:
    """The command line of ansible-playbook."""
    arguments = playbooks.command("provision", limit=board, tags=spec.role)
    for variable in (f"{spec.role}_enabled=true", f"{spec.role}_build=true"):
        arguments += ["-e", variable]
    return [*arguments, "-e", f"wheelhouse_folder={wheelhouse}", "-e", f"wheelhouse_manifest={manifest.path}"]


def build(
    spec: BuildSpec, board: str, manifest: WheelhouseManifest, wheelhouse: Path, say: Say, only_plan: bool = False
) -> None:
    """Log and run the playbook, which fills the wheelhouse. Raises WheelBuildFailed, NotInWheelhouse."""
    arguments = command(spec, board, manifest, wheelhouse)
    say(f"cd ansible && {shlex.join(arguments)}")
    if only_plan:
        return
    environ = {**os.environ, "PATH": f"{playbooks.tools()}{os.pathsep}{os.environ.get('PATH', '')}"}
    code = subprocess.run(arguments, cwd=playbooks.FOLDER, env=environ, check=False).returncode
    if code:
        raise WheelBuildFailed(
            f"{spec.name} on {board}: ansible-playbook ended with {code}",
            "a board that answers and builds it",
            "see its last lines; run this again to resume at the interrupted stage",
        )
    for source, _ in results_of(spec, manifest):
        made = of_source(wheelhouse, source if source.pinned else read(manifest.path).source(source.name), manifest)
        say(f"{source.name}: {made.file}, sha256 {made.sha256}")
