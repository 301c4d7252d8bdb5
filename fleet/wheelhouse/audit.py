"""Audits the manifest: licences, ages, sources, pins, known vulnerabilities."""

from __future__ import annotations

import re
import tarfile
import time
import zipfile
from collections.abc import Callable
from email.message import Message
from email.parser import Parser
from pathlib import Path

from fleet.core.errors import AuditError
from fleet.wheelhouse import vulnerabilities
from fleet.wheelhouse.builds import provenance
from fleet.wheelhouse.store import index
from fleet.wheelhouse.store.index import LockedPackage, lock_path, read_lock
from fleet.wheelhouse.store.manifest import ArtefactSource, PythonTarget, WheelhouseManifest

Say = Callable[[str], None]
_UNDATED = 1980  # the first year of a zip: build tools that omit the time write it


def audit(manifest: WheelhouseManifest, wheelhouse: Path, say: Say, osv: str = "") -> int:
    """Print all tables and the known vulnerabilities. ``osv`` replaces the address of the database.

    Returns 0 only if every package was looked up and every known vulnerability was accepted; otherwise 79.
    Raises AuditError if the database does not answer.
    """
    for source in manifest.sources:
        age = dated(wheelhouse / source.file)
        say(f"{source.name:28} {source.version:18} {_pin(source, manifest):11} {age:10} {source.licence}")
    say("")
    for target in manifest.targets.values():
        for lock in target.locks:
            for line in read_lock(lock_path(lock, manifest)):
                say(f"{line.name:28} {line.version:18} {lock:11} {_inside(wheelhouse, line, target)}")
    _gaps(manifest, say)
    found = vulnerabilities.look_up(manifest, say, osv)
    return AuditError.exit_code if found else 0


def _gaps(manifest: WheelhouseManifest, say: Say) -> None:
    alone = [source.name for source in manifest.sources if source.via == "url" and len(source.urls) == 1]
    say(f"\nno second source ({len(alone)}): {', '.join(alone) or 'none'}")
    say(f"not pinned yet: {', '.join(s.name for s in manifest.sources if not s.pinned and s.via != 'build') or 'none'}")
    say(f"not built yet: {', '.join(s.name for s in manifest.sources if not s.pinned and s.via == 'build') or 'none'}")
    silent = [source.name for source in manifest.sources if source.licence.startswith("not stated")]
    say(f"no licence stated: {', '.join(silent) or 'none'}")


def _pin(source: ArtefactSource, manifest: WheelhouseManifest) -> str:
    if source.via == "build":
        origin = provenance.path_of(source.file, manifest).is_file()
        return ("built" if origin else "no origin") if source.pinned else "not built"
    return "pinned" if source.pinned else "open"


def dated(path: Path) -> str:
    """Date of the newest file inside a wheel or archive; "undated", or "not here"."""
    if not path.is_file():
        return "not here"
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as wheel:
            newest = max((entry.date_time[:3] for entry in wheel.infolist()), default=(_UNDATED, 1, 1))
        return "undated" if newest[0] <= _UNDATED else "{:04}-{:02}-{:02}".format(*newest)
    if tarfile.is_tarfile(path):
        with tarfile.open(path) as archive:
            seconds = max((entry.mtime for entry in archive), default=0)
        return time.strftime("%Y-%m-%d", time.gmtime(seconds)) if seconds > 0 else "undated"
    return "undated"


def _inside(wheelhouse: Path, line: LockedPackage, target: PythonTarget) -> str:
    """Date and licence of the locked file in the wheelhouse."""
    for path in sorted(wheelhouse.glob("*.whl")):
        if index.is_for(path, line, index.tags(target)):
            return f"{dated(path):10} {licence(path)}"
    return "not here"


def licence(path: Path) -> str:
    """The licence that a wheel states: expression, field, or classifier; otherwise "not stated"."""
    with zipfile.ZipFile(path) as wheel:
        name = next(name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
        metadata: Message = Parser().parsestr(wheel.read(name).decode("utf-8", "replace"), headersonly=True)
    field = (metadata["License-Expression"] or metadata["License"] or "").strip()
    classes = [
        line.split("::")[-1].strip() for line in metadata.get_all("Classifier", ()) if line.startswith("License ::")
    ]
    first = re.split(r"[\n\r]", field)[0][:60]
    return first if first and first.upper() != "UNKNOWN" else ", ".join(classes) or "not stated"
