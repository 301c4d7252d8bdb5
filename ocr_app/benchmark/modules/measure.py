"""Speed of one exported network on one engine, in a process of its own.

``python -m ocr_app.benchmark.modules.measure NETWORK --engine onnxruntime --shape 1x3x480x640`` prints one JSON object.
"original" is the network's own framework (torch, PaddlePaddle), and runs in the environment that has it; so does
"thesis-...", the thesis's own way from there to TensorRT.
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
from ocr_app.engines.cache import Cache, default_folder
from ocr_app.engines.targets import target
from ocr_app.export.network_specs import NetworkSpec, select
from ocr_app.export.record import load_record
from ocr_app.networks import onnx_runtime
from ocr_app.networks.onnx_runtime import OnnxNetwork
from ocr_app.readers.contract import ReaderOptions
from ocr_app.readers.registry import module_of, parse_name, spec

ENGINES = ("original", "onnxruntime", "tensorrt-fp32", "tensorrt-fp16", "thesis-fp32", "thesis-fp16")
FOREIGN = ("original", "thesis-fp32", "thesis-fp16")
"""Engines that are the framework's own, and run where it is."""
RUNS, WARM_UP = 30, 5

Infer = Callable[[np.ndarray], Any]


def measure(entry: NetworkSpec, engine: str, device: str, shape: Sequence[int], runs: int, threads: int, folder: str
            ) -> Dict[str, Any]:  # fmt: skip
    """Milliseconds of single runs on an input of ``shape``: median and 95th percentile.

    Raises DeviceUnavailable, ReaderUnavailable, ModelError, EngineError: whatever keeps this engine from running here.
    """
    array = np.random.RandomState(0).uniform(-1.0, 1.0, tuple(shape)).astype(np.float32)
    infer, described = _opened(entry, engine, device, threads, folder, array)
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
    entry: NetworkSpec, engine: str, device: str, threads: int, folder: str, array: np.ndarray
) -> Tuple[Infer, str]:
    if engine == "original":
        return _original(entry, device, threads)
    if engine.startswith("thesis-"):
        route = thesis_routes.opened(entry, engine.partition("-")[2], array.shape, threads)
        return route.infer, "{}; {}".format(route.words, route.difference(array))
    record = load_record(folder, entry.name)
    if engine == "onnxruntime":
        network = OnnxNetwork(os.path.join(folder, record["file"]), device, threads)
        return network.infer_one, "onnxruntime {} on {}".format(onnx_runtime.version(), device)
    return _tensorrt(entry, engine.partition("-")[2], record["sha256"])


def _original(entry: NetworkSpec, device: str, threads: int) -> Tuple[Infer, str]:
    name = parse_name(entry.reader)
    reader = module_of(spec(name.name)).open_reader(ReaderOptions(device=device, threads=threads, model=name.model))
    own = reader.networks()[entry.part]
    return own.infer_one, "{} on {}".format(reader.info.engine, device)


def _tensorrt(entry: NetworkSpec, precision: str, sha256: str) -> Tuple[Infer, str]:
    """The engine that was built here from this export. Raises DeviceUnavailable, EngineError (missing)."""
    own = target.module_of("tensorrt")
    place, cache = own.place(), Cache(default_folder())
    for found in cache.entries():
        made = found.manifest
        if made is None or found.problem is not None or made.parts.place != place:
            continue
        if (made.parts.network, made.parts.precision, made.parts.model) == (entry.name, precision, sha256):
            data, manifest = cache.read_named(found.name)
            return own.load(data, manifest).infer_one, "TensorRT {} {}".format(place.version, precision)
    found_words = "no engine of {} in {} was built here".format(entry.name, precision)
    raise EngineError(found_words, "an engine from this export", "ocr-app engine build", "missing")


def main(arguments: Optional[List[str]] = None) -> int:
    """Prints the figures, or the error, as JSON; returns its exit code."""
    parser = argparse.ArgumentParser(prog="python -m ocr_app.benchmark.modules.measure")
    parser.add_argument("network")
    parser.add_argument("--engine", choices=ENGINES, required=True)
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--shape", required=True)
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--exports", default=paths.exports())
    asked = parser.parse_args(arguments)
    shape = [int(size) for size in asked.shape.split("x")]
    try:
        (entry,) = select([asked.network])
        answer = measure(entry, asked.engine, asked.device, shape, asked.runs, asked.threads, asked.exports)
    except OcrError as error:
        print(json.dumps({"error": error.found}))
        return error.exit_code
    print(json.dumps(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main())
