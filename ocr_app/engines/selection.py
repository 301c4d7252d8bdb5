"""Which engine replaces a network at run time: exactly one, built from the current models."""

from typing import List, Optional, Tuple

from ocr_app.core.errors import EngineError, UsageError
from ocr_app.engines.building import jobs
from ocr_app.engines.cache import Cache
from ocr_app.engines.checks import BUILD, mismatch
from ocr_app.engines.key import Platform
from ocr_app.engines.manifest import EngineManifest
from ocr_app.export import network_specs
from ocr_app.export.network_specs import NetworkSpec


def sources_of(spec: NetworkSpec) -> str:
    """The metadata ``sources`` that an export of the network from the current model files has."""
    return " ".join("{}:{}".format(*pair) for pair in sorted(jobs.sources_of(spec).items()))


def check_platform(manifest: EngineManifest, platform: Optional[Platform]) -> None:
    """Raises EngineError (foreign, stale) for an engine of another platform; None: its target is not installed."""
    identity = manifest.identity
    if platform is None:
        found = "the engine {} is foreign: {} is not installed here".format(manifest.name, identity.platform.target)
        raise EngineError(found, identity.platform.describe(), BUILD, "foreign")
    if identity.platform != platform:
        raise mismatch(manifest, identity._replace(platform=platform))


def check_sources(manifest: EngineManifest) -> None:
    """Raises EngineError (stale) when the engine was built from models other than those of this version."""
    spec = network_specs.networks().get(manifest.identity.network)
    expected = sources_of(spec) if spec else "a network of data/networks.json"
    sources = manifest.metadata.get("sources")
    if sources != expected:
        found = "the engine {} is stale: it was built from {}".format(manifest.name, sources or "unknown models")
        raise EngineError(found, expected, BUILD + " --rebuild", "stale")


def choose(cache: Cache, spec: NetworkSpec, platform: Platform, precision: str) -> Tuple[bytes, EngineManifest]:
    """The one engine of the network for this platform and precision, whole and built from the current models.

    Raises EngineError: missing, stale, foreign, truncated, tampered, unreadable; UsageError where there are several.
    """
    refused: List[EngineError] = []
    usable: List[Tuple[bytes, EngineManifest]] = []
    for name in cache.names():
        if name.startswith("{}-{}-{}-".format(spec.name, platform.target, precision)):
            try:
                usable.append(_usable(cache, name, platform))
            except EngineError as error:
                refused.append(error)
    if len(usable) > 1:
        names = ", ".join(manifest.name for _, manifest in usable)
        raise UsageError("several engines of {}: {}".format(spec.name, names), "one", "ocr-app engine prune NAME")
    if usable:
        return usable[0]
    found = "no engine of {} in {} for {} in {}".format(spec.name, precision, platform.describe(), cache.folder)
    raise refused[0] if refused else EngineError(found, "one", BUILD, "missing")


def _usable(cache: Cache, name: str, platform: Platform) -> Tuple[bytes, EngineManifest]:
    data, manifest = cache.read_named(name)
    check_platform(manifest, platform)
    check_sources(manifest)
    return data, manifest
