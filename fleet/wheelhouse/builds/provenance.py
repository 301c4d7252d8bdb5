"""The origin of a built file: an in-toto statement with SLSA provenance, one JSON file per built file."""

from __future__ import annotations

import subprocess
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from fleet.core.files import ROOT
from fleet.wheelhouse.builds.declarations import BuildMachine, WheelBuild
from fleet.wheelhouse.store.manifest import WheelhouseManifest

_STATEMENT = "https://in-toto.io/Statement/v1"
_PREDICATE = "https://slsa.dev/provenance/v1"
_TYPE = "tag:nano-ocr,2026:wheels-build/v1"


def path_of(file: str, manifest: WheelhouseManifest) -> Path:
    """Path of the provenance of a file."""
    return manifest.path.parent / "provenance" / f"{file}.json"


def now() -> str:
    """The current time in the form of the statement (RFC 3339, UTC)."""
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def statement(
    build: WheelBuild, file: str, sha256: str, platform: str, machine: BuildMachine, started: str, image: str
) -> dict[str, Any]:
    """The statement: subject, materials by sha256, stages verbatim, machine. ``image`` is a digest or empty."""
    return {
        "_type": _STATEMENT,
        "subject": [{"name": file, "digest": {"sha256": sha256}}],
        "predicateType": _PREDICATE,
        "predicate": {
            "buildDefinition": {
                "buildType": _TYPE,
                "externalParameters": {"build": build.spec.name, "role": build.spec.role, "stages": list(build.stages)},
                "internalParameters": {
                    "place": platform,
                    "machine": machine.machine,
                    "cuda": machine.cuda,
                    "python": machine.python,
                    "memory_mb": machine.memory_mb,
                    "swap_mb": machine.swap_mb,
                },
                "resolvedDependencies": [*_materials(build), *([{"uri": image}] if image else [])],
            },
            "runDetails": {
                "builder": {"id": f"{_TYPE}#{revision()}"},
                "metadata": {"startedOn": started, "finishedOn": now()},
            },
        },
    }


def _materials(build: WheelBuild) -> list[dict[str, Any]]:
    listed = [(item.file, item.sha256) for item in build.sources]
    for line in (build.environment or {}).get("requirements", "").splitlines():
        name, _, digest = line.partition(" --hash=sha256:")
        listed.append((name, digest))
    return [{"name": name, "digest": {"sha256": digest}} for name, digest in listed]


def revision() -> str:
    """The commit of this repository, with `-dirty` if files differ from it; "unknown" outside a repository."""
    command = ["git", "-C", str(ROOT), "describe", "--always", "--dirty", "--abbrev=40"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return "unknown"
    return done.stdout.strip() or "unknown"
