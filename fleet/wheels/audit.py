"""What a careful reader of the manifest asks: licences, sources, pins, and what nobody has looked at."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from fleet.wheels.house import lock_path, read_lock
from fleet.wheels.manifest import Manifest, Source

Say = Callable[[str], None]


def audit(manifest: Manifest, house: Path, say: Say) -> int:
    """Print a table of the artefacts and what to mind; returns 0: it judges nothing, people do."""
    for source in manifest.sources:
        say(f"{source.name:28} {source.version:18} {_pin(source):9} {_age(house / source.file):10} {source.licence}")
    alone = [source.name for source in manifest.sources if source.via == "url" and len(source.urls) == 1]
    say(f"\nno second source ({len(alone)}): {', '.join(alone)}")
    say(f"not pinned yet: {', '.join(s.name for s in manifest.sources if not s.pinned and s.via != 'build') or 'none'}")
    locks = sorted({lock for target in manifest.targets.values() for lock in target.locks})
    count = len({(line.name, line.version) for lock in locks for line in read_lock(lock_path(lock, manifest))})
    say(f"{count} packages come from the locks {', '.join(locks)}, each by sha256")
    say("known vulnerabilities: NOT looked up here. With a connection to the OSV database:")
    for lock in locks:
        say(f"    pip-audit --disable-pip --require-hashes -r requirements/{lock}.txt")
    return 0


def _pin(source: Source) -> str:
    if source.via == "build":
        return "built"
    return "pinned" if source.pinned else "open"


def _age(path: Path) -> str:
    """Day on which the file came into the house."""
    return time.strftime("%Y-%m-%d", time.gmtime(path.stat().st_mtime)) if path.is_file() else "not here"
