"""The environments and locks that fleet/environments/environments.toml declares."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from fleet.core.errors import EnvironmentBuildError
from fleet.core.files import ROOT
from fleet.core.toml import load_toml

DATA = Path("fleet") / "environments" / "environments.toml"


@dataclass(frozen=True)
class PostStep:
    """A step after the packages are installed; the comment at the head of environments.toml explains the kinds."""

    kind: str
    module: str = ""
    artefact: str = ""
    member: str = ""
    to: str = ""


@dataclass(frozen=True)
class Environment:
    """One environment. ``python`` lists the minor versions that it may be built with, the preferred one first."""

    name: str
    why: str
    python: tuple[str, ...]
    bootstrap: str
    imports: tuple[str, ...]
    readers: tuple[str, ...]
    disk_mb: int
    download_mb: int
    post: tuple[PostStep, ...] = ()
    waived: tuple[str, ...] = ()

    def lock(self, root: Path) -> Path:
        """The hash-locked list of its packages."""
        return lock_path(self.name, root)

    def bootstrap_lock(self, root: Path) -> Path:
        """The hash-locked pip, setuptools and wheel that install it."""
        return lock_path(self.bootstrap, root)


@dataclass(frozen=True)
class LockSpec:
    """How a lock is compiled. ``without`` names packages that another package replaces, or that nothing imports.

    ``made`` names packages whose wheels are made here from source archives (wheels/manifest.toml).
    ``platform`` is uv's name of the target platform; empty for the x86-64 platform of the control side.
    """

    name: str
    python: str
    universal: bool = False
    platform: str = ""
    without: tuple[str, ...] = ()
    made: tuple[str, ...] = ()


def lock_path(name: str, root: Path) -> Path:
    """Path of the lock called ``name``."""
    return root / "requirements" / f"{name}.txt"


def environments(root: Path = ROOT) -> dict[str, Environment]:
    """All environments by name. Raises EnvironmentBuildError for an unknown or a missing key."""
    records = load_toml(root / DATA)["environment"]
    return {name: _environment(name, record) for name, record in records.items()}


def lock_specs(root: Path = ROOT) -> dict[str, LockSpec]:
    """All locks by name. Raises EnvironmentBuildError for an unknown or a missing key."""
    records = load_toml(root / DATA)["lock"]
    return {name: _make(LockSpec, name, {"name": name, **_tuples(record)}) for name, record in records.items()}


def select(names: list[str] | tuple[str, ...], root: Path = ROOT) -> list[Environment]:
    """The environments called ``names``, or all of them if it is empty. Raises EnvironmentBuildError."""
    known = environments(root)
    unknown = sorted(set(names) - set(known))
    if unknown:
        raise EnvironmentBuildError(f"no environment called {', '.join(unknown)}", ", ".join(known))
    return [known[name] for name in names or known]


def fingerprint(environment: Environment, root: Path = ROOT) -> str:
    """sha256 over everything that determines what is built: both locks, the Pythons, the post steps, the proofs."""
    record = asdict(environment)
    for remark in ("why", "readers", "disk_mb", "download_mb"):
        del record[remark]
    digest = hashlib.sha256(json.dumps(record, sort_keys=True).encode())
    for path in (environment.lock(root), environment.bootstrap_lock(root)):
        digest.update(_content(path))
    return digest.hexdigest()


def _content(path: Path) -> bytes:
    """A lock without its comments: they do not change what is installed."""
    if not path.is_file():
        raise EnvironmentBuildError(f"{path} is not there", "a lock", f"./inv lock --name {path.stem}")
    return b"".join(line for line in path.read_bytes().splitlines(keepends=True) if not line.startswith(b"#"))


def _environment(name: str, record: dict[str, Any]) -> Environment:
    steps = tuple(_make(PostStep, name, step) for step in record.get("post", ()))
    environment: Environment = _make(Environment, name, {"name": name, **_tuples(record), "post": steps})
    return environment


def _tuples(record: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in record.items()}


def _make(cls: Any, name: str, record: dict[str, Any]) -> Any:
    try:
        return cls(**record)
    except TypeError as error:
        keys = ", ".join(cls.__dataclass_fields__)
        raise EnvironmentBuildError(f"{DATA}, {name}: {error}", keys, f"correct [environment.{name}]") from error
