"""Reader `codes`: our own detector and recogniser of printed product codes, through ONNX Runtime.

The networks are in the package (data/models); data/codes.json contains their settings and checksums. Lines are cut from
the image in full resolution and are not detected again. All lines of one image are one call of the recogniser.
"""

from typing import Any, Callable, Dict, List, NamedTuple, Optional, Sequence, Tuple

import numpy as np

from ocr_app import recipes
from ocr_app.core import model_files
from ocr_app.core.types import Image, LinePosterior, Quad, ReaderInfo, TextLine
from ocr_app.imaging.geometry import grow, image_quad, rectify, sides, upright, ways_to_read
from ocr_app.imaging.line_assembly import assemble, parts_of_lines
from ocr_app.imaging.preprocess import gray
from ocr_app.imaging.reading_order import direction_groups, reading_order
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
_CONTINUES = 2.5  # heights from a sure line within which a doubtful place may be a part of it
_FEWEST, _FEWEST_DIGITS = 4, 3  # characters and digits of the shortest code at a doubtful place: "9:05"


class CodesSettings(NamedTuple):
    """The settings of the reader.

    ``margin``: the margin around a line, in heights of the line. ``most_lines``: how many lines are recognised, those
    with the highest scores. ``least_confidence``: the lowest mean probability of the characters of a line that was
    detected; crops that are given as lines are read regardless.

    ``sure_place``: the lowest detector score of a sure line. Lines below it are doubtful. The best ``doubtful_lines``
    of them are recognised too; ``sure_text`` is the mean probability of characters from which they may count as lines
    (``which_count``).
    """

    margin: float
    most_lines: int
    least_confidence: float
    sure_place: float
    sure_text: float
    doubtful_lines: int


def catalogue() -> Dict[str, Any]:
    """The models of this reader (data/codes.json)."""
    return catalogues.catalogue("codes")


def model_record(name: Optional[str]) -> Dict[str, Any]:
    """The record of a model, with its ``name``; None stands for the default model. Raises UsageError."""
    return catalogues.record("codes", name)


def probe() -> Probe:
    """Whether ONNX Runtime and both networks are installed."""
    record = model_record(None)
    absent = [part["file"] for part in (record["detector"], record["recogniser"]) if not model_files.is_packaged(part)]
    problem = "model files missing from the package: " + ", ".join(absent) if absent else None
    return catalogues.probe(tuple(sorted(catalogue()["models"])), problem, "install the package again")


def network_files(model: Optional[str]) -> Dict[str, str]:
    """The paths of the networks of a model, by role. Raises UsageError, ModelError."""
    record = model_record(model)
    return {role: model_files.packaged(record[role]) for role in ("detector", "recogniser")}


def open_reader(options: ReaderOptions, open_network: Opener = OnnxNetwork) -> "CodesReader":
    """Raises ReaderUnavailable, UsageError, DeviceUnavailable, PrecisionUnavailable or ModelError."""
    record = model_record(options.model)
    catalogues.check(options)
    engine = "onnxruntime {}, codes {}".format(onnx_runtime.version(), record["name"])
    info = ReaderInfo("codes:" + record["name"], engine, options.device, options.precision)
    detector, recogniser = open_detector(record, options, open_network), open_recogniser(record, options, open_network)
    return CodesReader(detector, recogniser, settings_from(record), info)


def settings_from(record: Dict[str, Any]) -> CodesSettings:
    """The settings in a model's record in data/codes.json."""
    return CodesSettings(**{name: record[name] for name in CodesSettings._fields})


def open_detector(record: Dict[str, Any], options: ReaderOptions, open_network: Opener = OnnxNetwork) -> CodeDetector:
    """The detector of a model's record. Raises DeviceUnavailable, PrecisionUnavailable or ModelError."""
    path = model_files.packaged(record["detector"])
    network = open_network(path, options.device, options.threads, options.precision)
    return CodeDetector(network, detector.settings_from(record["detector"]))


def open_recogniser(
    record: Dict[str, Any], options: ReaderOptions, open_network: Opener = OnnxNetwork
) -> CodeRecogniser:
    """The recogniser of a model's record. Raises DeviceUnavailable, PrecisionUnavailable or ModelError."""
    path = model_files.packaged(record["recogniser"])
    network = open_network(path, options.device, options.threads, options.precision)
    return CodeRecogniser(network, recogniser.settings_from(record["recogniser"]))


