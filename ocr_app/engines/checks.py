"""Whether an engine is the one that its manifest describes, and the one that is asked for."""

from ocr_app.core import files
from ocr_app.core.errors import EngineError
from ocr_app.engines import key
from ocr_app.engines.key import EngineIdentity, Platform
from ocr_app.engines.manifest import EngineManifest

BUILD = "ocr-app engine build"
_HARDWARE = ("target", "arch", "capability")  # fields of a platform that no rebuild of software changes


def check_bytes(data: bytes, manifest: EngineManifest, name: str) -> None:
    """Raises EngineError (truncated, tampered) when these are not the bytes that the manifest describes."""
    if len(data) < manifest.size:
        found = "the engine {} has {} bytes".format(name, len(data))
        raise EngineError(found, "{} bytes".format(manifest.size), BUILD + " --rebuild", "truncated")
    if len(data) != manifest.size or files.sha256_of(data) != manifest.sha256:
        found = "the engine {} has sha256 {}".format(name, files.sha256_of(data))
        raise EngineError(found, manifest.sha256, BUILD + " --rebuild", "tampered")


def mismatch(manifest: EngineManifest, identity: EngineIdentity) -> EngineError:
    """Why the engine does not have this identity: foreign where the hardware differs, else stale."""
    differing = key.differences(manifest.identity, identity)
    kind = "foreign" if set(differing) & set(_HARDWARE) else "stale"
    made_for, expected = (
        ", ".join("{} {}".format(name, _value(each, name)) for name in differing)
        for each in (manifest.identity, identity)
    )
    found = "the engine {} is {}: it was made for {}".format(manifest.name, kind, made_for)
    return EngineError(found, expected, BUILD + " --rebuild", kind)


def _value(identity: EngineIdentity, name: str) -> str:
    if name == "profile":
        return " .. ".join("x".join(map(str, shape)) for shape in identity.profile)
    value: str = getattr(identity.platform, name) if name in Platform._fields else getattr(identity, name)
    return value or "none"
