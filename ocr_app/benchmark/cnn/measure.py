"""Measures one of torchvision's networks, in a process of its own: if the kernel kills it, the others still run.

``python -m ocr_app.benchmark.cnn.measure NETWORK --device cuda --engine tensorrt`` prints one JSON object. Weights are
random: they do not change the speed, and nothing is downloaded. As in torch2trt's own benchmark, throughput is measured
over successive runs with one synchronisation at the end, latency with a synchronisation after each run.
"""

import argparse
import importlib
import json
import sys
import time
from typing import Any, Callable, Dict, List, Optional, Sequence

import numpy as np

from ocr_app.core.errors import DeviceUnavailable, OcrError, UsageError

RUNS, WARM_UP = 50, 10
ENGINES = ("pytorch", "tensorrt")


def measure(name: str, shape: Sequence[int], device: str, engine: str, runs: int, threads: int) -> Dict[str, Any]:
    """Frames per second and milliseconds of the network ``name``; FP16 on a GPU, FP32 on the CPU.

    Raises DeviceUnavailable without torch, torchvision, CUDA or torch2trt, UsageError for a network that torchvision
    does not have.
    """
    torch, torchvision = _libraries()
    _check(torch, device, engine)
    torch.set_num_threads(threads)
    module, data = _network(torch, torchvision, name, shape, device)
    versions = {"torch": str(torch.__version__), "torchvision": str(torchvision.__version__)}
    if engine == "tensorrt":
        module, versions["torch2trt"] = _accelerated(module, data)
    synchronise = torch.cuda.current_stream().synchronize if device == "cuda" else _nothing
    with torch.no_grad():
        return dict(
            timed(lambda: module(data), synchronise, runs, WARM_UP),
            precision="fp16" if device == "cuda" else "fp32",
            versions=versions,
        )


def _nothing() -> None:
    """On a CPU, a call returns when its work is done."""


def timed(run: Callable[[], Any], synchronise: Callable[[], None], runs: int, warm_up: int) -> Dict[str, float]:
    """``fps``: over successive runs; ``ms``: the median of single runs."""
    for _ in range(warm_up):
        run()
    synchronise()
    start = time.perf_counter()
    for _ in range(runs):
        run()
    synchronise()
    fps = runs / max(time.perf_counter() - start, 1e-9)
    single = []
    for _ in range(runs):
        start = time.perf_counter()
        run()
        synchronise()
        single.append(1e3 * (time.perf_counter() - start))
    return {"fps": round(fps, 3), "ms": round(float(np.median(single)), 4)}


def _libraries() -> Any:
    try:
        return importlib.import_module("torch"), importlib.import_module("torchvision")
    except ImportError as error:
        found = "torch and torchvision cannot be imported: {}".format(error)
        raise DeviceUnavailable(
            found, "both, in this Python", "on a PC: .envs/server/bin/python, ./inv envs"
        ) from error


def _check(torch: Any, device: str, engine: str) -> None:
    if device == "cuda" and not torch.cuda.is_available():
        raise DeviceUnavailable("torch {} finds no CUDA device".format(torch.__version__), "a CUDA device")
    if engine == "tensorrt" and device != "cuda":
        raise DeviceUnavailable("TensorRT runs on a GPU, not on {}".format(device), "--device cuda")


def _network(torch: Any, torchvision: Any, name: str, shape: Sequence[int], device: str) -> Any:
    make = getattr(torchvision.models, name, None)
    if not callable(make):
        raise UsageError("torchvision {} has no network {}".format(torchvision.__version__, name), "resnet18, ...")
    module, data = make().eval(), torch.ones(tuple(shape))
    return (module.cuda().half(), data.cuda().half()) if device == "cuda" else (module, data)


def _accelerated(module: Any, data: Any) -> Any:
    try:
        torch2trt = importlib.import_module("torch2trt")
    except ImportError as error:
        raise DeviceUnavailable("torch2trt cannot be imported: {}".format(error), "torch2trt, TensorRT 8.2") from error
    return torch2trt.torch2trt(module, [data], fp16_mode=True), str(getattr(torch2trt, "__version__", "?"))


def main(argv: Optional[List[str]] = None) -> int:
    """Prints the figures, or the error, as JSON; returns its exit code."""
    parser = argparse.ArgumentParser(prog="python -m ocr_app.benchmark.cnn.measure")
    parser.add_argument("network")
    parser.add_argument("--shape", default="1x3x224x224")
    parser.add_argument("--device", choices=("cpu", "cuda"), required=True)
    parser.add_argument("--engine", choices=ENGINES, required=True)
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args(argv)
    shape = [int(size) for size in arguments.shape.split("x")]
    try:
        answer = measure(
            arguments.network, shape, arguments.device, arguments.engine, arguments.runs, arguments.threads
        )
    except OcrError as error:
        print(json.dumps({"error": error.found}))
        return error.exit_code
    print(json.dumps(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main())
