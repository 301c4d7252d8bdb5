"""Known vulnerabilities of what boards install. pip-audit asks the OSV database; a missing answer is never a pass.

pip-audit exits with 0 and "No known vulnerabilities found" even if it could not look up anything. Therefore its list is
read here, and every package has to be in it. wheels/accepted.toml lists what people have reviewed and accepted.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name

from fleet.core.errors import AuditError
from fleet.core.files import ROOT
from fleet.core.toml import load_toml
from fleet.wheelhouse.store.index import lock_path, read_lock
from fleet.wheelhouse.store.manifest import WheelhouseManifest

Say = Callable[[str], None]
ENVIRONMENT = "audit"
ACCEPTED = "accepted.toml"
Package = tuple[str, str]


@dataclass(frozen=True)
class Vulnerability:
    """One known vulnerability of one package: its id, its other names, and the versions that fix it."""

    package: str
    version: str
    id: str
    aliases: tuple[str, ...]
    fixed: tuple[str, ...]


def look_up(manifest: WheelhouseManifest, say: Say, osv: str = "") -> list[Vulnerability]:
    """Look up every package; returns the known vulnerabilities that were not accepted.

    Raises AuditError if the database does not answer for every package, EnvironmentBuildError without pip-audit.
    """
    packages, others = known_packages(manifest)
    say(f"\nknown vulnerabilities of {len(packages)} packages (OSV database):")
    say(f"not Python packages, so not looked up: {', '.join(others)}")
    findings = [finding for group in groups(packages) for finding in ask(group, osv)]
    return judged(findings, accepted(manifest), say)


def known_packages(manifest: WheelhouseManifest) -> tuple[list[Package], list[str]]:
    """(name, version) of locks and of artefacts that are Python packages, and the names of the other artefacts."""
    found: set[Package] = {
        (canonicalize_name(s.name), s.version) for s in manifest.sources if s.kind in ("wheel", "sdist")
    }
    for target in manifest.targets.values():
        for lock in target.locks:
            found |= {(line.name, line.version) for line in read_lock(lock_path(lock, manifest))}
    return sorted(found), [s.name for s in manifest.sources if s.kind not in ("wheel", "sdist")]


def groups(packages: Iterable[Package]) -> list[list[Package]]:
    """Lists in which each package occurs once: Python 3.6 and 3.7 have different versions of some packages."""
    made: list[list[Package]] = []
    for package in packages:
        group = next((group for group in made if package[0] not in {name for name, _ in group}), None)
        if group is None:
            made.append(group := [])
        group.append(package)
    return made


def ask(packages: list[Package], osv: str = "") -> list[Vulnerability]:
    """Ask pip-audit about exactly these packages. Raises AuditError."""
    with tempfile.TemporaryDirectory(prefix="nano-ocr-audit-") as folder:
        wanted = Path(folder) / "wanted.txt"
        wanted.write_text("".join(f"{name}=={version}\n" for name, version in packages))
        command = [str(program()), "--no-deps", "--disable-pip", "--progress-spinner", "off", "--format", "json"]
        command += ["--vulnerability-service", "osv", *(["--osv-url", osv] if osv else []), "-r", str(wanted)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    return parsed(done.stdout, done.stderr, packages)


def program() -> Path:
    """Path of pip-audit. Its environment is built on first use. Raises EnvironmentBuildError."""
    from fleet.environments import builder
    from fleet.environments.steps import python_of

    if next(entry.state for entry in builder.status(ROOT) if entry.name == ENVIRONMENT) != "ready":
        builder.build([ENVIRONMENT], ROOT)
    return python_of(ENVIRONMENT, ROOT).with_name("pip-audit")


def parsed(out: str, err: str, packages: list[Package]) -> list[Vulnerability]:
    """The findings in pip-audit's output. Raises AuditError if it is not a list, or if a package was not looked up."""
    try:
        rows: list[dict[str, Any]] = json.loads(out)["dependencies"]
    except (ValueError, KeyError, TypeError) as error:
        last = (err.strip().splitlines() or ["no message"])[-1]
        raise AuditError(
            f"known vulnerabilities were NOT looked up: {last[-300:]}",
            "an answer of the OSV database for every package",
            "run it again where api.osv.dev can be reached, or give --osv-url",
        ) from error
    answered = {(canonicalize_name(row["name"]), str(row["version"])) for row in rows if "skip_reason" not in row}
    if silent := sorted(set(packages) - answered):
        names = ", ".join(f"{name} {version}" for name, version in silent)
        raise AuditError(f"{len(silent)} packages were NOT looked up: {names}", "an answer for every package")
    return [_finding(row, known) for row in rows for known in row["vulns"]]


def _finding(row: dict[str, Any], known: dict[str, Any]) -> Vulnerability:
    aliases, fixed = known.get("aliases", ()), known.get("fix_versions", ())
    return Vulnerability(canonicalize_name(row["name"]), str(row["version"]), known["id"], tuple(aliases), tuple(fixed))


def accepted(manifest: WheelhouseManifest) -> dict[tuple[str, str, str], str]:
    """What people have accepted: (package, version, id) -> reason. Raises AuditError for an entry without a reason."""
    path = manifest.path.with_name(ACCEPTED)
    rows = load_toml(path).get("accepted", ()) if path.is_file() else ()
    for row in rows:
        if set(row) != {"package", "version", "id", "reason"} or not row["reason"]:
            raise AuditError(f"{path.name}: {row}", "package, version, id, reason")
    return {(canonicalize_name(row["package"]), row["version"], row["id"]): row["reason"] for row in rows}


def judged(findings: list[Vulnerability], known: dict[tuple[str, str, str], str], say: Say) -> list[Vulnerability]:
    """Report every finding and every acceptance that matches nothing; return the findings that were not accepted."""
    used, left = set(), []
    for item in findings:
        keys = [(item.package, item.version, name) for name in (item.id, *item.aliases)]
        key = next((key for key in keys if key in known), None)
        mended = f"fixed in {', '.join(item.fixed)}" if item.fixed else "no fix"
        verdict = f"accepted: {known[key]}" if key else "NOT accepted"
        names = ", ".join((item.id, *item.aliases))
        say(f"    {item.package} {item.version}: {names}; {mended}; {verdict}")
        if key:
            used.add(key)
        else:
            left.append(item)
    for package, version, name in sorted(set(known) - used):
        say(f"    {ACCEPTED}: {name} of {package} {version} is no longer known; remove it")
    say(f"{len(findings)} known, {len(left)} of them not accepted in wheels/{ACCEPTED}")
    return left
