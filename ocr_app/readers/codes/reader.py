"""Reader `codes`: our own detector and recogniser of printed product codes, through ONNX Runtime.

The networks lie inside the package (data/models); data/codes.json holds their settings and checksums. Lines are cut
from the full-resolution image once and never detected again; the lines of one image are one call of the recogniser.
"""

from typing import Any, Dict, List, NamedTuple, Optional, Sequence

import numpy as np

from ocr_app import recipes
from ocr_app.core import model_files
from ocr_app.core.types import Image, LinePosterior, Quad, ReaderInfo, TextLine
from ocr_app.imaging.geometry import grow, image_quad, reading_order, rectify, sides, ways_to_read
from ocr_app.imaging.preprocess import gray
from ocr_app.networks import ctc, onnx_runtime
from ocr_app.networks.contract import Network, Opener
from ocr_app.networks.onnx_runtime import OnnxNetwork
from ocr_app.readers import catalogues
from ocr_app.readers.codes import detector, recogniser
from ocr_app.readers.codes.detector import CodeDetector, FoundLine
from ocr_app.readers.codes.recogniser import CodeRecogniser
from ocr_app.readers.contract import Probe, Reader, ReaderOptions, Timer, failures_of
from ocr_app.recipes.decoding import prepare_free_decoding

TOO_MANY = "too-many-lines"
_FEWEST, _FEWEST_DIGITS = 4, 3  # characters of the shortest code that stands in a doubtful place: "9:05"


class CodesSettings(NamedTuple):
    """``margin``: kept round a line, in heights of the line. ``most_lines``: the surest so many are recognised.

    ``least_confidence``: mean probability of its characters from which something read in an image is a line; crops
    that are given as lines are read whatever it is.

    ``sure_place``: the detector's score from which a place is a line. Places below it are doubtful: at most
    ``doubtful_lines`` of them, the best, are recognised too, and one counts where it reads like a code (see
    ``reads_like_code``) with a mean probability of at least ``sure_text``.
    """

    margin: float
    most_lines: int
    least_confidence: float
    sure_place: float
    sure_text: float
    doubtful_lines: int


def catalogue() -> Dict[str, Any]:
    """The models there are (data/codes.json)."""
    return catalogues.catalogue("codes")


def model_record(name: Optional[str]) -> Dict[str, Any]:
    """The record of a model, with its ``name``; None is the default one. Raises UsageError."""
    return catalogues.record("codes", name)


def probe() -> Probe:
    """Whether ONNX Runtime and both networks are here."""
    record = model_record(None)
    absent = [part["file"] for part in (record["detector"], record["recogniser"]) if not model_files.is_packaged(part)]
    problem = "model files missing from the package: " + ", ".join(absent) if absent else None
    return catalogues.probe(tuple(sorted(catalogue()["models"])), problem, "install the package again")


def network_files(model: Optional[str]) -> Dict[str, str]:
    """Paths of the networks of a model by role. Raises UsageError, ModelError."""
    record = model_record(model)
    return {role: model_files.packaged(record[role]) for role in ("detector", "recogniser")}


def open_reader(options: ReaderOptions, open_network: Opener = OnnxNetwork) -> "CodesReader":
    """Raises ReaderUnavailable, UsageError, DeviceUnavailable, PrecisionUnavailable or ModelError."""
    record = model_record(options.model)
    catalogues.check(options)
    engine = "onnxruntime {}, codes {}".format(onnx_runtime.version(), record["name"])
    info = ReaderInfo("codes:" + record["name"], engine, options.device, options.precision)
    detector, recogniser = _detector(record, options, open_network), _recogniser(record, options, open_network)
    return CodesReader(detector, recogniser, settings_from(record), info)


def settings_from(record: Dict[str, Any]) -> CodesSettings:
    """Settings of a model's record in data/codes.json."""
    return CodesSettings(**{name: record[name] for name in CodesSettings._fields})


def _detector(record: Dict[str, Any], options: ReaderOptions, open_network: Opener = OnnxNetwork) -> CodeDetector:
    path = model_files.packaged(record["detector"])
    network = open_network(path, options.device, options.threads, options.precision)
    return CodeDetector(network, detector.settings_from(record["detector"]))


def _recogniser(record: Dict[str, Any], options: ReaderOptions, open_network: Opener = OnnxNetwork) -> CodeRecogniser:
    path = model_files.packaged(record["recogniser"])
    network = open_network(path, options.device, options.threads, options.precision)
    return CodeRecogniser(network, recogniser.settings_from(record["recogniser"]))


