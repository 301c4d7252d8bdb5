"""Releases for virtual Nanos, signed by a key of the tests; what is made is that of `./inv bundle make --virtual`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fleet.release import keys, rehearsal
from fleet.virtual.settings import Fleet

LABEL = rehearsal.LABEL


@dataclass(frozen=True)
class Maker:
    """Makes bundles in ``folder``, signed by the key that lies there."""

    folder: Path
    fleet: Fleet

    @property
    def keys(self) -> Path:
        """Folder of the public key."""
        return self.folder / "keys"

    def make(self, version: str, serial: int, ways: str = "", **gate: float) -> Path:
        """A bundle; ``ways`` are the words of the stand-in, ``gate`` changes its bounds."""
        key = self.keys / "test.key"
        if not key.exists():
            keys.generate(self.keys, "test", "")
        return rehearsal.make(version, key, serial, ways, self.folder, self.fleet, gate, say=lambda _: None)
