"""The thesis's own routes to TensorRT: EasyOCR's detector by torch2trt, PaddleOCR by Paddle's own sub-graphs.

Both build at start, which takes minutes, for exactly the shape that is measured. Paddle's shapes and engines are kept
in the folder of the other engines (PaddleOCR keeps shapes in the same way). Only measurements use these routes: see
docs/how-to/build-engines.md.
"""

import importlib
import os
from typing import Any, Callable, NamedTuple, Sequence

import numpy as np

from ocr_app.core import model_files
from ocr_app.core.errors import DeviceUnavailable, UsageError
from ocr_app.engines.building.jobs import settings
from ocr_app.engines.cache import default_folder
from ocr_app.export.network_specs import NetworkSpec
from ocr_app.readers.contract import ReaderOptions
from ocr_app.readers.registry import module_of, parse_name, spec

_GPU_MB = 500  # Paddle's first pool of GPU memory, as in PaddleOCR
_LEAST_NODES = 15  # in a sub-graph that TensorRT computes, as in PaddleOCR
Infer = Callable[[np.ndarray], np.ndarray]


class Route(NamedTuple):
    """``infer`` runs TensorRT, ``original`` the framework; ``description``: what runs, as text."""

    infer: Infer
    original: Infer
    description: str

    def difference(self, array: np.ndarray) -> str:
        """How far both differ on one input, as text, so that the speed of a network that FP16 ruins does not count."""
        answer, expected = self.infer(array), self.original(array)
        if answer.shape != expected.shape:
            return "answers with shape {}, the original with {}".format(answer.shape, expected.shape)
        error = float(np.abs(answer.astype(np.float64) - expected).max()) if answer.size else 0.0
        return "off by at most {:.2g}".format(error) if np.isfinite(error) else "answers are not finite"


def opened(network: NetworkSpec, precision: str, shape: Sequence[int], threads: int) -> Route:
    """The route of one network.

    Raises UsageError where the thesis had none, DeviceUnavailable without GPU or torch2trt.
    """
    kind = network.reader.partition(":")[0]
    if kind not in ("easyocr", "paddleocr"):
        raise UsageError("the thesis did not run this network", "EasyOCR's and PaddleOCR's")
    if (kind, network.part) == ("easyocr", "recogniser"):
        raise UsageError(
            "the thesis used TensorRT on the ONNX export of this network: see tensorrt-" + precision, "a detector"
        )
    name = parse_name(network.reader)
    reader = module_of(spec(name.name)).open_reader(ReaderOptions(device="cuda", threads=threads, model=name.model))
    original = reader.networks()[network.part]
    if kind == "easyocr":
        return _torch2trt(original.module, original.infer_one, precision, shape)
    return _paddle(network, original.infer_one, precision, shape)


def _torch2trt(module: Any, original: Infer, precision: str, shape: Sequence[int]) -> Route:
    """The route of a torch module on the GPU; only the first of its outputs is used."""
    torch = importlib.import_module("torch")
    try:
        torch2trt = importlib.import_module("torch2trt")
    except ImportError as error:
        raise DeviceUnavailable("torch2trt cannot be imported: {}".format(error), "torch2trt, TensorRT 8.2") from error
    sample = torch.zeros(tuple(shape)).cuda()
    workspace = settings()["workspace_mb"] << 20
    unwrapped = getattr(module, "module", module)  # EasyOCR wraps it for several GPUs
    converted = torch2trt.torch2trt(unwrapped, [sample], fp16_mode=precision == "fp16", max_workspace_size=workspace)

    def infer(array: np.ndarray) -> np.ndarray:
        answer = converted(torch.from_numpy(array).cuda())
        return np.asarray((answer[0] if isinstance(answer, (list, tuple)) else answer).cpu().numpy())

    return Route(infer, original, "torch2trt {} {}".format(getattr(torch2trt, "__version__", "?"), precision))


def _paddle(network: NetworkSpec, original: Infer, precision: str, shape: Sequence[int]) -> Route:
    """The route of Paddle's inference model: one run collects shapes, then sub-graphs are built for them."""
    inference = importlib.import_module("paddle.inference")
    size = "x".join(map(str, shape))
    folder = os.path.join(default_folder(), "paddle", "{}-{}-{}".format(network.name, precision, size))
    os.makedirs(folder, exist_ok=True)
    shapes = os.path.join(folder, "shapes.pbtxt")
    files = [model_files.locate(name) for name in network.files]
    if not os.path.isfile(shapes):
        config = _config(inference, files)
        config.collect_shape_range_info(shapes + ".part")
        _runner(inference, config)(
            np.zeros(tuple(shape), np.float32)
        )  # Paddle writes the file when the predictor is freed
        os.replace(shapes + ".part", shapes)
    config = _config(inference, files)
    kind = inference.PrecisionType.Half if precision == "fp16" else inference.PrecisionType.Float32
    config.enable_tensorrt_engine(
        workspace_size=settings()["workspace_mb"] << 20,
        max_batch_size=shape[0],
        min_subgraph_size=_LEAST_NODES,
        precision_mode=kind,
        use_static=True,
        use_calib_mode=False,
    )
    config.set_optim_cache_dir(folder)
    config.enable_tuned_tensorrt_dynamic_shape(shapes, True)
    return Route(_runner(inference, config), original, "Paddle's own TensorRT sub-graphs {}".format(precision))


def _config(inference: Any, files: Sequence[str]) -> Any:
    config = inference.Config(*files)
    config.enable_use_gpu(_GPU_MB, 0)
    config.enable_memory_optim()
    return config


def _runner(inference: Any, config: Any) -> Infer:
    predictor = inference.create_predictor(config)
    given = predictor.get_input_handle(predictor.get_input_names()[0])
    answer = predictor.get_output_handle(predictor.get_output_names()[0])

    def infer(array: np.ndarray) -> np.ndarray:
        given.copy_from_cpu(np.ascontiguousarray(array))
        predictor.run()
        return np.asarray(answer.copy_to_cpu())

    return infer
