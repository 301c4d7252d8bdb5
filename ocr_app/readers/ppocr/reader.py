"""The reader `ppocr`: PP-OCR models through ONNX Runtime, with our own preprocessing and decoding.

The published models know thousands of Chinese characters. Their posteriors are restricted to printable ASCII before
decoding, because product codes contain nothing else: the tiny PP-OCRv6 then reads a faint ``B`` as ``B``, not as the
character for the sun. The models inside the package (``...-codes``) have no other classes.
"""

import string
from typing import Any, Dict, List, Optional, Sequence, Tuple

from ocr_app.core import model_files
from ocr_app.core.types import Image, LinePosterior, Quad, ReaderInfo, TextLine
from ocr_app.imaging.geometry import image_quad, rectify, ways_to_read
from ocr_app.imaging.reading_order import reading_order
from ocr_app.networks import ctc, onnx_runtime
from ocr_app.networks.contract import Network, Opener
from ocr_app.networks.onnx_runtime import OnnxNetwork
from ocr_app.readers import catalogues
from ocr_app.readers.contract import Probe, Reader, ReaderOptions, Timer, failures_of
from ocr_app.readers.ppocr import detector, recogniser
from ocr_app.readers.ppocr.detector import PpocrDetector
from ocr_app.readers.ppocr.recogniser import PpocrRecogniser

PRINTABLE = string.digits + string.ascii_letters + string.punctuation + " "  # the characters of product codes
MIN_CONFIDENCE = 0.5  # PP-OCR's own "drop score": lines below it are not text
PARTS = ("detector", "recogniser")


def catalogue() -> Dict[str, Any]:
    """The models of this reader (data/ppocr.json)."""
    return catalogues.catalogue("ppocr")


def model_record(name: Optional[str]) -> Dict[str, Any]:
    """The record of a model, with its ``name``; None stands for the default model. Raises UsageError."""
    return catalogues.record("ppocr", name)


def probe() -> Probe:
    """Whether ONNX Runtime and the model files are installed."""
    absent = model_files.missing(_fetched_files(model_record(None)))
    problem = "model files missing: " + ", ".join(absent) if absent else None
    return catalogues.probe(tuple(sorted(catalogue()["models"])), problem, "./inv models")


def _fetched_files(record: Dict[str, Any]) -> List[str]:
    """The files of a model that `./inv models` fetches."""
    characters = record["recogniser"]["characters"]
    dictionary = [characters] if characters not in ("metadata", "list") else []
    return [record[role]["file"] for role in PARTS if not catalogues.is_packaged(record[role])] + dictionary


def network_files(model: Optional[str]) -> Dict[str, str]:
    """The paths of the networks of a model, by role. Raises UsageError, ModelError."""
    record = model_record(model)
    return {role: catalogues.path_of(record[role]) for role in PARTS}


def open_reader(options: ReaderOptions, open_network: Opener = OnnxNetwork) -> "PpocrReader":
    """Raises ReaderUnavailable, UsageError, DeviceUnavailable, PrecisionUnavailable or ModelError."""
    record = model_record(options.model)
    catalogues.check(options)
    engine = "onnxruntime {}, PP-OCR {}".format(onnx_runtime.version(), record["name"])
    info = ReaderInfo("ppocr:" + record["name"], engine, options.device, options.precision)
    return PpocrReader(
        open_detector(record, options, open_network), open_recogniser(record, options, open_network), info
    )


def open_detector(record: Dict[str, Any], options: ReaderOptions, open_network: Opener = OnnxNetwork) -> PpocrDetector:
    """The detector of a model's record. Raises DeviceUnavailable, PrecisionUnavailable or ModelError."""
    return PpocrDetector(_open(record["detector"], options, open_network), detector.settings_from(record["detector"]))


def open_recogniser(
    record: Dict[str, Any], options: ReaderOptions, open_network: Opener = OnnxNetwork
) -> PpocrRecogniser:
    """The recogniser of a model's record. Raises DeviceUnavailable, PrecisionUnavailable or ModelError."""
    part = record["recogniser"]
    network = _open(part, options, open_network)
    return PpocrRecogniser(network, *_charset(part["characters"], network), recogniser.settings_from(part))


