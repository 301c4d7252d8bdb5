"""The reader `easyocr`: EasyOCR's CRAFT detector and english_g2 recogniser, with separate times."""

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
from ocr_app.imaging.reading_order import reading_order
from ocr_app.networks.contract import Network
from ocr_app.readers.contract import Probe, Reader, ReaderOptions, Timer, failures_of
from ocr_app.readers.easyocr.networks import NetworkModule, TorchNetwork

FILES = ("craft_mlt_25k.pth", "english_g2.pth")
MODELS = ("english_g2", "quantized")
"""``quantized``: EasyOCR's own dynamic int8 quantisation of the recogniser (CPU only); CRAFT is not quantised."""
_ATTRIBUTES = {"detector": "detector", "recogniser": "recognizer"}
"""Where EasyOCR keeps its networks."""
NEXT = "./inv envs --name py36-easyocr, then use easyocr@py36-easyocr"


def probe() -> Probe:
    """Whether EasyOCR can be imported and its weights exist. Imports torch, loads no weights. Never raises."""
    try:
        easyocr, torch = _libraries()
    except ReaderUnavailable as error:
        return Probe((), (), (), MODELS, error.found, error.next_step)
    versions = (("easyocr", str(easyocr.__version__)), ("torch", str(torch.__version__)))
    devices = ("cpu", "cuda") if torch.cuda.is_available() else ("cpu",)
    problem, next_step = _weights_problem()
    return Probe(versions, devices, ("fp32",), MODELS, problem, next_step)


def _weights_problem() -> Tuple[Optional[str], str]:
    try:
        _weights_folder()
    except ModelError as error:
        return error.found, error.next_step
    return None, ""


def _weights_folder() -> str:
    """The folder of both weight files. Raises ModelError."""
    paths = [model_files.locate(name) for name in FILES]
    return os.path.dirname(paths[0])


def _libraries() -> Tuple[Any, Any]:
    """easyocr and torch. Raises ReaderUnavailable."""
    if importlib.util.find_spec("easyocr") is None:
        raise ReaderUnavailable("EasyOCR is not installed in this Python", next_step=NEXT)
    try:
        return importlib.import_module("easyocr"), importlib.import_module("torch")
    except Exception as error:
        raise ReaderUnavailable(
            "EasyOCR cannot be imported: {}: {}".format(type(error).__name__, error), next_step=NEXT
        )


def open_reader(options: ReaderOptions) -> "EasyOcrReader":
    """Raises ReaderUnavailable, UsageError, DeviceUnavailable, PrecisionUnavailable, ModelError or ReaderFailed."""
    easyocr, torch = _libraries()
    model = _checked_model(options)
    _check_device(options, torch)
    torch.set_num_threads(options.threads)
    cv2.setNumThreads(options.threads)
    with failures_of("easyocr"):
        network = _open(easyocr, _weights_folder(), options.device == "cuda", model == "quantized")
    engine = "EasyOCR {}, torch {}, CRAFT + {}".format(easyocr.__version__, torch.__version__, _described(model))
    precision = "mixed" if model == "quantized" else options.precision
    return EasyOcrReader(network, ReaderInfo("easyocr:" + model, engine, options.device, precision))


def _described(model: str) -> str:
    return "english_g2 quantized to int8 (dynamic)" if model == "quantized" else model


def _checked_model(options: ReaderOptions) -> str:
    model = options.model or MODELS[0]
    if model not in MODELS:
        raise UsageError("unknown easyocr model: {}".format(model), ", ".join(MODELS))
    if model == "quantized" and options.device != "cpu":
        raise PrecisionUnavailable("EasyOCR quantizes on the CPU only", "device cpu", "use easyocr:english_g2")
    return model


