"""Opens readers that read with engines: each network is replaced by the engine that was built from it."""

import os
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
    chosen = {entry.name: selection.choose(cache, entry, platform, options.precision) for entry in entries}
    networks = {network: module.load(*pair, threads=options.threads) for network, pair in chosen.items()}
    reader = _opened(name, entries, networks, options)
    engines = ", ".join(chosen_entry.name for _, chosen_entry in chosen.values())
    reader.info = reader.info._replace(
        engine=_described(engine, platform, module.how(), engines), device=DEVICES[engine], precision=options.precision
    )
    return reader


def _check_device(device: str, engine: str) -> None:
    if device == "cuda" and DEVICES.get(engine) == "cpu":
        found = "engines of {} run on the CPU".format(engine)
        raise DeviceUnavailable(found, "--device cpu, or engines of tensorrt", "--engine tensorrt")


def _described(engine: str, platform: Platform, how: str, names: str) -> str:
    """ "tensorrt 10.3.0 by tensors: codes-recogniser-tensorrt-fp16-..."."""
    library = " ".join(part for part in (engine, platform.version, how) if part)
    return "{}: {}".format(library, names)


def _opened(
    name: ReaderName, entries: List[NetworkSpec], networks: Dict[str, Network], options: ReaderOptions
) -> Reader:
    """Opens the reader; ``networks`` by name. One of another framework loads its own, which are then released."""
    module = registry.module_of(registry.spec(name.name))
    options = ReaderOptions(threads=options.threads, model=name.model, budget_ms=options.budget_ms)
    if hasattr(module, "network_files"):
        return _opened_by_path(module, options, {entry.files[0]: networks[entry.name] for entry in entries})
    reader: Reader = module.open_reader(options)
    for entry in entries:
        reader.replace_network(entry.part, networks[entry.name])
    return reader


def _opened_by_path(module: Any, options: ReaderOptions, networks: Dict[str, Network]) -> Reader:
    """Opens one of our own readers, which never loads the networks that engines replace; ``networks`` by file name."""

    def open_engine(path: str, device: str, threads: int, precision: str) -> Network:
        return networks[os.path.basename(path)]

    reader: Reader = module.open_reader(options, open_engine)
    return reader
