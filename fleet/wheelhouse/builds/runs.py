"""`./inv wheels build`: runs the stages of a role's build here or in a container, and adds the results.

The runner is the one that boards use (ansible/roles/wheelhouse/files/stages.py). A finished stage is not run again, so
an interrupted build resumes at the stage where it stopped. The folder is build/wheels/NAME.
"""

from __future__ import annotations

import fcntl
import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from fleet.core.errors import WheelBuildError, WheelBuildFailed
from fleet.core.files import ROOT, sha256_of, write_whole
from fleet.wheelhouse.builds import provenance
from fleet.wheelhouse.builds.declarations import ROLES, BuildMachine, BuildSpec, WheelBuild, plan, results_of
from fleet.wheelhouse.builds.execution import run_stages
from fleet.wheelhouse.builds.machine import BuildPlatform, probe, require_packages, require_suitable
from fleet.wheelhouse.store.fetch import accept
from fleet.wheelhouse.store.manifest import ArtefactSource, WheelhouseManifest, read

Say = Callable[[str], None]
FOLDER = ROOT / "build" / "wheels"
LIBRARY = ROOT / "ansible" / "library" / "venv.py"


def build(
    spec: BuildSpec,
    manifest: WheelhouseManifest,
    wheelhouse: Path,
    say: Say,
    platform: BuildPlatform = BuildPlatform(),  # noqa: B008 (immutable)
    folder: Path | None = None,
    roles: Path = ROLES,
    only_plan: bool = False,
) -> int:
    """Build what is not in the wheelhouse yet, add it, and write its provenance; returns 0.

    Raises UnsuitableBuildMachine before the build starts, WheelBuildFailed with the stage and its last lines, and
    ArtefactError for a result that is not what the manifest says.
    """
    left = _left(spec, manifest, wheelhouse, roles, say)
    if not left:
        return 0
    work = (folder or FOLDER / spec.name).absolute()
    work.mkdir(parents=True, exist_ok=True)
    platform = BuildPlatform(
        platform.image, spec.runtime if platform.image else "", (work, wheelhouse) if platform.image else ()
    )
    started = provenance.now()
    with _alone(work, spec.name):
        machine, made = _planned(spec, manifest, wheelhouse, work, platform, roles, say)
        if only_plan:
            _show(made, machine, platform, say)
            return 0
        _prepare(made, wheelhouse, roles)
        run_stages(made, platform, say)
        for source, pattern in left:
            _pack(made, source, pattern, manifest, wheelhouse, platform, machine, started, say)
    return 0


def _left(
    spec: BuildSpec, manifest: WheelhouseManifest, wheelhouse: Path, roles: Path, say: Say
) -> list[tuple[ArtefactSource, str]]:
    """The results that are not in the wheelhouse. Raises WheelBuildError for one that is recorded but missing."""
    left = []
    for source, pattern in results_of(spec, manifest, roles):
        there = wheelhouse / source.file
        if not source.pinned:
            left.append((source, pattern))
        elif not there.is_file():
            raise WheelBuildError(
                f"{source.file} was built before (see {manifest.recorded.name}) and is not in {wheelhouse.name}/",
                "that file, because another build has another sha256",
                f"copy it into {wheelhouse}, or remove its entry from {manifest.recorded.name} to build again",
            )
        elif sha256_of(there) != source.sha256:
            raise WheelBuildError(
                f"{source.file} in {wheelhouse.name}/ has sha256 {sha256_of(there)}", source.sha256, "delete it"
            )
        else:
            say(f"{source.name} {source.version}: in {wheelhouse.name}/, unchanged; nothing to build")
    return left


def _planned(
    spec: BuildSpec,
    manifest: WheelhouseManifest,
    wheelhouse: Path,
    work: Path,
    platform: BuildPlatform,
    roles: Path,
    say: Say,
) -> tuple[BuildMachine, WheelBuild]:
    """The machine and the plan of the build. The machine is checked first, because that needs no sources."""
    python = plan_python(spec, roles)
    machine = probe(platform, python, work)
    require_suitable(
        spec,
        machine,
        python,
        platform,
        f"./inv wheels build --only {spec.name} --board BOARD builds on a board of the fleet",
    )
    made = plan(spec, manifest, wheelhouse, work, machine, roles)
    require_packages(made, machine, platform, say)
    return machine, made


