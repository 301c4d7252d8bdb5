"""Opens readers that read with engines: each network is replaced by the engine that was built from it."""

from typing import Any, Dict, List

from ocr_app.core.errors import DeviceUnavailable
from ocr_app.engines import selection
from ocr_app.engines.building import jobs
from ocr_app.engines.cache import Cache, default_folder
from ocr_app.engines.key import Platform
from ocr_app.engines.targets import target
from ocr_app.export.network_specs import NetworkSpec
from ocr_app.networks.contract import Network
from ocr_app.opening.engine_kinds import DEVICES
from ocr_app.readers import registry
from ocr_app.readers.contract import Reader, ReaderOptions
from ocr_app.readers.registry import ReaderName


def open_with_engines(name: ReaderName, options: ReaderOptions, engine: str) -> Reader:
    """Opens the reader in this process, with each of its networks replaced by its engine.

    The engines are those of ``options.precision`` in the cache folder; ``info`` of the reader names them. Engines run
    on the device of their target, so ``options.device`` "cuda" is refused for a target that runs on the CPU. Raises
    EngineError, UsageError for a reader whose networks are not exported, DeviceUnavailable, and what opening the
    reader itself raises.
    """
    _check_device(options.device, engine)
    module, entries = target.module_of(engine), jobs.specs_of(str(name))
    platform, cache = module.current_platform(), Cache(default_folder())
    chosen = {entry.part: selection.choose(cache, entry, platform, options.precision) for entry in entries}
    networks = {part: module.load(*pair, threads=options.threads) for part, pair in chosen.items()}
    reader = _opened(name, entries, networks, options.threads)
    engines = ", ".join(chosen_entry.name for _, chosen_entry in chosen.values())
    reader.info = reader.info._replace(
        engine=_described(engine, platform, engines), device=DEVICES[engine], precision=options.precision
    )
    return reader


def _check_device(device: str, engine: str) -> None:
    if device == "cuda" and DEVICES.get(engine) == "cpu":
        found = "engines of {} run on the CPU".format(engine)
        raise DeviceUnavailable(found, "--device cpu, or engines of tensorrt", "--engine tensorrt")


def _described(engine: str, platform: Platform, names: str) -> str:
    return "{} {}: {}".format(engine, platform.version, names)


def _opened(name: ReaderName, entries: List[NetworkSpec], networks: Dict[str, Network], threads: int) -> Reader:
    """Opens the reader. A reader of another framework first loads its own networks, which are then released."""
    module = registry.module_of(registry.spec(name.name))
    options = ReaderOptions(threads=threads, model=name.model)
    if hasattr(module, "network_files"):
        return _opened_by_path(module, options, networks)
    reader: Reader = module.open_reader(options)
    for entry in entries:
        reader.replace_network(entry.part, networks[entry.part])
    return reader


def _opened_by_path(module: Any, options: ReaderOptions, networks: Dict[str, Network]) -> Reader:
    """Opens one of our own readers, which never loads the networks that engines replace."""
    by_path = {path: role for role, path in module.network_files(options.model).items()}

    def open_engine(path: str, device: str, threads: int, precision: str) -> Network:
        return networks[by_path[path]]

    reader: Reader = module.open_reader(options, open_engine)
    return reader
