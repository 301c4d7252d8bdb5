"""The reader `rapidocr`: RapidOCR with its default settings and the models of its wheel, for comparison."""

import importlib
import importlib.util
import time
from typing import Any, List, NamedTuple, Optional, Tuple

import cv2
import numpy as np

from ocr_app.core.errors import DeviceUnavailable, PrecisionUnavailable, ReaderUnavailable, UsageError
from ocr_app.core.types import Image, ReaderInfo, TextLine
from ocr_app.imaging.geometry import image_quad
from ocr_app.readers.contract import Probe, Reader, ReaderOptions, Timer, failures_of

PACKAGES = {"v6-small": "rapidocr", "v4": "rapidocr_onnxruntime"}
"""The package of each model: two generations of RapidOCR have different package names."""
DEFAULT = "v6-small"
NEXT = "./inv envs --name rapidocr, then use rapidocr@rapidocr"


class RapidOcrAnswer(NamedTuple):
    """The output of either generation: boxes (None without detection), texts, scores, seconds per phase."""

    boxes: Optional[Any]
    texts: Tuple[str, ...]
    scores: Tuple[float, ...]
    seconds: Tuple[float, float]


def probe() -> Probe:
    """Whether RapidOCR can be imported. Loads no model. Never raises."""
    installed = tuple(model for model in sorted(PACKAGES) if importlib.util.find_spec(PACKAGES[model]) is not None)
    if DEFAULT not in installed:
        return Probe((), (), (), installed, "rapidocr is not installed in this Python", NEXT)
    try:
        runtime = _libraries(DEFAULT)[1]
        versions = tuple((PACKAGES[model], _version(PACKAGES[model])) for model in installed)
    except ReaderUnavailable as error:
        return Probe((), (), (), installed, error.found, error.next_step)
    devices = ("cpu", "cuda") if _has_cuda(runtime) else ("cpu",)
    return Probe(versions + (("onnxruntime", str(runtime.__version__)),), devices, ("fp32",), installed)


def _libraries(model: str) -> Tuple[Any, Any]:
    """RapidOCR's package and onnxruntime. Raises ReaderUnavailable."""
    name = PACKAGES[model]
    if importlib.util.find_spec(name) is None:
        raise ReaderUnavailable("{} is not installed in this Python".format(name), next_step=NEXT)
    try:
        return importlib.import_module(name), importlib.import_module("onnxruntime")
    except Exception as error:
        found = "{} cannot be imported: {}: {}".format(name, type(error).__name__, error)
        raise ReaderUnavailable(found, next_step=NEXT)


def _version(package: str) -> str:
    """The version of an installed package; neither generation has one in its module."""
    resources = importlib.import_module("importlib.metadata" if _has_metadata() else "pkg_resources")
    if hasattr(resources, "version"):
        return str(resources.version(package))
    return str(resources.get_distribution(package).version)


def _has_metadata() -> bool:
    return importlib.util.find_spec("importlib.metadata") is not None


def _has_cuda(runtime: Any) -> bool:
    return "CUDAExecutionProvider" in runtime.get_available_providers()


def open_reader(options: ReaderOptions) -> "RapidOcrReader":
    """Raises ReaderUnavailable, UsageError, DeviceUnavailable, PrecisionUnavailable or ReaderFailed."""
    model = options.model or DEFAULT
    if model not in PACKAGES:
        raise UsageError("unknown rapidocr model: {}".format(model), ", ".join(sorted(PACKAGES)))
    package, runtime = _libraries(model)
    _check_device(options, runtime)
    cv2.setNumThreads(options.threads)
    with failures_of("rapidocr"):
        engine = RapidOcr1(package, options) if model == "v4" else RapidOcr3(package, options)
        _check_provider(engine.providers(), options)
    text = "RapidOCR {}, onnxruntime {}, PP-OCR{}".format(_version(PACKAGES[model]), runtime.__version__, model)
    return RapidOcrReader(engine, ReaderInfo("rapidocr:" + model, text, options.device, options.precision))


def _check_device(options: ReaderOptions, runtime: Any) -> None:
    if options.device not in ("cpu", "cuda"):
        raise DeviceUnavailable("rapidocr cannot run on {!r}".format(options.device), "cpu or cuda")
    if options.device == "cuda" and not _has_cuda(runtime):
        found = "onnxruntime {} has {}".format(runtime.__version__, ", ".join(runtime.get_available_providers()))
        raise DeviceUnavailable(found, "CUDAExecutionProvider", "--device cpu, or an onnxruntime built for CUDA")
    if options.precision != "fp32":
        found = "RapidOCR's models are fp32, not {}".format(options.precision)
        raise PrecisionUnavailable(found, "fp32", "--precision fp32")


