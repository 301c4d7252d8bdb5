"""Measures one exported network with one engine, in a process of its own.

``python -m ocr_app.benchmark.modules.measure NETWORK --engine onnxruntime --shape 1x3x480x640`` prints one JSON object.
"original" is the network's own framework (torch, PaddlePaddle) and runs in the environment that has it. So does
"thesis-...", the thesis's own route from there to TensorRT.
"""

import argparse
import json
import os
import sys
import time
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

import numpy as np

from ocr_app.benchmark.modules import thesis_routes
from ocr_app.core import paths
from ocr_app.core.errors import EngineError, OcrError
from ocr_app.engines.building.jobs import exported
from ocr_app.engines.cache import Cache, default_folder
from ocr_app.engines.targets import target
from ocr_app.export.network_specs import NetworkSpec, select
from ocr_app.networks import onnx_runtime
from ocr_app.networks.onnx_runtime import OnnxNetwork
from ocr_app.readers import registry
from ocr_app.readers.contract import ReaderOptions
from ocr_app.readers.registry import module_of, parse_name

ENGINES = ("original", "onnxruntime", "tensorrt-fp32", "tensorrt-fp16", "thesis-fp32", "thesis-fp16")
FOREIGN = ("original", "thesis-fp32", "thesis-fp16")
"""Engines of the network's own framework, which run in its environment."""
RUNS, WARM_UP = 30, 5

Infer = Callable[[np.ndarray], Any]


def measure(spec: NetworkSpec, engine: str, device: str, shape: Sequence[int], runs: int, threads: int, folder: str
            ) -> Dict[str, Any]:  # fmt: skip
    """Milliseconds of single runs on an input of ``shape``: median and 95th percentile.

    Raises DeviceUnavailable, ReaderUnavailable, ModelError, EngineError: the reason why this engine does not run here.
    """
    array = np.random.RandomState(0).uniform(-1.0, 1.0, tuple(shape)).astype(np.float32)
    infer, described = _opened(spec, engine, device, threads, folder, array)
    for _ in range(WARM_UP):
        infer(array)
    taken = []
    for _ in range(runs):
        start = time.perf_counter()
        infer(array)
        taken.append(1e3 * (time.perf_counter() - start))
    median, high = (round(float(np.percentile(taken, share)), 3) for share in (50, 95))
    return {"ms": median, "p95_ms": high, "runs": runs, "with": described}


def _opened(
    spec: NetworkSpec, engine: str, device: str, threads: int, folder: str, array: np.ndarray
) -> Tuple[Infer, str]:
    if engine == "original":
        return _original(spec, device, threads)
    if engine.startswith("thesis-"):
        route = thesis_routes.opened(spec, engine.partition("-")[2], array.shape, threads)
        return route.infer, "{}; {}".format(route.description, route.difference(array))
    record = exported(spec, folder)
    if engine == "onnxruntime":
        network = OnnxNetwork(os.path.join(folder, record["file"]), device, threads)
        return network.infer_one, "onnxruntime {} on {}".format(onnx_runtime.version(), device)
    return _tensorrt(spec, engine.partition("-")[2], record["sha256"])


def _original(spec: NetworkSpec, device: str, threads: int) -> Tuple[Infer, str]:
    name = parse_name(spec.reader)
    reader = module_of(registry.spec(name.name)).open_reader(
        ReaderOptions(device=device, threads=threads, model=name.model)
    )
    network = reader.networks()[spec.part]
    return network.infer_one, "{} on {}".format(reader.info.engine, device)


def _tensorrt(spec: NetworkSpec, precision: str, sha256: str) -> Tuple[Infer, str]:
    """The engine that was built from this export on this platform. Raises DeviceUnavailable, EngineError (missing)."""
    module = target.module_of("tensorrt")
    platform, cache = module.current_platform(), Cache(default_folder())
    for entry in cache.entries():
        manifest = entry.manifest
        if manifest is None or entry.problem is not None or manifest.identity.platform != platform:
            continue
        identity = manifest.identity
        if (identity.network, identity.precision, identity.model) == (spec.name, precision, sha256):
            data, manifest = cache.read_named(entry.name)
            return module.load(data, manifest).infer_one, "TensorRT {} {}".format(platform.version, precision)
    found = "no engine of {} in {} was built here".format(spec.name, precision)
    raise EngineError(found, "an engine from this export", "ocr-app engine build", "missing")


def main(argv: Optional[List[str]] = None) -> int:
    """Prints the figures, or the error, as JSON; returns its exit code."""
    parser = argparse.ArgumentParser(prog="python -m ocr_app.benchmark.modules.measure")
    parser.add_argument("network")
    parser.add_argument("--engine", choices=ENGINES, required=True)
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--shape", required=True)
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--exports", default=paths.exports())
    arguments = parser.parse_args(argv)
    shape = [int(size) for size in arguments.shape.split("x")]
    try:
        (spec,) = select([arguments.network])
        answer = measure(
            spec,
            arguments.engine,
            arguments.device,
            shape,
            arguments.runs,
            arguments.threads,
            arguments.exports,
        )
    except OcrError as error:
        print(json.dumps({"error": error.found}))
        return error.exit_code
    print(json.dumps(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main())
