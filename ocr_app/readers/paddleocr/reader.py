"""The reader `paddleocr`: PP-OCRv4 on PaddlePaddle, in the steps of PaddleOCR, with separate times."""

import importlib
import importlib.util
import os
from typing import Any, Dict, List, Optional, Tuple

import cv2
import numpy as np

from ocr_app.core import model_files
from ocr_app.core.errors import DeviceUnavailable, ModelError, PrecisionUnavailable, ReaderUnavailable, UsageError
from ocr_app.core.types import Image, ReaderInfo, TextLine
from ocr_app.imaging.geometry import image_quad
from ocr_app.networks.contract import Network
from ocr_app.readers.contract import Probe, Reader, ReaderOptions, Timer, failures_of
from ocr_app.readers.paddleocr import networks as paddle_networks

DETECTOR = ("paddle-v4-det/inference.pdmodel", "paddle-v4-det/inference.pdiparams")
RECOGNISER = ("paddle-v4-rec/inference.pdmodel", "paddle-v4-rec/inference.pdiparams")
MODELS = ("v4", "v4-mkldnn")
"""``v4-mkldnn``: the same models through oneDNN, which is faster on x86 and uses more memory."""
_STEPS = {"detector": "text_detector", "recogniser": "text_recognizer"}
"""The steps of PaddleOCR that run a network."""
NEXT = "./inv envs --name py37-paddle, then use paddleocr@py37-paddle"


def probe() -> Probe:
    """Whether PaddleOCR can be imported and its models exist. Loads no model. Never raises."""
    try:
        paddleocr, paddle = _libraries()
    except ReaderUnavailable as error:
        return Probe((), (), (), MODELS, error.found, error.next_step)
    versions = (("paddleocr", _version(paddleocr)), ("paddlepaddle", str(paddle.__version__)))
    devices = ("cpu", "cuda") if _cuda_devices(paddle) else ("cpu",)
    problem, next_step = _models_problem()
    return Probe(versions, devices, ("fp32",), MODELS, problem, next_step)


def _models_problem() -> Tuple[Optional[str], str]:
    try:
        _folders()
    except ModelError as error:
        return error.found, error.next_step
    return None, ""


def _folders() -> List[str]:
    """The folders of detector and recogniser, after a check of each file. Raises ModelError."""
    paths = [[model_files.locate(name) for name in files] for files in (DETECTOR, RECOGNISER)]
    return [os.path.dirname(files[0]) for files in paths]


def _libraries() -> Tuple[Any, Any]:
    """paddleocr and paddle. Raises ReaderUnavailable."""
    for name in ("paddleocr", "paddle"):
        if importlib.util.find_spec(name) is None:
            raise ReaderUnavailable("{} is not installed in this Python".format(name), next_step=NEXT)
    try:
        return importlib.import_module("paddleocr"), importlib.import_module("paddle")
    except Exception as error:
        raise ReaderUnavailable(
            "PaddleOCR cannot be imported: {}: {}".format(type(error).__name__, error), next_step=NEXT
        )


def _version(paddleocr: Any) -> str:
    return str(getattr(paddleocr, "__version__", "?"))


def _cuda_devices(paddle: Any) -> int:
    """The number of CUDA devices that Paddle can use. Without one, Paddle would use the CPU without a message."""
    if not paddle.is_compiled_with_cuda():
        return 0
    try:
        return int(paddle.device.cuda.device_count())
    except Exception:
        return 0


def open_reader(options: ReaderOptions) -> "PaddleOcrReader":
    """Raises ReaderUnavailable, UsageError, DeviceUnavailable, PrecisionUnavailable, ModelError or ReaderFailed."""
    paddleocr, paddle = _libraries()
    model = options.model or MODELS[0]
    if model not in MODELS:
        raise UsageError("unknown paddleocr model: {}".format(model), ", ".join(MODELS))
    _check_device(options, paddle)
    cv2.setNumThreads(options.threads)
    detector, recogniser = _folders()
    with failures_of("paddleocr"):
        system = _open(paddleocr, detector, recogniser, options, model)
    engine = "PaddleOCR {}, PaddlePaddle {}, PP-OCR{}".format(_version(paddleocr), paddle.__version__, model)
    info = ReaderInfo("paddleocr:" + model, engine, options.device, options.precision)
    return PaddleOcrReader(system, importlib.import_module("tools.infer.predict_system"), info)