def _check_provider(providers: List[str], options: ReaderOptions) -> None:
    """RapidOCR uses the CPU without a message if CUDA cannot be started."""
    if options.device == "cuda" and providers[0] != "CUDAExecutionProvider":
        raise DeviceUnavailable("RapidOCR fell back to " + providers[0], "CUDAExecutionProvider", "--device cpu")


class RapidOcr3:
    """RapidOCR 3. It loads its models on first use, so each of them is used once here."""

    def __init__(self, package: Any, options: ReaderOptions) -> None:
        runtime = "EngineConfig.onnxruntime."
        threads = {runtime + "intra_op_num_threads": options.threads, runtime + "inter_op_num_threads": 1}
        device = {runtime + "use_cuda": options.device == "cuda", "Global.log_level": "error"}
        self._engine = package.RapidOCR(params=dict(threads, **device))
        blank = np.full((64, 64, 3), 255, np.uint8)
        self._engine(blank, use_det=True, use_cls=False, use_rec=False)
        self._engine(blank, use_det=False, use_cls=True, use_rec=True)

    def providers(self) -> List[str]:
        """The execution providers of the detector's session."""
        return list(self._engine.text_det.session.session.get_providers())

    def __call__(self, image: Image, detect: bool) -> RapidOcrAnswer:
        """``detect`` False takes the image as one line. RapidOCR keeps the switches, so each call sets all of them."""
        output = self._engine(image, use_det=detect, use_cls=detect, use_rec=True)
        texts, scores = tuple(output.txts or ()), tuple(float(score) for score in output.scores or ())
        if not detect:
            return RapidOcrAnswer(None, texts, scores, (0.0, output.elapse or 0.0))
        seconds = [part or 0.0 for part in output.elapse_list] or [0.0, 0.0, 0.0]
        return RapidOcrAnswer(output.boxes, texts, scores, (seconds[0], seconds[1] + seconds[2]))


class RapidOcr1:
    """RapidOCR 1 (package rapidocr-onnxruntime)."""

    def __init__(self, package: Any, options: ReaderOptions) -> None:
        cuda = options.device == "cuda"
        self._engine = package.RapidOCR(
            intra_op_num_threads=options.threads,
            inter_op_num_threads=1,
            det_use_cuda=cuda,
            cls_use_cuda=cuda,
            rec_use_cuda=cuda,
        )

    def providers(self) -> List[str]:
        """The execution providers of the detector's session."""
        return list(self._engine.text_det.infer.session.get_providers())

    def __call__(self, image: Image, detect: bool) -> RapidOcrAnswer:
        """``detect`` False takes the image as one line."""
        items, seconds = self._engine(image, use_det=detect, use_cls=detect, use_rec=True)
        if not items:
            return RapidOcrAnswer(None, (), (), (0.0, 0.0))
        boxes = [item[0] for item in items] if detect else None
        texts, scores = tuple(item[-2] for item in items), tuple(float(item[-1]) for item in items)
        return RapidOcrAnswer(
            boxes, texts, scores, (seconds[0], seconds[1] + seconds[2]) if detect else (0.0, seconds[0])
        )


class RapidOcrReader(Reader):
    """RapidOCR with its own times.

    "detect" and "recognise" (which includes the angle classifier) are the times that RapidOCR reports. The rest of the
    wall time, for scaling and cropping, is "preprocess". If RapidOCR finds nothing, it reports no times, and all of the
    time is "detect".
    """

    def __init__(self, engine: Any, info: ReaderInfo) -> None:
        self._engine = engine
        self.info = info

    def read(self, image: Image, timer: Optional[Timer] = None) -> List[TextLine]:
        answer = self._timed(image, True, timer or Timer())
        if answer.boxes is None:
            return []
        quads = [np.asarray(box, np.float32).reshape(4, 2) for box in answer.boxes]
        lines = [TextLine(t.strip(), q, _unit(s)) for t, q, s in zip(answer.texts, quads, answer.scores)]
        return [line for line in lines if line.text]

    def read_line(self, image: Image, timer: Optional[Timer] = None) -> List[TextLine]:
        answer = self._timed(image, False, timer or Timer())
        text = " ".join(answer.texts).strip()
        return [TextLine(text, image_quad(image), _unit(answer.scores[0]))] if text else []

    def _timed(self, image: Image, detect: bool, timer: Timer) -> RapidOcrAnswer:
        start = time.perf_counter()
        with failures_of("rapidocr"):
            answer: RapidOcrAnswer = self._engine(image.copy(), detect)
        total = time.perf_counter() - start
        if not any(answer.seconds):
            timer.add("detect" if detect else "recognise", total * 1000.0)
            return answer
        phases = (("detect", answer.seconds[0]), ("recognise", answer.seconds[1]))
        for name, seconds in phases + (("preprocess", max(0.0, total - sum(answer.seconds))),):
            if seconds:
                timer.add(name, seconds * 1000.0)
        return answer


def _unit(score: float) -> float:
    return min(1.0, max(0.0, float(score)))
