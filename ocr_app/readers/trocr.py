"""The reader `trocr`: a TrOCR model from a local folder, through transformers. It recognises single lines only."""

import importlib
import importlib.util
import math
import os
from typing import Any, List, Optional, Tuple

import cv2
import numpy as np

from ocr_app.core.errors import (
    DeviceUnavailable,
    ModelError,
    PrecisionUnavailable,
    ReaderFailed,
    ReaderUnavailable,
    UsageError,
)
from ocr_app.core.types import Image, ReaderInfo, TextLine
from ocr_app.imaging.geometry import image_quad
from ocr_app.readers.contract import Probe, Reader, ReaderOptions, Timer, failures_of

FOLDER = "OCR_TROCR_MODEL"
MOST_TOKENS = 64
GUIDE = "docs/how-to/trocr.md"
NEXT = "./inv envs --name server, then use trocr@server"


def probe() -> Probe:
    """Whether transformers can be imported and the folder exists. Loads no model. Never raises."""
    try:
        transformers, torch = _libraries()
    except ReaderUnavailable as error:
        return Probe((), (), (), (), error.found, error.next_step)
    versions = (("transformers", str(transformers.__version__)), ("torch", str(torch.__version__)))
    cuda = bool(torch.cuda.is_available())
    devices, precisions = (("cpu", "cuda"), ("fp32", "fp16")) if cuda else (("cpu",), ("fp32",))
    try:
        folder = model_folder()
    except ModelError as error:
        return Probe(versions, devices, precisions, (), error.found, error.next_step)
    return Probe(versions, devices, precisions, (os.path.basename(folder),))


def _libraries() -> Tuple[Any, Any]:
    """transformers and torch. Raises ReaderUnavailable."""
    for name in ("transformers", "torch"):
        if importlib.util.find_spec(name) is None:
            raise ReaderUnavailable("{} is not installed in this Python".format(name), next_step=NEXT)
    try:
        return importlib.import_module("transformers"), importlib.import_module("torch")
    except Exception as error:
        found = "transformers cannot be imported: {}: {}".format(type(error).__name__, error)
        raise ReaderUnavailable(found, next_step=NEXT)


def model_folder() -> str:
    """The folder named by ``$OCR_TROCR_MODEL``. Raises ModelError."""
    folder = os.environ.get(FOLDER, "")
    if not folder:
        raise ModelError("{} is not set".format(FOLDER), "the folder of a TrOCR model", GUIDE)
    if not os.path.isfile(os.path.join(folder, "config.json")):
        raise ModelError("{}={} has no config.json".format(FOLDER, folder), "the folder of a TrOCR model", GUIDE)
    return os.path.abspath(folder)


def open_reader(options: ReaderOptions) -> "TrOcrReader":
    """Raises ReaderUnavailable, UsageError, DeviceUnavailable, PrecisionUnavailable, ModelError or ReaderFailed."""
    transformers, torch = _libraries()
    _check_device(options, torch)
    folder = model_folder()
    name = os.path.basename(folder)
    if options.model not in (None, name):
        raise UsageError("trocr reads the model of {}, which is {}".format(FOLDER, name), name)
    torch.set_num_threads(options.threads)
    with failures_of("trocr"):
        processor = transformers.TrOCRProcessor.from_pretrained(folder, local_files_only=True)
        model = transformers.VisionEncoderDecoderModel.from_pretrained(folder, local_files_only=True)
        model = model.to(options.device).eval()
        model = model.half() if options.precision == "fp16" else model.float()
    engine = "transformers {}, torch {}, {}".format(transformers.__version__, torch.__version__, name)
    return TrOcrReader(torch, processor, model, ReaderInfo("trocr", engine, options.device, options.precision))


def _check_device(options: ReaderOptions, torch: Any) -> None:
    if options.device not in ("cpu", "cuda"):
        raise DeviceUnavailable("trocr cannot run on {!r}".format(options.device), "cpu or cuda")
    if options.device == "cuda" and not torch.cuda.is_available():
        raise DeviceUnavailable("torch {} finds no CUDA device".format(torch.__version__), "cuda", "--device cpu")
    if options.precision not in ("fp32", "fp16") or (options.precision == "fp16" and options.device != "cuda"):
        found = "trocr cannot run in {} on {}".format(options.precision, options.device)
        raise PrecisionUnavailable(found, "fp32, or fp16 on cuda", "--precision fp32")


class TrOcrReader(Reader):
    """Greedy decoding. The confidence is the geometric mean of the probabilities of the chosen tokens."""

    def __init__(self, torch: Any, processor: Any, model: Any, info: ReaderInfo) -> None:
        self._torch, self._processor, self._model = torch, processor, model
        self.info = info

    def read(self, image: Image, timer: Optional[Timer] = None) -> List[TextLine]:
        """Always raises ReaderFailed "lines-only"."""
        found = "trocr recognises single lines and has no detector, so it cannot read a whole image"
        raise ReaderFailed(found, "a crop of one line", "use line crops, or the reader ppocr", "lines-only")

    def read_line(self, image: Image, timer: Optional[Timer] = None) -> List[TextLine]:
        timer = timer or Timer()
        with failures_of("trocr"):
            with timer.phase("preprocess"):
                pixels = self._pixels(image)
            with timer.phase("recognise"):
                text, confidence = self._generate(pixels)
        return [TextLine(text, image_quad(image), confidence)] if text else []

    def _pixels(self, image: Image) -> Any:
        code = cv2.COLOR_GRAY2RGB if image.ndim == 2 else cv2.COLOR_BGR2RGB
        picture = np.asarray(cv2.cvtColor(image, code))
        pixels = self._processor(images=picture, return_tensors="pt").pixel_values
        return pixels.to(device=self._model.device, dtype=self._model.dtype)

    def _generate(self, pixels: Any) -> Tuple[str, float]:
        with self._torch.no_grad():
            out = self._model.generate(
                pixels,
                max_new_tokens=MOST_TOKENS,
                num_beams=1,
                do_sample=False,
                output_scores=True,
                return_dict_in_generate=True,
            )
        text = self._processor.batch_decode(out.sequences, skip_special_tokens=True)[0].strip()
        logs = [float(self._torch.log_softmax(score[0].float(), -1).max()) for score in out.scores]
        return text, math.exp(sum(logs) / len(logs)) if logs else 0.0
