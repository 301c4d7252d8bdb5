"""The reader `ppocr`: PP-OCR models through ONNX Runtime, with our own preprocessing and decoding.

The models know thousands of Chinese characters. Their posteriors are restricted to printable ASCII before decoding,
because product codes contain nothing else: the tiny PP-OCRv6 then reads a faint ``B`` as ``B``, not as the character
for the sun.
"""

import string
from typing import Any, Dict, List, Optional

from ocr_app.core import model_files
from ocr_app.core.types import Image, Quad, ReaderInfo, TextLine
from ocr_app.imaging.geometry import image_quad, rectify, ways_to_read
from ocr_app.imaging.reading_order import reading_order
from ocr_app.networks import onnx_runtime
from ocr_app.networks.contract import Network, Opener
from ocr_app.networks.onnx_runtime import OnnxNetwork
from ocr_app.readers import catalogues
from ocr_app.readers.contract import Probe, Reader, ReaderOptions, Timer
from ocr_app.readers.ppocr.detector import PpocrDetector, settings_from
from ocr_app.readers.ppocr.recogniser import PpocrRecogniser

PRINTABLE = string.digits + string.ascii_letters + string.punctuation + " "  # the characters of product codes
MIN_CONFIDENCE = 0.5  # PP-OCR's own "drop score": lines below it are not text


def catalogue() -> Dict[str, Any]:
    """The models of this reader (data/ppocr.json)."""
    return catalogues.catalogue("ppocr")


def model_record(name: Optional[str]) -> Dict[str, Any]:
    """The record of a model, with its ``name``; None stands for the default model. Raises UsageError."""
    return catalogues.record("ppocr", name)


def probe() -> Probe:
    """Whether ONNX Runtime and the model files are installed."""
    absent = model_files.missing(_files(model_record(None)))
    problem = "model files missing: " + ", ".join(absent) if absent else None
    return catalogues.probe(tuple(sorted(catalogue()["models"])), problem, "./inv models")


def _files(record: Dict[str, Any]) -> List[str]:
    characters = record["recogniser"]["characters"]
    dictionary = [] if characters == "metadata" else [characters]
    return [record["detector"]["file"], record["recogniser"]["file"]] + dictionary


def network_files(model: Optional[str]) -> Dict[str, str]:
    """The paths of the networks of a model, by role. Raises UsageError, ModelError."""
    record = model_record(model)
    return {role: model_files.locate(record[role]["file"]) for role in ("detector", "recogniser")}


def open_reader(options: ReaderOptions, open_network: Opener = OnnxNetwork) -> "PpocrReader":
    """Raises ReaderUnavailable, UsageError, DeviceUnavailable, PrecisionUnavailable or ModelError."""
    record = model_record(options.model)
    catalogues.check(options)
    return PpocrReader(record, options, open_network)


class PpocrReader(Reader):
    """Detector and recogniser of one PP-OCR generation."""

    def __init__(self, record: Dict[str, Any], options: ReaderOptions, open_network: Opener = OnnxNetwork) -> None:
        """``record``: from model_record. Raises as open_reader does."""
        detector, recogniser = (
            open_network(model_files.locate(record[role]["file"]), options.device, options.threads, options.precision)
            for role in ("detector", "recogniser")
        )
        self._detector = PpocrDetector(detector, settings_from(record["detector"]))
        characters = _charset(record["recogniser"]["characters"], recogniser)
        self._recogniser = PpocrRecogniser(recogniser, characters, allowed=PRINTABLE)
        engine = "onnxruntime {}, PP-OCR {}".format(onnx_runtime.version(), record["name"])
        self.info = ReaderInfo("ppocr:" + record["name"], engine, options.device, options.precision)

    def networks(self) -> Dict[str, Network]:
        return {"detector": self._detector.network, "recogniser": self._recogniser.network}

    def replace_network(self, role: str, network: Network) -> None:
        if role not in self.networks():
            super(PpocrReader, self).replace_network(role, network)
        {"detector": self._detector, "recogniser": self._recogniser}[role].network = network  # type: ignore[attr-defined]

    def read(self, image: Image, timer: Optional[Timer] = None) -> List[TextLine]:
        timer = timer or Timer()
        with timer.phase("detect"):
            unordered = self._detector(image)
            quads = [unordered[i] for i in reading_order(unordered)]
        with timer.phase("recognise"):
            lines = self._recognised(image, quads)
        return [line for line in lines if line.text and line.confidence >= MIN_CONFIDENCE]

    def _recognised(self, image: Image, quads: List[Quad]) -> List[TextLine]:
        """One line per quad. An upright quad is read downwards and upwards; the more confident text counts."""
        oriented = [(index, way) for index, quad in enumerate(quads) for way in ways_to_read(quad)]
        decoded = self._recogniser([rectify(image, way) for _, way in oriented])
        best: Dict[int, TextLine] = {}
        for (index, way), answer in zip(oriented, decoded):
            if index not in best or answer.confidence > best[index].confidence:
                best[index] = TextLine(answer.text.strip(), way, answer.confidence)
        return [best[index] for index in range(len(quads))]

    def read_line(self, image: Image, timer: Optional[Timer] = None) -> List[TextLine]:
        return self.read_lines([image], timer)[0]

    def read_lines(self, images: List[Image], timer: Optional[Timer] = None) -> List[List[TextLine]]:
        timer = timer or Timer()
        with timer.phase("recognise"):
            decoded = self._recogniser(images)
        return [_as_line(d.text, d.confidence, image) for d, image in zip(decoded, images)]


def _as_line(text: str, confidence: float, image: Image) -> List[TextLine]:
    text = text.strip()
    return [TextLine(text, image_quad(image), confidence)] if text else []


def _charset(source: str, network: Network) -> List[str]:
    """The characters by class: the blank, then the dictionary, then the space."""
    if source == "metadata":
        characters = network.metadata["character"].split("\n")
    else:
        with open(model_files.locate(source), encoding="utf-8") as stream:
            characters = stream.read().split("\n")
    if characters and characters[-1] == "":
        characters.pop()
    return [""] + characters + [" "]
