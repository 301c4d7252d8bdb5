"""Builds engines with the plain Python API of TensorRT 8.2.1, on the board that will run them.

Every name used here is in tests/standins/tensorrt-8.2.json: later ones (memory pools, tensor addresses) are not there
on JetPack 4.6. What a precision plan keeps in FP32 is set layer by layer, and the builder is made to obey it.
"""

import platform
from typing import Any, List

from ocr_app.board.environment import l4t_release
from ocr_app.core.errors import BuildError, PrecisionUnavailable
from ocr_app.engines.building import jobs
from ocr_app.engines.key import Platform
from ocr_app.engines.manifest import EngineManifest
from ocr_app.engines.settings import settings
from ocr_app.engines.targets.target import Compiled, CompileRequest
from ocr_app.networks import onnx_model
from ocr_app.networks.cudart import Cuda
from ocr_app.networks.tensorrt import TensorrtNetwork, module
from ocr_app.verification import precision_plan

PRECISIONS = ("fp32", "fp16")


def place(root: str = "/") -> Platform:
    """This board. Raises DeviceUnavailable without TensorRT or CUDA, BuildError (unfit) for another TensorRT."""
    trt = module()
    known = str(settings()["tensorrt"])
    if not (str(trt.__version__) + ".").startswith(known + "."):
        found = "TensorRT {} is installed".format(trt.__version__)
        raise BuildError(found, known + " of JetPack 4.6.1 to 4.6.6", "cat /etc/nv_tegra_release", "unfit")
    cuda = Cuda()
    try:
        capability = cuda.capability()
    finally:
        cuda.close()
    return Platform("tensorrt", str(trt.__version__), l4t_release(root) or "", capability, platform.machine())


def make(wanted: CompileRequest) -> Compiled:
    """The engine; takes minutes on a board. Raises BuildError (unfit), PrecisionUnavailable, ModelError."""
    trt = module()
    notes: List[str] = []
    logger = trt.Logger(trt.Logger.WARNING)
    builder = trt.Builder(logger)
    network = builder.create_network(1 << int(trt.NetworkDefinitionCreationFlag.EXPLICIT_BATCH))
    _parse(trt, network, logger, wanted)
    config = builder.create_builder_config()
    config.max_workspace_size = wanted.workspace_mb << 20
    if wanted.job.precision == "fp16":
        _half(trt, builder, config, network, wanted)
    _shapes(builder, config, network, wanted)
    _timing(config, wanted, notes)
    plan_file = builder.build_serialized_network(network, config)
    if plan_file is None:
        found = "TensorRT built nothing from {}; its reasons stand above".format(wanted.job.path)
        raise BuildError(found, "an engine", "another --workspace-mb, or ocr-app engine preflight", "unfit")
    return Compiled(bytes(plan_file), bytes(config.get_timing_cache().serialize()), notes)


def _parse(trt: Any, network: Any, logger: Any, wanted: CompileRequest) -> None:
    parser = trt.OnnxParser(network, logger)
    if not parser.parse(jobs.model_bytes(wanted.job)):
        errors = [parser.get_error(i).desc() for i in range(parser.num_errors)]
        found = "TensorRT's parser refuses {}: {}".format(wanted.job.path, "; ".join(errors) or "no reason given")
        raise BuildError(found, "ONNX that the parser takes", "ocr-app engine preflight " + wanted.job.path, "unfit")


def _half(trt: Any, builder: Any, config: Any, network: Any, wanted: CompileRequest) -> None:
    """FP16, but for the layers that the plan keeps. Raises PrecisionUnavailable, ModelError."""
    own = wanted.job.plan
    if not builder.platform_has_fast_fp16 or own is None:
        found = "no fast FP16 on this GPU" if own is not None else "FP16 without a precision plan"
        raise PrecisionUnavailable(found, "a board with FP16 and an accepted plan", "--precision fp32")
    config.set_flag(trt.BuilderFlag.FP16)
    layers = [network.get_layer(i) for i in range(network.num_layers)]
    named = [(layer.name, [layer.get_output(k).name for k in range(layer.num_outputs)]) for layer in layers]
    kept = precision_plan.kept_layers(own, onnx_model.load(wanted.job.path), named)
    if kept:
        config.set_flag(trt.BuilderFlag.OBEY_PRECISION_CONSTRAINTS)
    for index in kept:
        layer = layers[index]
        floats = [k for k in range(layer.num_outputs) if layer.get_output(k).dtype in (trt.float32, trt.float16)]
        if floats:  # a layer of indices has no precision to set
            layer.precision = trt.float32
        for k in floats:
            layer.set_output_type(k, trt.float32)


def _shapes(builder: Any, config: Any, network: Any, wanted: CompileRequest) -> None:
    inputs = [network.get_input(i).name for i in range(network.num_inputs)]
    if inputs != [wanted.job.entry.input.name]:
        found = "{} has inputs {}".format(wanted.job.path, ", ".join(inputs))
        raise BuildError(found, wanted.job.entry.input.name, "./inv export", "unfit")
    profile = builder.create_optimization_profile()
    profile.set_shape(inputs[0], wanted.profile.least, wanted.profile.best, wanted.profile.most)
    if config.add_optimization_profile(profile) < 0:
        raise BuildError("TensorRT refuses the shapes {}".format(wanted.profile), "shapes of the input", code="unfit")


def _timing(config: Any, wanted: CompileRequest, notes: List[str]) -> None:
    """The cache of earlier builds where it fits this GPU and TensorRT, else an empty one, and a note."""
    cache = config.create_timing_cache(wanted.timing or b"")
    if cache is not None and config.set_timing_cache(cache, ignore_mismatch=False):
        return
    notes.append("the timing cache is of another GPU or TensorRT; this build starts without")
    config.set_timing_cache(config.create_timing_cache(b""), ignore_mismatch=False)


def load(data: bytes, own: EngineManifest, threads: int = 2) -> TensorrtNetwork:
    """The engine as a network; it uses no CPU threads of its own. Raises ModelError, DeviceUnavailable."""
    return TensorrtNetwork(data, own.metadata, own.name)
