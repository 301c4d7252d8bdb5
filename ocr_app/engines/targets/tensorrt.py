"""Builds engines with the plain Python API of TensorRT, on the board that will run them.

Every name used here is one of TensorRT 8.2.1, of 8.5 and of 10 (tests/standins/tensorrt-*.json); what differs between
them is in ocr_app/networks/tensorrt. The layers that a precision plan keeps in FP32 are set one by one, and the builder
must obey them.
"""

import platform
from typing import Any, List

from ocr_app.board.environment import l4t_release
from ocr_app.core.errors import BuildError, PrecisionUnavailable
from ocr_app.engines.building import jobs
from ocr_app.engines.key import Platform
from ocr_app.engines.manifest import EngineManifest
from ocr_app.engines.targets.target import Compiled, CompileRequest
from ocr_app.networks import onnx_model
from ocr_app.networks.cudart import Cuda
from ocr_app.networks.tensorrt import installed
from ocr_app.networks.tensorrt.network import TensorrtNetwork
from ocr_app.verification import precision_plan

PRECISIONS = ("fp32", "fp16")


def current_platform(root: str = "/") -> Platform:
    """This board. Raises DeviceUnavailable without TensorRT or CUDA, BuildError (unfit) for another TensorRT."""
    trt = installed.module()
    if not installed.is_known(str(trt.__version__)):
        found = "TensorRT {} is installed".format(trt.__version__)
        raise BuildError(found, ", ".join(installed.known_versions()), "cat /etc/nv_tegra_release", "unfit")
    cuda = Cuda()
    try:
        capability = cuda.capability()
    finally:
        cuda.close()
    return Platform("tensorrt", str(trt.__version__), l4t_release(root) or "", capability, platform.machine())


def how() -> str:
    """How the installed TensorRT is used, for results. Raises DeviceUnavailable."""
    return "by " + installed.way(installed.module()).name


def make(request: CompileRequest) -> Compiled:
    """The engine; takes minutes on a board. Raises BuildError (unfit), PrecisionUnavailable, ModelError."""
    trt = installed.module()
    notes: List[str] = []
    logger = trt.Logger(trt.Logger.WARNING)
    builder = trt.Builder(logger)
    network = builder.create_network(1 << int(trt.NetworkDefinitionCreationFlag.EXPLICIT_BATCH))
    _parse(trt, network, logger, request)
    config = builder.create_builder_config()
    installed.way(trt).set_workspace(trt, config, request.workspace_mb << 20)
    if request.job.precision == "fp16":
        _half(trt, builder, config, network, request)
    _shapes(builder, config, network, request)
    _timing(config, request, notes)
    plan_file = builder.build_serialized_network(network, config)
    if plan_file is None:
        found = "TensorRT built no engine from {}; see its messages above".format(request.job.path)
        raise BuildError(found, "an engine", "another --workspace-mb, or ocr-app engine preflight", "unfit")
    return Compiled(bytes(plan_file), bytes(config.get_timing_cache().serialize()), notes)


def _parse(trt: Any, network: Any, logger: Any, request: CompileRequest) -> None:
    parser = trt.OnnxParser(network, logger)
    if not parser.parse(jobs.model_bytes(request.job)):
        errors = [parser.get_error(i).desc() for i in range(parser.num_errors)]
        found = "TensorRT's parser refuses {}: {}".format(request.job.path, "; ".join(errors) or "no reason given")
        raise BuildError(found, "ONNX that the parser takes", "ocr-app engine preflight " + request.job.path, "unfit")


def _half(trt: Any, builder: Any, config: Any, network: Any, request: CompileRequest) -> None:
    """FP16, except for the layers that the plan keeps in FP32. Raises PrecisionUnavailable, ModelError."""
    plan = request.job.plan
    if not builder.platform_has_fast_fp16 or plan is None:
        found = "no fast FP16 on this GPU" if plan is not None else "FP16 without a precision plan"
        raise PrecisionUnavailable(found, "a board with FP16 and an accepted plan", "--precision fp32")
    config.set_flag(trt.BuilderFlag.FP16)
    layers = [network.get_layer(i) for i in range(network.num_layers)]
    named = [(layer.name, [layer.get_output(k).name for k in range(layer.num_outputs)]) for layer in layers]
    kept = precision_plan.kept_layers(plan, onnx_model.load(request.job.path), named)
    if kept:
        config.set_flag(trt.BuilderFlag.OBEY_PRECISION_CONSTRAINTS)
    for index in kept:
        layer = layers[index]
        floats = [k for k in range(layer.num_outputs) if layer.get_output(k).dtype in (trt.float32, trt.float16)]
        if floats:  # a layer of indices has no precision to set
            layer.precision = trt.float32
        for k in floats:
            layer.set_output_type(k, trt.float32)


def _shapes(builder: Any, config: Any, network: Any, request: CompileRequest) -> None:
    inputs = [network.get_input(i).name for i in range(network.num_inputs)]
    if inputs != [request.job.spec.input.name]:
        found = "{} has inputs {}".format(request.job.path, ", ".join(inputs))
        raise BuildError(found, request.job.spec.input.name, "./inv export", "unfit")
    profile = builder.create_optimization_profile()
    profile.set_shape(inputs[0], request.profile.least, request.profile.best, request.profile.most)
    if config.add_optimization_profile(profile) < 0:
        raise BuildError("TensorRT refuses the shapes {}".format(request.profile), "shapes of the input", code="unfit")


def _timing(config: Any, request: CompileRequest, notes: List[str]) -> None:
    """The cache of earlier builds where it matches this GPU and TensorRT, else an empty one and a note."""
    cache = config.create_timing_cache(request.timing or b"")
    if cache is not None and config.set_timing_cache(cache, ignore_mismatch=False):
        return
    notes.append("the timing cache belongs to another GPU or TensorRT; this build starts without it")
    config.set_timing_cache(config.create_timing_cache(b""), ignore_mismatch=False)


def load(data: bytes, manifest: EngineManifest, threads: int = 2) -> TensorrtNetwork:
    """The engine as a network; it uses no CPU threads of its own. Raises ModelError, DeviceUnavailable."""
    return TensorrtNetwork(data, manifest.metadata, manifest.name)