class CodesReader(Reader):
    """Detector and recogniser; decoding is a step of its own, so that a recipe can take its place."""

    def __init__(
        self, detector: CodeDetector, recogniser: CodeRecogniser, settings: CodesSettings, info: ReaderInfo
    ) -> None:
        self._detector = detector
        self._recogniser = recogniser
        self._settings = settings
        self.info = info
        prepare_free_decoding(recogniser.characters)

    def networks(self) -> Dict[str, Network]:
        return {"detector": self._detector.network, "recogniser": self._recogniser.network}

    def replace_network(self, role: str, network: Network) -> None:
        if role not in self.networks():
            super(CodesReader, self).replace_network(role, network)
        {"detector": self._detector, "recogniser": self._recogniser}[role].network = network  # type: ignore[attr-defined]

    def read(self, image: Image, timer: Optional[Timer] = None) -> List[TextLine]:
        timer = timer or Timer()
        posteriors = self.posteriors(image, timer)
        with timer.phase("decode"):
            lines = [decoded(posterior) for posterior in posteriors]
        return [line for line in lines if line.text and line.confidence >= self._settings.least_confidence]

    def read_line(self, image: Image, timer: Optional[Timer] = None) -> List[TextLine]:
        return self.read_lines([image], timer)[0]

    def read_lines(self, images: List[Image], timer: Optional[Timer] = None) -> List[List[TextLine]]:
        timer = timer or Timer()
        posteriors = self.line_posteriors(images, timer)
        with timer.phase("decode"):
            lines = [decoded(posterior) for posterior in posteriors]
        return [[line] if line.text else [] for line in lines]

    def posteriors(self, image: Image, timer: Optional[Timer] = None) -> List[LinePosterior]:
        timer = timer or Timer()
        with failures_of("codes"):
            with timer.phase("detect"):
                level = gray(image)
                places = self._find(level, timer)
            with timer.phase("recognise"):
                read = self._recognise(level, [place.quad for place in places])
                return [posterior for place, posterior in zip(places, read) if self._counts(place, posterior)]

    def line_posteriors(self, images: List[Image], timer: Optional[Timer] = None) -> List[LinePosterior]:
        timer = timer or Timer()
        with failures_of("codes"), timer.phase("recognise"):
            answers = self._recogniser([recogniser.upright(image) for image in images])
        return [self._posterior(image_quad(image), answer) for image, answer in zip(images, answers)]

    def _find(self, level: Image, timer: Timer) -> List[FoundLine]:
        """The lines, margin included, in reading order, doubtful ones among them; a cap that bites is noted."""
        found = self._detector(level)
        sure = [line for line in found if line.score >= self._settings.sure_place]
        if len(sure) > self._settings.most_lines:
            timer.note(TOO_MANY)
        doubtful = [line for line in found if line.score < self._settings.sure_place]
        chosen = sure[: self._settings.most_lines] + doubtful[: self._settings.doubtful_lines]
        lines = [line._replace(quad=_with_margin(line.quad, self._settings.margin)) for line in chosen]
        return [lines[i] for i in reading_order([line.quad for line in lines])]

    def _counts(self, place: FoundLine, posterior: LinePosterior) -> bool:
        return place.score >= self._settings.sure_place or reads_like_code(posterior, self._settings.sure_text)

    def _recognise(self, level: Image, quads: Sequence[Quad]) -> List[LinePosterior]:
        """One posterior a quad; a quad that stands upright is read downwards and upwards, the surer way stays."""
        wanted = [(index, way) for index, quad in enumerate(quads) for way in ways_to_read(quad)]
        answers = self._recogniser([rectify(level, way) for _, way in wanted])
        best: Dict[int, LinePosterior] = {}
        for (index, way), answer in zip(wanted, answers):
            if index not in best or sureness(answer) > sureness(best[index].log_probs):
                best[index] = self._posterior(way, answer)
        return [best[index] for index in range(len(quads))]

    def _posterior(self, quad: Quad, log_probs: np.ndarray) -> LinePosterior:
        return LinePosterior(quad, log_probs, self._recogniser.characters)


def _with_margin(quad: Quad, margin: float) -> Quad:
    """The quad with ``margin`` heights more on every side."""
    return grow(quad, margin * sides(quad)[1])


def sureness(log_probs: np.ndarray) -> float:
    """Mean probability of the characters on the best path, 0 for none."""
    steps, classes = ctc.best_path(log_probs)
    return float(np.exp(log_probs[steps, classes]).mean()) if len(steps) else 0.0


def reads_like_code(posterior: LinePosterior, least: float) -> bool:
    """Whether the best path has at least a mean probability of ``least``, 4 characters and 3 digits."""
    classes = ctc.best_path(posterior.log_probs)[1]
    text = "".join(posterior.characters[index] for index in classes).replace(" ", "")
    digits = sum(sign.isdigit() for sign in text)
    return len(text) >= _FEWEST and digits >= _FEWEST_DIGITS and sureness(posterior.log_probs) >= least


def decoded(posterior: LinePosterior) -> TextLine:
    """The line read without a recipe: the best path, and a soft prior of what codes look like in close calls."""
    return TextLine(recipes.decode_free(posterior).text.strip(), posterior.quad, sureness(posterior.log_probs))
