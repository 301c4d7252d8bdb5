"""What is built: wheels/builds.toml, joined with the stages of the role and the requirements for the machine."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from fleet.core.errors import WheelBuildError
from fleet.core.files import ROOT
from fleet.core.toml import load_toml
from fleet.wheelhouse.builds.roles import RoleValues, unpacking
from fleet.wheelhouse.store import index
from fleet.wheelhouse.store.manifest import ArtefactSource, WheelhouseManifest

ROLES = ROOT / "ansible" / "roles"
SPECS = "builds.toml"
_ENVIRONMENT = (
    "import json, sys; import nano_venv as v; o = json.load(open('environment.json')); "
    "v.mend(o, v.observe(o), sys.exit); "
    "sys.exit('; '.join(v.observe(o)['problems']) or 0)"
)


@dataclass(frozen=True)
class BuildSpec:
    """One entry of wheels/builds.toml. ``cuda`` is empty if none is needed; sizes are in MB."""

    name: str
    role: str
    machine: str
    python: str
    python_version: str
    free_mb: int
    cuda: str = ""
    runtime: str = ""
    variables: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class BuildMachine:
    """What a machine reports about itself. Sizes are in MB; texts are empty for missing programs."""

    machine: str
    cuda: str
    python: str
    free_mb: int
    memory_mb: int
    swap_mb: int
    packages: frozenset[str]
    stranger: bool  # no dpkg: its packages are unknown


@dataclass(frozen=True)
class WheelBuild:
    """A complete build: its inputs, its stages in order, and its results (artefact, pattern in the folder)."""

    spec: BuildSpec
    folder: Path
    python: str
    packages: tuple[str, ...]
    sources: tuple[index.ChosenFile, ...]
    stages: tuple[dict[str, str], ...]
    results: tuple[tuple[ArtefactSource, str], ...]
    hours: float
    environment: dict[str, Any] | None  # options of ansible/library/venv.py; None where no environment is needed


def specs(manifest: WheelhouseManifest) -> dict[str, BuildSpec]:
    """All builds. Raises WheelBuildError for an unknown or missing key."""
    path, known = manifest.path.with_name(SPECS), {item.name for item in fields(BuildSpec)} - {"name"}
    found = {}
    for name, record in load_toml(path).get("build", {}).items():
        try:
            found[name] = BuildSpec(name=name, **record)
        except TypeError as error:
            raise WheelBuildError(f"{path.name}, build {name}: {error}", ", ".join(sorted(known))) from error
    return found


def results_of(spec: BuildSpec, manifest: WheelhouseManifest, roles: Path = ROLES) -> list[tuple[ArtefactSource, str]]:
    """The results of a build: each artefact of the manifest, and the pattern of its file."""
    values = RoleValues(roles / spec.role, dict(spec.variables), _nothing)
    calls = values.calls()
    if "stages" not in calls:
        raise WheelBuildError(f"role {spec.role} has no build", "tasks/build.yml that calls wheelhouse's stages")
    rows = values.fill(calls["stages"]["wheelhouse_results"])
    return [(manifest.source(row["artefact"]), row["pattern"]) for row in rows]


def chosen(names: list[str], manifest: WheelhouseManifest, roles: Path = ROLES) -> list[BuildSpec]:
    """The builds called ``names``, or whose artefacts are called so. Raises WheelBuildError with the known names."""
    listed = specs(manifest)
    gives = {spec.name: {source.name for source, _ in results_of(spec, manifest, roles)} for spec in listed.values()}
    known = "; ".join(f"{name} gives {', '.join(sorted(gives[name]))}" for name in listed)
    unknown = [name for name in names if not any(name == spec or name in gives[spec] for spec in gives)]
    if unknown or not names:
        found = f"no build is called {', '.join(unknown)}" if unknown else "no build is named"
        raise WheelBuildError(found, known, "./inv wheels build --only NAME")
    return [spec for name, spec in listed.items() if {name, *gives[name]} & set(names)]


def plan(
    spec: BuildSpec,
    manifest: WheelhouseManifest,
    wheelhouse: Path,
    folder: Path,
    machine: BuildMachine,
    roles: Path = ROLES,
) -> WheelBuild:
    """The plan of one build on one machine. Nothing is run.

    Raises NotInWheelhouse for a source that was not fetched, WheelBuildError for a role without a build.
    """
    given: dict[str, Any] = {key: value.replace("@", str(folder)) for key, value in spec.variables.items()}
    memory = {"total_mb": machine.memory_mb, "swap_total_mb": machine.swap_mb}
    given[f"{spec.role}_observed"] = {"memory": memory}
    given[f"{spec.role}_enabled"] = True  # what is built by name is wanted, whatever the fleet's default is
    values = RoleValues(roles / spec.role, given, _lookup(manifest, wheelhouse))
    results, calls = results_of(spec, manifest, roles), values.calls()
    call = values.fill(calls["stages"])
    sources = [index.of_source(wheelhouse, manifest.source(name), manifest) for name in call["wheelhouse_sources"]]
    environment = _environment(values.fill(calls.get("install") or {}), manifest, wheelhouse)
    python = str(values.fill(spec.python))
    stages = [_arrived(sources), *([_made(python, environment)] if environment else []), *unpacking()]
    return WheelBuild(
        spec,
        folder,
        python,
        tuple(values.fill(calls.get("apt") or {}).get("wheelhouse_packages", ())),
        tuple(sources),
        (*stages, *call["wheelhouse_stages"]),
        tuple(results),
        float(call["wheelhouse_hours"]),
        environment,
    )


def _nothing(what: str, **_: Any) -> Any:
    raise WheelBuildError(f"results of a build that ask for lookup('wheels', '{what}')", "names and patterns")


def _lookup(manifest: WheelhouseManifest, wheelhouse: Path) -> Any:
    def answer(what: str, locks: Any = (), artefacts: Any = (), **_: Any) -> Any:
        if what == "wanted":
            return index.wanted(manifest, locks, artefacts)
        if what == "files":
            return [index.placed(wheelhouse, manifest.source(name), manifest) for name in artefacts]
        raise WheelBuildError(f"lookup('wheels', '{what}') in a build", "wanted, files")

    return answer


def _environment(call: dict[str, Any], manifest: WheelhouseManifest, wheelhouse: Path) -> dict[str, Any] | None:
    """Options of ansible/library/venv.py for the environment that a build works in. Raises NotInWheelhouse."""
    if not call:
        return None
    files = index.plan(
        wheelhouse, manifest, call["wheelhouse_target"], call["wheelhouse_locks"], call["wheelhouse_artefacts"]
    )
    more = {"wheels": str(wheelhouse), "requirements": files["requirements"], "from_source": files["from_source"]}
    return {"timeout_s": 300, "forbidden": [], "proofs": {}, **call["wheelhouse_venv"], **more}


def _arrived(sources: list[index.ChosenFile]) -> dict[str, str]:
    """The first stage checks the sources. It contains their hashes, so changed sources make every stage run again."""
    lines = "".join(f"{item.sha256}  {item.file}\\n" for item in sources)
    return {"name": "sources", "run": f"printf '{lines}' | sha256sum -c -"}


def _made(python: str, options: dict[str, Any]) -> dict[str, str]:
    key = hashlib.sha256(json.dumps(options, sort_keys=True).encode()).hexdigest()[:16]
    return {"name": "environment", "run": f'{python} -c "{_ENVIRONMENT}" # {key}'}
