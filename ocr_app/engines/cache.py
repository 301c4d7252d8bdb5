"""The folder of engines: two files per engine, the engine and its manifest, both named by the key.

An engine counts only with a manifest whose key, size and checksum match. It is read once: the bytes that are checked
are the bytes that are loaded. An engine that does not match is refused by name, and stays until `prune` or a rebuild.
"""

import errno
import fcntl
import os
from contextlib import contextmanager
from typing import IO, Iterator, List, NamedTuple, Optional, Tuple

from ocr_app.core import files
from ocr_app.core.errors import BuildError, EngineError
from ocr_app.core.paths import HOME
from ocr_app.engines import key
from ocr_app.engines import manifest as manifests
from ocr_app.engines.checks import BUILD, check_bytes, mismatch
from ocr_app.engines.key import EngineIdentity
from ocr_app.engines.manifest import EngineManifest

ENGINE, MANIFEST = ".engine", ".json"
_LOCK = ".lock"


def default_folder() -> str:
    """``$OCR_ENGINES``, else ``.engines`` next to the package."""
    return os.environ.get("OCR_ENGINES") or os.path.join(HOME, ".engines")


class CacheEntry(NamedTuple):
    """One engine of the folder: its manifest where that can be read, and why it would not be loaded, else None."""

    name: str
    manifest: Optional[EngineManifest]
    problem: Optional[EngineError]


class Cache:
    """Engines in one folder."""

    def __init__(self, folder: str) -> None:
        self.folder = folder

    def path(self, name: str, kind: str = ENGINE) -> str:
        """Path of the engine, or of its manifest."""
        return os.path.join(self.folder, name + kind)

    def read(self, identity: EngineIdentity) -> Tuple[bytes, EngineManifest]:
        """The engine with exactly this identity, checked. Raises EngineError with the reason as its code."""
        name = key.name_of(identity)
        if not os.path.isfile(self.path(name, MANIFEST)):
            raise self._absent(identity)
        data, manifest = self.read_named(name)
        if manifest.identity != identity:
            raise mismatch(manifest, identity)
        return data, manifest

    def read_named(self, name: str) -> Tuple[bytes, EngineManifest]:
        """The engine called ``name``, whole and unchanged. Whether it fits this machine is not checked here."""
        manifest = self.read_manifest(name)
        try:
            with open(self.path(name), "rb") as stream:
                data = stream.read()
        except OSError as error:
            found = "the engine {} cannot be read: {}".format(name, error.strerror)
            raise EngineError(found, self.path(name), BUILD + " --rebuild", "missing") from error
        check_bytes(data, manifest, name)
        return data, manifest

    def read_manifest(self, name: str) -> EngineManifest:
        """Raises EngineError (missing, unreadable), also for a manifest that was renamed to another engine's name."""
        try:
            with open(self.path(name, MANIFEST), "rb") as stream:
                data = stream.read(manifests.MAX_BYTES + 1)
        except OSError as error:
            found = "there is no engine {}: {}".format(name, error.strerror)
            raise EngineError(found, self.path(name, MANIFEST), "ocr-app engine list", "missing") from error
        manifest = manifests.from_bytes(data, self.path(name, MANIFEST))
        if manifest.name != name:
            found = "the manifest {} is that of {}".format(name, manifest.name)
            raise EngineError(found, "an engine under its own name", "ocr-app engine prune", "tampered")
        return manifest

    def store(self, manifest: EngineManifest, data: bytes) -> str:
        """Writes the engine, then its manifest; without a manifest there is no engine. Returns the name.

        Raises BuildError (space).
        """
        os.makedirs(self.folder, exist_ok=True)
        self._remove(manifest.name + MANIFEST)
        files.write_whole(self.path(manifest.name), data)
        files.write_whole(self.path(manifest.name, MANIFEST), manifests.to_bytes(manifest))
        return manifest.name

    def names(self) -> List[str]:
        """Names of all engines that have a manifest."""
        return sorted(name[: -len(MANIFEST)] for name in self._listed() if name.endswith(MANIFEST))

    def entries(self) -> List[CacheEntry]:
        """All engines, checked by size and checksum."""
        return [self._entry(name) for name in self.names()]

    def _entry(self, name: str) -> CacheEntry:
        manifest = None
        try:
            manifest = self.read_manifest(name)
            self.read_named(name)
        except EngineError as error:
            return CacheEntry(name, manifest, error)
        return CacheEntry(name, manifest, None)

    def leftovers(self) -> List[str]:
        """Files of interrupted builds: unfinished ones, and engines without a manifest."""
        listed = set(self._listed())
        parts = [name for name in listed if name.endswith(files.PART)]
        alone = [n for n in listed if n.endswith(ENGINE) and n[: -len(ENGINE)] + MANIFEST not in listed]
        return sorted(parts + alone)

    def remove(self, names: List[str]) -> List[str]:
        """Removes files of the folder; returns those that existed."""
        return [name for name in names if self._remove(name)]

    def _remove(self, name: str) -> bool:
        try:
            os.remove(os.path.join(self.folder, name))
        except OSError as error:
            if error.errno != errno.ENOENT:
                raise
            return False
        return True

    def _listed(self) -> List[str]:
        return os.listdir(self.folder) if os.path.isdir(self.folder) else []

    def _absent(self, identity: EngineIdentity) -> EngineError:
        """Missing; or stale or foreign, by name, where there are engines of the network with another identity."""
        for name in self.names():
            try:
                manifest = self.read_manifest(name)
            except EngineError:
                continue
            if _same_purpose(manifest.identity, identity):
                return mismatch(manifest, identity)
        found = "no engine of {} for {} in {}".format(identity.network, identity.precision, self.folder)
        return EngineError(found, identity.platform.describe(), BUILD, "missing")

    @contextmanager
    def lock(self) -> Iterator[None]:
        """One writer at a time; the kernel releases the lock when a process dies. Raises BuildError (busy)."""
        with self._lock_file() as stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                stream.seek(0)
                found = "{} is in use by process {}".format(self.folder, stream.read(20).strip() or "?")
                raise BuildError(found, "one writer at a time", "wait until it ends", "busy") from error
            stream.seek(0)
            stream.truncate()
            files.write_in_place(stream, str(os.getpid()))
            yield

    def _lock_file(self) -> IO[str]:
        try:
            os.makedirs(self.folder, exist_ok=True)
            return open(os.path.join(self.folder, _LOCK), "a+")
        except OSError as error:
            raise files.write_error(os.path.join(self.folder, _LOCK), error) from error


def _same_purpose(one: EngineIdentity, other: EngineIdentity) -> bool:
    first, second = ((identity.network, identity.platform.target, identity.precision) for identity in (one, other))
    return first == second
