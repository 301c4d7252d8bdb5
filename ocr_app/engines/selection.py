"""Which engine replaces a network at run time: exactly one, made from the models that are here now."""

from typing import List, Optional, Tuple

from ocr_app.core.errors import EngineError, UsageError
from ocr_app.engines.building import jobs
from ocr_app.engines.cache import Cache, mismatch
from ocr_app.engines.key import Platform
from ocr_app.engines.manifest import EngineManifest
from ocr_app.export import network_specs
from ocr_app.export.network_specs import NetworkSpec as Entry

_BUILD = "ocr-app engine build"


def sources_of(entry: Entry) -> str:
    """What exports of the network carry as their metadata ``sources``, were they made from the files of now."""
    return " ".join("{}:{}".format(*pair) for pair in sorted(jobs.sources_of(entry).items()))


def check_place(own: EngineManifest, place: Optional[Platform]) -> None:
    """Raises EngineError (foreign, stale) for an engine of another place; None: its target is not here at all."""
    if place is None:
        found = "the engine {} is foreign: there is no {} here".format(own.name, own.parts.place.target)
        raise EngineError(found, own.parts.place.words(), _BUILD, "foreign")
    if own.parts.place != place:
        raise mismatch(own, own.parts._replace(place=place))


def check_sources(own: EngineManifest) -> None:
    """Raises EngineError (stale) when the models that the engine was made from are no longer those of this version."""
    entry = network_specs.networks().get(own.parts.network)
    expected = sources_of(entry) if entry else "a network of data/networks.json"
    if own.metadata.get("sources") != expected:
        found = "the engine {} is stale: made from {}".format(own.name, own.metadata.get("sources", "unknown models"))
        raise EngineError(found, expected, _BUILD + " --rebuild", "stale")


def choose(cache: Cache, entry: Entry, place: Platform, precision: str) -> Tuple[bytes, EngineManifest]:
    """The one engine of the network for this place and precision, whole and made from the models of now.

    Raises EngineError: missing, stale, foreign, truncated, tampered, unreadable; UsageError where there are several.
    """
    refused: List[EngineError] = []
    fitting: List[Tuple[bytes, EngineManifest]] = []
    for name in cache.names():
        if name.startswith("{}-{}-{}-".format(entry.name, place.target, precision)):
            try:
                fitting.append(_fitting(cache, name, place))
            except EngineError as error:
                refused.append(error)
    if len(fitting) > 1:
        names = ", ".join(own.name for _, own in fitting)
        raise UsageError("several engines of {}: {}".format(entry.name, names), "one", "ocr-app engine prune NAME")
    if fitting:
        return fitting[0]
    found = "no engine of {} in {} for {} in {}".format(entry.name, precision, place.words(), cache.folder)
    raise refused[0] if refused else EngineError(found, "one", _BUILD, "missing")


def _fitting(cache: Cache, name: str, place: Platform) -> Tuple[bytes, EngineManifest]:
    data, own = cache.read_named(name)
    check_place(own, place)
    check_sources(own)
    return data, own
