"""Which engine stands in for a reader's network at run time: exactly one, made from the models that are here now."""

from typing import Dict, List, Optional, Tuple

from ocr_app.core.errors import EngineError, UsageError
from ocr_app.engines.building import jobs
from ocr_app.engines.cache import Cache, mismatch
from ocr_app.engines.key import Platform
from ocr_app.engines.manifest import EngineManifest
from ocr_app.engines.targets import target
from ocr_app.export import network_specs
from ocr_app.export.network_specs import NetworkSpec as Entry
from ocr_app.networks.contract import Network
from ocr_app.readers import registry
from ocr_app.readers.contract import Reader, ReaderOptions
from ocr_app.readers.registry import ReaderName
from ocr_app.verification import twins

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


def open_reader(cache: Cache, name: ReaderName, target_name: str, precision: str, threads: int) -> Reader:
    """The reader with every network replaced by its engine; which ones stands in its ``info``.

    Raises EngineError, UsageError for a reader of another environment or one whose networks are not exported,
    DeviceUnavailable, and what opening the reader itself raises.
    """
    if name.environment:
        found = "the reader {} runs in a process of its own and takes no engines".format(name)
        raise UsageError(found, "the reader in this Python: {}".format(name.name), "ocr-app, started by that Python")
    module, entries = target.module_of(target_name), jobs.entries_of(str(name))
    place = module.place()
    found_engines = {entry.part: choose(cache, entry, place, precision) for entry in entries}
    networks = {part: module.load(*engine) for part, engine in found_engines.items()}
    reader = _opened(name, entries, networks, threads)
    names = ", ".join(own.name for _, own in found_engines.values())
    device = "cuda" if target_name == "tensorrt" else "cpu"
    engine = "{} {}: {}".format(target_name, place.version, names)
    reader.info = reader.info._replace(engine=engine, device=device, precision=precision)
    return reader


def _opened(name: ReaderName, entries: List[Entry], networks: Dict[str, Network], threads: int) -> Reader:
    """The open reader. One of another framework is opened with its own networks on the CPU, which then never run."""
    reader_module = registry.module_of(registry.spec(name.name))
    if not hasattr(reader_module, "network_files"):
        foreign: Reader = reader_module.open_reader(ReaderOptions(threads=threads, model=name.model))
        for entry in entries:
            twins.install(foreign, entry, networks[entry.part]).serving = twins.EXPORTED
        return foreign
    by_path = {path: role for role, path in reader_module.network_files(name.model).items()}

    def open_engine(path: str, device: str, threads: int, precision: str) -> Network:
        return networks[by_path[path]]

    reader: Reader = reader_module.open_reader(ReaderOptions(threads=threads, model=name.model), open_engine)
    return reader