def plan_python(spec: BuildSpec, roles: Path = ROLES) -> str:
    """The interpreter that builds, as the role defines it."""
    from fleet.wheelhouse.builds.roles import RoleValues

    return str(RoleValues(roles / spec.role, dict(spec.variables), lambda *_, **__: None).fill(spec.python))


def _show(made: WheelBuild, machine: BuildMachine, platform: BuildPlatform, say: Say) -> None:
    """Report what would be done."""
    say(f"{made.spec.name} on {platform} ({machine.machine}, CUDA {machine.cuda or 'none'}), in {made.folder}:")
    for stage in made.stages:
        say(f"    {stage['name']}: {stage['run']}")
    say("results: " + ", ".join(source.file for source, _ in made.results) + f" within {made.hours:g} h")


@contextmanager
def _alone(work: Path, name: str) -> Iterator[None]:
    """Allow only one build per folder at a time. Raises WheelBuildError."""
    with (work / ".lock").open("w") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise WheelBuildError(
                f"{name} is being built in {work} already", "one build per folder at a time", "wait"
            ) from error
        yield


def _prepare(made: WheelBuild, wheelhouse: Path, roles: Path) -> None:
    """Copy the sources, the runner and its list of stages into the folder."""
    for item in made.sources:
        shutil.copy2(wheelhouse / item.file, made.folder / item.file)
    shutil.copy2(roles / "wheelhouse" / "files" / "stages.py", made.folder / "stages.py")
    if made.environment is not None:
        shutil.copy2(LIBRARY, made.folder / "nano_venv.py")
        (made.folder / "environment.json").write_text(json.dumps(made.environment))
    spec = {"folder": str(made.folder), "stages": list(made.stages)}
    (made.folder / "spec.json").write_text(json.dumps(spec, indent=1))
    (made.folder / "status.json").unlink(missing_ok=True)


def _pack(
    made: WheelBuild,
    source: ArtefactSource,
    pattern: str,
    manifest: WheelhouseManifest,
    wheelhouse: Path,
    platform: BuildPlatform,
    machine: BuildMachine,
    started: str,
    say: Say,
) -> None:
    """Check one result, and add it to the wheelhouse with its provenance. Raises WheelBuildFailed, WrongFile."""
    found = sorted(made.folder.glob(pattern))
    if len(found) != 1:
        names = ", ".join(path.name for path in found) or "none"
        raise WheelBuildFailed(
            f"{source.name}: {names} in {made.folder / pattern}", "one file", f"delete {made.folder}"
        )
    if source.kind == "wheel" and found[0].name != source.file:
        raise WheelBuildFailed(
            f"{source.name}: the build made {found[0].name}", source.file, "correct wheels/manifest.toml"
        )
    incoming = wheelhouse / ".incoming" / source.file
    incoming.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(found[0], incoming)
    path = provenance.path_of(source.file, manifest)
    accept(
        source, incoming, wheelhouse / source.file, manifest, f"built on {platform}; see provenance/{path.name}", say
    )
    digest = read(manifest.path).source(source.name).sha256
    image = _image(platform)
    record = provenance.statement(made, source.file, digest, str(platform), machine, started, image)
    write_whole(path, json.dumps(record, indent=2) + "\n")
    say(f"{source.name}: its provenance is in wheels/provenance/{path.name}; commit it")


def _image(platform: BuildPlatform) -> str:
    """The id of the image for the provenance; empty without an image."""
    if not platform.image:
        return ""
    ask = ["docker", "image", "inspect", "--format", "{{.Id}}", platform.image]
    return "docker:" + subprocess.run(ask, capture_output=True, text=True, check=True).stdout.strip()
