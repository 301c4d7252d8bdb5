"""Opens and probes readers by name, in this process or in their environments."""

from concurrent.futures import ThreadPoolExecutor
from typing import List, Optional, Tuple

from ocr_app.core.errors import OcrError, ReaderUnavailable
from ocr_app.opening.engine_kinds import NO_ENGINE
from ocr_app.readers import registry
from ocr_app.readers.contract import Probe, Reader, ReaderOptions
from ocr_app.readers.registry import ReaderName, ReaderSpec
from ocr_app.workers import environments
from ocr_app.workers.remote import TIMEOUT_S, RemoteReader, probe_remote

ProbedReader = Tuple[ReaderName, Probe]

PROBE_TIMEOUT_S = 60.0
PROBES_AT_ONCE = 2


def open_named(
    name: ReaderName, options: ReaderOptions, timeout_s: float = TIMEOUT_S, engine: str = NO_ENGINE
) -> Reader:
    """Opens a reader by name. A model in the name takes precedence over ``options.model``.

    ``name@environment`` runs in that environment only. A name without an environment runs in this process if its probe
    finds no problem, otherwise in the first of its environments that is built; ``info.engine`` says which. ``engine``
    is one of ENGINES. Raises ReaderUnavailable with every reason, UsageError, DeviceUnavailable, PrecisionUnavailable,
    ModelError.
    """
    options = options._replace(model=name.model or options.model)
    if name.environment:
        return _open_remote(name.name, name.environment, options, timeout_s, engine)
    spec = registry.spec(name.name)
    local_probe = _probe_here(spec)
    if local_probe.problem is None:
        return open_here(name, options, engine)
    for environment in spec.environments:
        if environments.exists(environment):
            return _open_remote(spec.name, environment, options, timeout_s, engine)
    raise _unavailable(spec, local_probe)


def open_here(name: ReaderName, options: ReaderOptions, engine: str) -> Reader:
    """Opens the reader in this process. Raises what its module raises, and what open_with_engines raises."""
    if engine != NO_ENGINE:
        from ocr_app.opening.engines import open_with_engines  # with all that engines need, only where one is read with

        return open_with_engines(name._replace(model=options.model), options, engine)
    reader: Reader = registry.module_of(registry.spec(name.name)).open_reader(options)
    return reader


def _open_remote(reader: str, environment: str, options: ReaderOptions, timeout_s: float, engine: str) -> RemoteReader:
    command = environments.worker_command(environments.python_of(environment))
    environ = environments.child_environ(options.threads)
    return RemoteReader(reader, options, command, environ, environment, timeout_s, engine=engine)


def _unavailable(spec: ReaderSpec, local_probe: Probe) -> ReaderUnavailable:
    reasons = ["in this process: {}".format(local_probe.problem)]
    reasons += ["in {}: the environment is not built".format(environment) for environment in spec.environments]
    build = "./inv envs --name {}".format(spec.environments[0]) if spec.environments else local_probe.next_step
    return ReaderUnavailable("the reader {} cannot run; {}".format(spec.name, "; ".join(reasons)), next_step=build)


def probe_named(name: ReaderName, timeout_s: float = PROBE_TIMEOUT_S) -> Probe:
    """Probes a reader, in the environment that its name has or in this process. Never raises."""
    if name.environment is None:
        return _probe_here(registry.spec(name.name))
    try:
        command = environments.worker_command(environments.python_of(name.environment))
        return probe_remote(name.name, command, environments.child_environ(1), timeout_s)
    except OcrError as error:
        return _problem(error.found, error.next_step)


def _probe_here(spec: ReaderSpec) -> Probe:
    try:
        probe: Probe = registry.module_of(spec).probe()
        return probe
    except Exception as error:
        return _problem("its probe failed: {}: {}".format(type(error).__name__, error), "ocr-app readers")


def _problem(problem: str, next_step: str) -> Probe:
    return Probe((), (), (), (), problem, next_step)


def probe_all(names: Optional[List[ReaderName]] = None) -> List[ProbedReader]:
    """Probes every reader, in this process and in each of its environments, in the order of the registry.

    ``names`` restricts the list. A broken or missing environment is the problem of its entry, never an exception.
    """
    names = every_name() if names is None else names
    with ThreadPoolExecutor(max_workers=PROBES_AT_ONCE) as pool:
        return list(zip(names, pool.map(probe_named, names)))


def every_name() -> List[ReaderName]:
    """The name of each reader alone, and with each of its environments."""
    pairs = [(spec.name, environment) for spec in registry.READERS for environment in (None,) + spec.environments]
    return [ReaderName(reader, None, environment) for reader, environment in pairs]