def _check_device(options: ReaderOptions, torch: Any) -> None:
    if options.device not in ("cpu", "cuda"):
        raise DeviceUnavailable("easyocr cannot run on {!r}".format(options.device), "cpu or cuda")
    if options.device == "cuda" and not torch.cuda.is_available():
        found = "torch {} finds no CUDA device".format(torch.__version__)
        raise DeviceUnavailable(found, "a CUDA device", "--device cpu, or a torch built for this board")
    if options.precision != "fp32":
        found = "EasyOCR runs in fp32, not in {}".format(options.precision)
        raise PrecisionUnavailable(found, "fp32", "--precision fp32; for fp16 use TensorRT engines")


def _open(easyocr: Any, folder: str, cuda: bool, quantize: bool) -> Any:
    """EasyOCR's own reader, offline, with its networks in evaluation mode.

    EasyOCR sets that mode at the first recognition only; a forward pass before it would change the BatchNorm
    statistics, and so damage the weights.
    """
    network = easyocr.Reader(
        ["en"],
        gpu=cuda,
        model_storage_directory=folder,
        user_network_directory=folder,
        download_enabled=False,
        verbose=False,
        quantize=quantize,
    )
    network.detector.eval()
    network.recognizer.eval()
    _check_quantized(network.recognizer, quantize)
    return network


def _check_quantized(recogniser: Any, quantize: bool) -> None:
    """EasyOCR continues without a message if quantisation fails."""
    is_quantized = any("quantized" in type(part).__module__ for part in recogniser.modules())
    if is_quantized != quantize:
        state = "is quantized" if is_quantized else "could not be quantized"
        raise PrecisionUnavailable("EasyOCR's recogniser {}".format(state), "the requested model")


class EasyOcrReader(Reader):
    """EasyOCR with its own defaults. The detector gets RGB, as in ``readtext(path)``; the recogniser gets grey."""

    def __init__(self, network: Any, info: ReaderInfo) -> None:
        self._network = network
        self.info = info

    def networks(self) -> Dict[str, Network]:
        return {role: self._network_of(role) for role in _ATTRIBUTES}

    def _network_of(self, role: str) -> Network:
        module = getattr(self._network, _ATTRIBUTES[role])
        return module.network if isinstance(module, NetworkModule) else TorchNetwork(module, role == "detector")

    def replace_network(self, role: str, network: Network) -> None:
        if role not in _ATTRIBUTES:
            super(EasyOcrReader, self).replace_network(role, network)
        setattr(self._network, _ATTRIBUTES[role], NetworkModule(network, role == "detector"))

    def read(self, image: Image, timer: Optional[Timer] = None) -> List[TextLine]:
        timer = timer or Timer()
        with failures_of("easyocr"):
            with timer.phase("detect"):
                upright, slanted = self._network.detect(_rgb(image), reformat=False)
            with timer.phase("recognise"):
                items = self._network.recognize(_grey(image), upright[0], slanted[0], reformat=False)
        lines = [line for line in (_as_line(*item) for item in items) if line.text]
        return [lines[i] for i in reading_order([line.quad for line in lines])]

    def read_line(self, image: Image, timer: Optional[Timer] = None) -> List[TextLine]:
        timer = timer or Timer()
        whole = [[0, image.shape[1], 0, image.shape[0]]]
        with failures_of("easyocr"), timer.phase("recognise"):
            items = self._network.recognize(_grey(image), whole, [], reformat=False)
        text = " ".join(item[1] for item in items).strip()
        return [TextLine(text, image_quad(image), _confidence(items[0][2]))] if text else []


def _rgb(image: Image) -> Image:
    code = cv2.COLOR_GRAY2RGB if image.ndim == 2 else cv2.COLOR_BGR2RGB
    return np.asarray(cv2.cvtColor(image, code))


def _grey(image: Image) -> Image:
    return image.copy() if image.ndim == 2 else np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY))


def _as_line(box: Any, text: str, confidence: Any) -> TextLine:
    return TextLine(text.strip(), np.array(box, np.float32).reshape(4, 2), _confidence(confidence))


def _confidence(value: Any) -> float:
    """EasyOCR's score; 0 for an empty line, whose score is NaN."""
    return float(min(1.0, max(0.0, np.nan_to_num(value))))