class CodesReader(Reader):
    """Detector and recogniser. Decoding is a separate step, so that a recipe can replace it."""

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
        posteriors = [posterior for posterior in self.posteriors(image, timer) if posterior.sure]
        with timer.phase("decode"):
            lines = [decoded(posterior) for posterior in posteriors]
            lines = [line for line in lines if line.text and line.confidence >= self._settings.least_confidence]
            return assemble(lines)

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
                grey_image = gray(image)
                chosen, left_out = self._find(grey_image, timer)
            with timer.phase("recognise"):
                posteriors = self._recognise(grey_image, chosen) + [self._unread(line) for line in left_out]
                counting = which_count(posteriors, self._settings)
                posteriors = [each._replace(sure=counts) for each, counts in zip(posteriors, counting)]
                return [posteriors[i] for i in reading_order([each.quad for each in posteriors])]

    def line_posteriors(self, images: List[Image], timer: Optional[Timer] = None) -> List[LinePosterior]:
        timer = timer or Timer()
        with failures_of("codes"), timer.phase("recognise"):
            answers = self._recogniser([upright(image) for image in images])
        return [self._posterior(image_quad(image), answer) for image, answer in zip(images, answers)]

    def _find(self, grey_image: Image, timer: Timer) -> Tuple[List[FoundLine], List[FoundLine]]:
        """The lines to be recognised, doubtful ones included, and those left out, all with their margins.

        Notes if there are too many.
        """
        found = self._detector(grey_image)
        lines = [line._replace(quad=_with_margin(line.quad, self._settings.margin)) for line in found]
        sure = [line for line in lines if line.score >= self._settings.sure_place]
        if len(sure) > self._settings.most_lines:
            timer.note(TOO_MANY)
        doubtful = [line for line in lines if line.score < self._settings.sure_place]
        read, spare = self._settings.most_lines, self._settings.doubtful_lines
        return sure[:read] + doubtful[:spare], sure[read:] + doubtful[spare:]

    def _recognise(self, grey_image: Image, lines: Sequence[FoundLine]) -> List[LinePosterior]:
        """One posterior per line. Steep lines are read downwards and upwards, those of one direction in one way."""
        ways = [ways_to_read(line.quad) for line in lines]
        outputs = iter(self._recogniser([rectify(grey_image, way) for each in ways for way in each]))
        read = [[self._posterior(way, next(outputs), line.score) for way in each] for line, each in zip(lines, ways)]
        steep = [index for index, each in enumerate(read) if len(each) > 1]
        for group in direction_groups([lines[index].quad for index in steep]):
            turn_the_surer_way([read[steep[k]] for k in group], total_probability)
        return [each[0] for each in read]

    def _posterior(self, quad: Quad, log_probs: np.ndarray, score: float = 1.0) -> LinePosterior:
        return LinePosterior(quad, log_probs, self._recogniser.characters, score=score)

    def _unread(self, line: FoundLine) -> LinePosterior:
        """A place that is known, but was not recognised."""
        return self._posterior(line.quad, np.zeros((0, len(self._recogniser.characters)), np.float32), line.score)


def turn_the_surer_way(read: Sequence[List[Any]], worth: Callable[[Any], float]) -> None:
    """Puts that of two ways first in which the lines, taken together, are worth more.

    A short line alone may be mistaken about its way. ``worth``: of a line read in one way.
    """
    if sum(worth(second) - worth(first) for first, second in read) > 0:
        for each in read:
            each.reverse()


def total_probability(posterior: LinePosterior) -> float:
    """The sum of the probabilities of the characters on the best path, in either case, less one half for each.

    Characters count equally, whatever their line.
    """
    log_probs = recipes.fold_case(posterior).log_probs
    steps, classes = ctc.best_path(log_probs)
    return float((np.exp(log_probs[steps, classes]) - 0.5).sum()) if len(steps) else 0.0


def which_count(posteriors: Sequence[LinePosterior], settings: CodesSettings) -> List[bool]:
    """For each place whether it counts as a line.

    Sure places do. A doubtful place does if it reads like a code, or if it continues a sure line: side by side with
    it, of its height and direction, and with characters of a mean probability of at least ``sure_text``. The first part
    of a date is often found less surely than the rest.
    """
    sure = [
        bool(len(each.log_probs)) and (each.score >= settings.sure_place or reads_like_code(each, settings.sure_text))
        for each in posteriors
    ]
    if all(sure):
        return sure
    counts = list(sure)
    for line in parts_of_lines([each.quad for each in posteriors], _CONTINUES):
        if any(sure[index] for index in line):
            for index in line:
                counts[index] = sure[index] or mean_probability(posteriors[index]) >= settings.sure_text
    return counts


def _with_margin(quad: Quad, margin: float) -> Quad:
    """The quad, larger by ``margin`` heights on every side."""
    return grow(quad, margin * sides(quad)[1])


def mean_probability(posterior: LinePosterior) -> float:
    """The mean probability of the characters on the best path, whatever their case; 0 if there are none."""
    log_probs = recipes.fold_case(posterior).log_probs
    steps, classes = ctc.best_path(log_probs)
    return float(np.exp(log_probs[steps, classes]).mean()) if len(steps) else 0.0


def reads_like_code(posterior: LinePosterior, least: float) -> bool:
    """Whether the best path has a mean probability of at least ``least``, 4 characters and 3 digits."""
    folded = recipes.fold_case(posterior)
    classes = ctc.best_path(folded.log_probs)[1]
    text = "".join(folded.characters[index] for index in classes).replace(" ", "")
    digits = sum(character.isdigit() for character in text)
    return len(text) >= _FEWEST and digits >= _FEWEST_DIGITS and mean_probability(folded) >= least


def decoded(posterior: LinePosterior) -> TextLine:
    """Decodes a line without a recipe: the best path, and in close calls a prior of what codes look like."""
    return TextLine(recipes.decode_free(posterior).text.strip(), posterior.quad, mean_probability(posterior))