def _open(part: Dict[str, Any], options: ReaderOptions, open_network: Opener) -> Network:
    return open_network(catalogues.path_of(part), options.device, options.threads, options.precision)


class PpocrReader(Reader):
    """Detector and recogniser of one generation. Decoding is a separate step, so that a recipe can replace it."""

    def __init__(self, detector: PpocrDetector, recogniser: PpocrRecogniser, info: ReaderInfo) -> None:
        self._detector = detector
        self._recogniser = recogniser
        self.info = info

    def networks(self) -> Dict[str, Network]:
        return {"detector": self._detector.network, "recogniser": self._recogniser.network}

    def replace_network(self, role: str, network: Network) -> None:
        if role not in self.networks():
            super(PpocrReader, self).replace_network(role, network)
        {"detector": self._detector, "recogniser": self._recogniser}[role].network = network  # type: ignore[attr-defined]

    def read(self, image: Image, timer: Optional[Timer] = None) -> List[TextLine]:
        lines = [decoded(posterior) for posterior in self._posteriors(image, timer or Timer())]
        return [line for line in lines if line.text and line.confidence >= MIN_CONFIDENCE]

    def read_line(self, image: Image, timer: Optional[Timer] = None) -> List[TextLine]:
        return self.read_lines([image], timer)[0]

    def read_lines(self, images: List[Image], timer: Optional[Timer] = None) -> List[List[TextLine]]:
        lines = [decoded(posterior) for posterior in self.line_posteriors(images, timer)]
        return [[line] if line.text else [] for line in lines]

    def posteriors(self, image: Image, timer: Optional[Timer] = None) -> List[LinePosterior]:
        found = self._posteriors(image, timer or Timer())
        return [posterior for posterior in found if confidence(posterior) >= MIN_CONFIDENCE]

    def line_posteriors(self, images: List[Image], timer: Optional[Timer] = None) -> List[LinePosterior]:
        timer = timer or Timer()
        with failures_of("ppocr"), timer.phase("recognise"):
            answers = self._recogniser(images)
        quads = [image_quad(image) for image in images]
        return [LinePosterior(quad, answer, self._recogniser.characters) for quad, answer in zip(quads, answers)]

    def _posteriors(self, image: Image, timer: Timer) -> List[LinePosterior]:
        """The posterior of every quad in reading order, whether it reads like text or not."""
        with failures_of("ppocr"):
            with timer.phase("detect"):
                unordered = [line.quad for line in self._detector(image)]
                quads = [unordered[i] for i in reading_order(unordered)]
            with timer.phase("recognise"):
                return self._recognised(image, quads)

    def _recognised(self, image: Image, quads: Sequence[Quad]) -> List[LinePosterior]:
        """One posterior per quad. An upright quad is read downwards and upwards; the more confident reading counts."""
        oriented = [(index, way) for index, quad in enumerate(quads) for way in ways_to_read(quad)]
        answers = self._recogniser([rectify(image, way) for _, way in oriented])
        best: Dict[int, LinePosterior] = {}
        for (index, way), answer in zip(oriented, answers):
            posterior = LinePosterior(way, answer, self._recogniser.characters)
            if index not in best or confidence(posterior) > confidence(best[index]):
                best[index] = posterior
        return [best[index] for index in range(len(quads))]


def confidence(posterior: LinePosterior) -> float:
    """The mean probability of the characters on the best path; 0 if there are none."""
    return ctc.decode_log(posterior.log_probs, posterior.characters).confidence


def decoded(posterior: LinePosterior) -> TextLine:
    """The text of the best path."""
    answer = ctc.decode_log(posterior.log_probs, posterior.characters)
    return TextLine(answer.text.strip(), posterior.quad, answer.confidence)


def _charset(source: str, network: Network) -> Tuple[List[str], str]:
    """The characters by class, and which of them are kept ("" for all).

    ``source``: "list" for a network that lists its characters, the blank among them; "metadata" or the name of a file
    for a published one, which lists neither the blank nor the space.
    """
    if source == "list":
        return list(catalogues.characters_of(network)), ""
    if source == "metadata":
        characters = network.metadata["character"].split("\n")
    else:
        with open(model_files.locate(source), encoding="utf-8") as stream:
            characters = stream.read().split("\n")
    if characters and characters[-1] == "":
        characters.pop()
    return [""] + characters + [" "], PRINTABLE
