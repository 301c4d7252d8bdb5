"""The thesis's own ways to TensorRT: EasyOCR's detector by torch2trt, PaddleOCR by Paddle's own sub-graphs.

Both build at start, for minutes, for the very shape that is measured. Paddle's shapes and engines are kept beside the
other engines (PaddleOCR keeps shapes the same way). Nothing but measuring uses them: docs/how-to/build-engines.md.
"""

import importlib
import os
from typing import Any, Callable, NamedTuple, Sequence

import numpy as np

from ocr_app.core import model_files
from ocr_app.core.errors import DeviceUnavailable, UsageError
from ocr_app.engines.cache import default_folder
from ocr_app.engines.settings import settings
from ocr_app.export.network_specs import NetworkSpec
from ocr_app.readers.contract import ReaderOptions
from ocr_app.readers.registry import module_of, parse_name, spec

_GPU_MB = 500  # Paddle's first pool of GPU memory, as in PaddleOCR
_LEAST_NODES = 15  # of a sub-graph that goes to TensorRT, as in PaddleOCR
Infer = Callable[[np.ndarray], np.ndarray]


class Route(NamedTuple):
    """``infer`` by TensorRT, ``original`` by the framework; ``words``: what runs."""

    infer: Infer
    original: Infer
    words: str

    def difference(self, array: np.ndarray) -> str:
        """How far both are apart on one input, in words: FP16 that ruins a network must not pass for a speed."""
        made, meant = self.infer(array), self.original(array)
        if made.shape != meant.shape:
            return "answers with shape {}, the original with {}".format(made.shape, meant.shape)
        error = float(np.abs(made.astype(np.float64) - meant).max()) if made.size else 0.0
        return "off by at most {:.2g}".format(error) if np.isfinite(error) else "answers are not finite"


def opened(entry: NetworkSpec, precision: str, shape: Sequence[int], threads: int) -> Route:
    """The route of one network.

    Raises UsageError where the thesis had none, DeviceUnavailable without GPU or torch2trt.
    """
    kind = entry.reader.partition(":")[0]
    if kind not in ("easyocr", "paddleocr"):
        raise UsageError("the thesis did not run this network", "EasyOCR's and PaddleOCR's")
    if (kind, entry.part) == ("easyocr", "recogniser"):
        raise UsageError("the thesis took this one's ONNX export to TensorRT: see tensorrt-" + precision, "a detector")
    name = parse_name(entry.reader)
    reader = module_of(spec(name.name)).open_reader(ReaderOptions(device="cuda", threads=threads, model=name.model))
    original = reader.networks()[entry.part]
    if kind == "easyocr":
        return _torch2trt(original.module, original.infer_one, precision, shape)
    return _paddle(entry, original.infer_one, precision, shape)


def _torch2trt(module: Any, original: Infer, precision: str, shape: Sequence[int]) -> Route:
    """Of a torch module on the GPU; the first of its answers counts."""
    torch = importlib.import_module("torch")
    try:
        torch2trt = importlib.import_module("torch2trt")
    except ImportError as error:
        raise DeviceUnavailable("torch2trt does not import: {}".format(error), "torch2trt, TensorRT 8.2") from error
    sample = torch.zeros(tuple(shape)).cuda()
    workspace = settings()["workspace_mb"] << 20
    own = getattr(module, "module", module)  # EasyOCR wraps it for several GPUs
    made = torch2trt.torch2trt(own, [sample], fp16_mode=precision == "fp16", max_workspace_size=workspace)

    def infer(array: np.ndarray) -> np.ndarray:
        answer = made(torch.from_numpy(array).cuda())
        return np.asarray((answer[0] if isinstance(answer, (list, tuple)) else answer).cpu().numpy())

    return Route(infer, original, "torch2trt {} {}".format(getattr(torch2trt, "__version__", "?"), precision))


def _paddle(entry: NetworkSpec, original: Infer, precision: str, shape: Sequence[int]) -> Route:
    """Of Paddle's inference model: shapes are collected in one run, then sub-graphs are built for them."""
    inference = importlib.import_module("paddle.inference")
    size = "x".join(map(str, shape))
    folder = os.path.join(default_folder(), "paddle", "{}-{}-{}".format(entry.name, precision, size))
    os.makedirs(folder, exist_ok=True)
    shapes = os.path.join(folder, "shapes.pbtxt")
    files = [model_files.locate(name) for name in entry.files]
    if not os.path.isfile(shapes):
        config = _config(inference, files)
        config.collect_shape_range_info(shapes + ".part")
        _runner(inference, config)(np.zeros(tuple(shape), np.float32))  # written when the predictor goes
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