def _check_device(options: ReaderOptions, paddle: Any) -> None:
    if options.device not in ("cpu", "cuda"):
        raise DeviceUnavailable("paddleocr cannot run on {!r}".format(options.device), "cpu or cuda")
    if options.device == "cuda" and not _cuda_devices(paddle):
        found = "PaddlePaddle {} finds no CUDA device".format(paddle.__version__)
        raise DeviceUnavailable(found, "a CUDA device", "--device cpu, or a PaddlePaddle built for this board")
    if options.precision != "fp32":
        found = "PaddleOCR runs in fp32 here, not in {}".format(options.precision)
        raise PrecisionUnavailable(found, "fp32", "--precision fp32; for fp16 use TensorRT engines")


def _open(paddleocr: Any, detector: str, recogniser: str, options: ReaderOptions, model: str) -> Any:
    """PaddleOCR's own system, offline.

    PaddleOCR requires a folder for the angle classifier and would download one. With ``use_angle_cls=False`` it never
    loads the folder, so it gets that of the detector.
    """
    return paddleocr.PaddleOCR(
        det_model_dir=detector,
        rec_model_dir=recogniser,
        cls_model_dir=detector,
        use_angle_cls=False,
        lang="ch",
        use_gpu=options.device == "cuda",
        show_log=False,
        cpu_threads=options.threads,
        enable_mkldnn=model == "v4-mkldnn",
    )


class PaddleOcrReader(Reader):
    """Detector and recogniser, with the crops, the order and the lowest score of PaddleOCR."""

    def __init__(self, system: Any, steps: Any, info: ReaderInfo) -> None:
        self._system = system
        self._steps = steps
        self.info = info

    def networks(self) -> Dict[str, Network]:
        return {role: paddle_networks.network_of(getattr(self._system, step)) for role, step in _STEPS.items()}

    def replace_network(self, role: str, network: Network) -> None:
        if role not in _STEPS:
            super(PaddleOcrReader, self).replace_network(role, network)
        paddle_networks.replace(getattr(self._system, _STEPS[role]), network)

    def read(self, image: Image, timer: Optional[Timer] = None) -> List[TextLine]:
        timer = timer or Timer()
        picture = _bgr(image)
        with failures_of("paddleocr"):
            with timer.phase("detect"):
                quads = self._detect(picture)
            with timer.phase("recognise"):
                crops = [self._steps.get_rotate_crop_image(picture, quad.copy()) for quad in quads]
                results = self._recognise(crops)
        lines = [TextLine(text, quad, score) for (text, score), quad in zip(results, quads)]
        return [line for line in lines if line.text and line.confidence >= self._system.drop_score]

    def read_line(self, image: Image, timer: Optional[Timer] = None) -> List[TextLine]:
        return self.read_lines([image], timer)[0]

    def read_lines(self, images: List[Image], timer: Optional[Timer] = None) -> List[List[TextLine]]:
        timer = timer or Timer()
        with failures_of("paddleocr"), timer.phase("recognise"):
            results = self._recognise([_bgr(image) for image in images])
        pairs = zip(results, images)
        return [[TextLine(text, image_quad(image), score)] if text else [] for (text, score), image in pairs]

    def _detect(self, picture: Image) -> List[Any]:
        quads = self._system.text_detector(picture.copy())[0]
        if quads is None or not len(quads):
            return []
        return [np.asarray(quad, np.float32).reshape(4, 2) for quad in self._steps.sorted_boxes(np.asarray(quads))]

    def _recognise(self, crops: List[Image]) -> List[Tuple[str, float]]:
        results = self._system.text_recognizer(crops)[0] if crops else []
        return [(str(text).strip(), float(min(1.0, max(0.0, score)))) for text, score in results]


def _bgr(image: Image) -> Image:
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_GRAY2BGR)) if image.ndim == 2 else image.copy()
