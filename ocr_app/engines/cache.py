"""The folder of engines: two files each, the engine and its manifest, both named by the key.

An engine counts only with a manifest whose key, size and checksum fit, and is read once: the bytes that are checked
are those that are loaded. Whatever does not fit is refused by name and stays where it is until `prune` or a rebuild.
"""

import errno
import fcntl
import os
from contextlib import contextmanager
from typing import IO, Iterator, List, NamedTuple, Optional, Tuple

from ocr_app.core import files
from ocr_app.core.errors import BuildError, EngineError
from ocr_app.core.paths import HOME
from ocr_app.engines import key, manifest
from ocr_app.engines.key import EngineIdentity, Platform
from ocr_app.engines.manifest import EngineManifest

ENGINE, MANIFEST = ".engine", ".json"
_LOCK = ".lock"
_MACHINE = ("target", "arch", "capability")  # parts of a place that no rebuild of software changes
_BUILD = "ocr-app engine build"


def default_folder() -> str:
    """``$OCR_ENGINES``, else ``.engines`` beside the package."""
    return os.environ.get("OCR_ENGINES") or os.path.join(HOME, ".engines")


class Entry(NamedTuple):
    """What lies under one name: its manifest where that can be read, and why it would not be loaded, else None."""

    name: str
    manifest: Optional[EngineManifest]
    problem: Optional[EngineError]


class Cache:
    """Engines in one folder."""

    def __init__(self, folder: str) -> None:
        self.folder = folder

    def path(self, name: str, kind: str = ENGINE) -> str:
        """Of the engine, or of its manifest."""
        return os.path.join(self.folder, name + kind)

    def read(self, wanted: EngineIdentity) -> Tuple[bytes, EngineManifest]:
        """The engine made from exactly these parts, checked. Raises EngineError with the reason as its code."""
        name = key.name_of(wanted)
        if not os.path.isfile(self.path(name, MANIFEST)):
            raise self._absent(wanted)
        data, own = self.read_named(name)
        if own.parts != wanted:
            raise mismatch(own, wanted)
        return data, own

    def read_named(self, name: str) -> Tuple[bytes, EngineManifest]:
        """The engine called ``name``, whole and untouched; whether it fits this machine is not asked here."""
        own = self.manifest(name)
        try:
            with open(self.path(name), "rb") as stream:
                data = stream.read()
        except OSError as error:
            found = "the engine {} cannot be read: {}".format(name, error.strerror)
            raise EngineError(found, self.path(name), _BUILD + " --rebuild", "missing") from error
        check_bytes(data, own, name)
        return data, own

    def manifest(self, name: str) -> EngineManifest:
        """Raises EngineError (missing, unreadable), also for a manifest that lies under another's name."""
        try:
            with open(self.path(name, MANIFEST), "rb") as stream:
                data = stream.read(manifest.MAX_BYTES + 1)
        except OSError as error:
            found = "there is no engine {}: {}".format(name, error.strerror)
            raise EngineError(found, self.path(name, MANIFEST), "ocr-app engine list", "missing") from error
        own = manifest.from_bytes(data, self.path(name, MANIFEST))
        if own.name != name:
            found = "the manifest {} is that of {}".format(name, own.name)
            raise EngineError(found, "an engine under its own name", "ocr-app engine prune", "tampered")
        return own

    def store(self, own: EngineManifest, data: bytes) -> str:
        """Writes the engine, then its manifest; until that is there, there is no engine. Returns the name.

        Raises BuildError (space).
        """
        os.makedirs(self.folder, exist_ok=True)
        self._remove(own.name + MANIFEST)
        files.write_whole(self.path(own.name), data)
        files.write_whole(self.path(own.name, MANIFEST), manifest.to_bytes(own))
        return own.name

    def names(self) -> List[str]:
        """Of every manifest there is."""
        return sorted(name[: -len(MANIFEST)] for name in self._listed() if name.endswith(MANIFEST))

    def entries(self) -> List[Entry]:
        """Everything that is here, checked by size and checksum."""
        return [self._entry(name) for name in self.names()]

    def _entry(self, name: str) -> Entry:
        own = None
        try:
            own = self.manifest(name)
            self.read_named(name)
        except EngineError as error:
            return Entry(name, own, error)
        return Entry(name, own, None)

    def leftovers(self) -> List[str]:
        """Files of builds that were cut off: unfinished ones, and engines without a manifest."""
        listed = set(self._listed())
        parts = [name for name in listed if name.endswith(files.PART)]
        alone = [n for n in listed if n.endswith(ENGINE) and n[: -len(ENGINE)] + MANIFEST not in listed]
        return sorted(parts + alone)

    def remove(self, names: List[str]) -> List[str]:
        """Removes files of the folder; returns those that were there."""
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

    def _absent(self, wanted: EngineIdentity) -> EngineError:
        """Missing; or, where engines of the network were made from something else, stale or foreign, by name."""
        for name in self.names():
            try:
                own = self.manifest(name)
            except EngineError:
                continue
            same = (own.parts.network, own.parts.place.target, own.parts.precision)
            if same == (wanted.network, wanted.place.target, wanted.precision):
                return mismatch(own, wanted)
        found = "no engine of {} for {} in {}".format(wanted.network, wanted.precision, self.folder)
        return EngineError(found, wanted.place.words(), _BUILD, "missing")

    @contextmanager
    def lock(self) -> Iterator[None]:
        """One writer at a time; the kernel lets go when a process dies. Raises BuildError (busy)."""
        with self._lock_file() as stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                stream.seek(0)
                found = "{} is in use by process {}".format(self.folder, stream.read(20).strip() or "?")
                raise BuildError(found, "one writer at a time", "wait for it to end", "busy") from error
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


def check_bytes(data: bytes, own: EngineManifest, name: str) -> None:
    """Raises EngineError (truncated, tampered) when these are not the bytes that the manifest names."""
    if len(data) < own.size:
        found = "the engine {} has {} bytes".format(name, len(data))
        raise EngineError(found, "{} bytes".format(own.size), _BUILD + " --rebuild", "truncated")
    if len(data) != own.size or files.sha256_of(data) != own.sha256:
        found = "the engine {} has sha256 {}".format(name, files.sha256_of(data))
        raise EngineError(found, own.sha256, _BUILD + " --rebuild", "tampered")


def mismatch(own: EngineManifest, wanted: EngineIdentity) -> EngineError:
    """Why the engine is not the wanted one: foreign where the machine differs, else stale."""
    differing = key.differences(own.parts, wanted)
    kind = "foreign" if set(differing) & set(_MACHINE) else "stale"
    words = ["{} {}".format(name, _value(own.parts, name)) for name in differing]
    expected = ["{} {}".format(name, _value(wanted, name)) for name in differing]
    found = "the engine {} is {}: made for {}".format(own.name, kind, ", ".join(words))
    return EngineError(found, ", ".join(expected), _BUILD + " --rebuild", kind)


def _value(parts: EngineIdentity, name: str) -> str:
    if name == "profile":
        return " .. ".join("x".join(map(str, shape)) for shape in parts.profile)
    value: str = getattr(parts.place, name) if name in Platform._fields else getattr(parts, name)
    return value or "none"
