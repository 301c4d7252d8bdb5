"""Engines in one file, for boards of the same kind: an uncompressed tar of engines and manifests.

A pack is checked completely before any of it enters the cache: names, checksums, keys, and that each engine was built
for this platform.
"""

import io
import os
import tarfile
from typing import Callable, Dict, List, Optional, Sequence, Tuple

from ocr_app.core import files
from ocr_app.core.errors import EngineError, UsageError
from ocr_app.engines import manifest as manifests
from ocr_app.engines.cache import ENGINE, MANIFEST, Cache
from ocr_app.engines.checks import check_bytes, mismatch
from ocr_app.engines.key import Platform
from ocr_app.engines.manifest import EngineManifest

MAX_BYTES = 1 << 30  # of one engine
_NEXT = "fetch the pack again"


def pack(cache: Cache, names: Sequence[str], path: str) -> str:
    """Writes the engines called ``names`` to ``path``; returns the pack's sha256.

    The same engines give the same bytes. Raises EngineError for a damaged engine, BuildError (space).
    """
    if not names:
        raise UsageError("no engine to pack", "names as in `ocr-app engine list`")
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name in sorted(set(names)):
            data, manifest = cache.read_named(name)
            _add(tar, name + MANIFEST, manifests.to_bytes(manifest))
            _add(tar, name + ENGINE, data)
    files.write_whole(os.path.abspath(path), target.getvalue())
    return files.sha256_of(target.getvalue())


def _add(tar: tarfile.TarFile, name: str, data: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(data), 0o644
    tar.addfile(member, io.BytesIO(data))


def unpack(cache: Cache, path: str, platform_of: Callable[[str], Platform], sha256: Optional[str] = None) -> List[str]:
    """Stores every engine of the pack in the cache, or none of them; returns their names.

    ``platform_of``: this machine's platform for a target. ``sha256``: the digest of the pack, where it is known.
    Raises EngineError (truncated, tampered, unreadable, stale, foreign), BuildError (busy, space).
    """
    found = _engines(path, platform_of, sha256)
    with cache.lock():
        return [cache.store(manifest, data) for manifest, data in found]


def take(cache: Cache, path: str, platform_of: Callable[[str], Platform]) -> List[str]:
    """As ``unpack``, but skips engines that the cache has already; returns the names of the new ones."""
    missing = [
        (manifest, data) for manifest, data in _engines(path, platform_of, None) if not _contains(cache, manifest)
    ]
    if not missing:
        return []
    with cache.lock():
        return [cache.store(manifest, data) for manifest, data in missing]


def _contains(cache: Cache, manifest: EngineManifest) -> bool:
    try:
        return cache.read_named(manifest.name)[1].sha256 == manifest.sha256
    except EngineError:
        return False


def _engines(
    path: str, platform_of: Callable[[str], Platform], sha256: Optional[str]
) -> List[Tuple[EngineManifest, bytes]]:
    pairs = _pairs(_members(path, sha256), path)
    return [_checked(name, pair, platform_of) for name, pair in sorted(pairs.items())]


def _members(path: str, sha256: Optional[str]) -> Dict[str, bytes]:
    try:
        with open(path, "rb") as stream:
            whole = stream.read()
    except OSError as error:
        raise EngineError("cannot read {}: {}".format(path, error.strerror), "a pack", _NEXT, "missing") from error
    if sha256 is not None and files.sha256_of(whole) != sha256:
        raise EngineError("{} has sha256 {}".format(path, files.sha256_of(whole)), sha256, _NEXT, "tampered")
    try:
        with tarfile.open(fileobj=io.BytesIO(whole), mode="r:") as tar:
            return {member.name: _content(tar, member) for member in tar}
    except (tarfile.TarError, OSError, EOFError) as error:
        raise EngineError("{} is not a pack: {}".format(path, error), "a tar file", _NEXT, "unreadable") from error


def _content(tar: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    stream = tar.extractfile(member) if member.isreg() else None
    plain = os.path.basename(member.name) == member.name and member.name.endswith((ENGINE, MANIFEST))
    if stream is None or not plain or member.size > MAX_BYTES:
        raise EngineError("the pack contains {!r}".format(member.name), "engines and manifests only", _NEXT, "tampered")
    return stream.read()


def _pairs(members: Dict[str, bytes], path: str) -> Dict[str, Tuple[bytes, bytes]]:
    stems = {name.rpartition(".")[0] for name in members}
    alone = [stem for stem in stems if not {stem + ENGINE, stem + MANIFEST} <= set(members)]
    if alone or not stems:
        found = "{}: {}".format(
            path, ", ".join(sorted(alone)) + " without its engine or manifest" if alone else "an empty pack"
        )
        raise EngineError(found, "both files of every engine", _NEXT, "truncated")
    return {stem: (members[stem + MANIFEST], members[stem + ENGINE]) for stem in stems}


def _checked(
    name: str, pair: Tuple[bytes, bytes], platform_of: Callable[[str], Platform]
) -> Tuple[EngineManifest, bytes]:
    manifest = manifests.from_bytes(pair[0], name + MANIFEST)
    if manifest.name != name:
        found = "{} contains the engine {}".format(name, manifest.name)
        raise EngineError(found, "an engine under its own name", _NEXT, "tampered")
    check_bytes(pair[1], manifest, name)
    platform = platform_of(manifest.identity.platform.target)
    if platform != manifest.identity.platform:
        raise mismatch(manifest, manifest.identity._replace(platform=platform))
    return manifest, pair[1]
