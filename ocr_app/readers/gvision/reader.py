"""The reader `gvision`: Google Cloud Vision over REST. It is the only reader that sends images elsewhere."""

import base64
from typing import Any, Dict, List, Optional

import cv2
import numpy as np

from ocr_app.core.errors import DeviceUnavailable, PrecisionUnavailable, ReaderFailed, ReaderUnavailable, UsageError
from ocr_app.core.types import Image, Quad, ReaderInfo, TextLine
from ocr_app.imaging.geometry import image_quad
from ocr_app.imaging.reading_order import reading_order
from ocr_app.readers.contract import Probe, Reader, ReaderOptions, Timer
from ocr_app.readers.gvision.client import VisionClient, endpoint, read_key

FEATURES = {"text": "TEXT_DETECTION", "document": "DOCUMENT_TEXT_DETECTION"}
DEFAULT = "text"
TIMEOUT_S = 30.0
_SPACES = ("SPACE", "SURE_SPACE")
_LINE_ENDS = ("EOL_SURE_SPACE", "LINE_BREAK", "HYPHEN")


def probe() -> Probe:
    """Whether there is a key and the endpoint may be used. Does not connect. Never raises."""
    models = tuple(sorted(FEATURES))
    try:
        read_key()
        endpoint()
    except (ReaderUnavailable, UsageError) as error:
        return Probe((), (), (), models, error.found, error.next_step)
    return Probe((("Cloud Vision REST", "v1"),), ("cpu",), ("fp32",), models)


def open_reader(options: ReaderOptions, timeout_s: float = TIMEOUT_S) -> "GVisionReader":
    """Does not connect yet. Raises ReaderUnavailable, UsageError, DeviceUnavailable or PrecisionUnavailable."""
    model = options.model or DEFAULT
    if model not in FEATURES:
        raise UsageError("unknown gvision model: {}".format(model), ", ".join(sorted(FEATURES)))
    if options.device != "cpu":
        found = "gvision runs on Google's machines, not on {}".format(options.device)
        raise DeviceUnavailable(found, "cpu", "--device cpu")
    if options.precision != "fp32":
        raise PrecisionUnavailable("gvision's precision cannot be chosen: {}".format(options.precision), "fp32")
    service = VisionClient(endpoint(), read_key(), timeout_s)
    engine = "Google Cloud Vision, {}, at {}".format(FEATURES[model], service.host)
    return GVisionReader(service, FEATURES[model], ReaderInfo("gvision:" + model, engine, "remote", "remote"))


class GVisionReader(Reader):
    """One request per image. All of its time, including the network, is "recognise"."""

    def __init__(self, service: VisionClient, feature: str, info: ReaderInfo) -> None:
        self._service = service
        self._feature = feature
        self.info = info

    def read(self, image: Image, timer: Optional[Timer] = None) -> List[TextLine]:
        timer = timer or Timer()
        with timer.phase("preprocess"):
            body = request_body(image, self._feature)
        with timer.phase("recognise"):
            answer = self._service.post(body)
        lines = lines_of(answer)
        return [lines[i] for i in reading_order([line.quad for line in lines])]

    def read_line(self, image: Image, timer: Optional[Timer] = None) -> List[TextLine]:
        """Google's service always detects; everything that it finds in the crop is taken as one line."""
        lines = self.read(image, timer)
        text = " ".join(line.text for line in lines)
        confidence = min([line.confidence for line in lines] or [0.0])
        return [TextLine(text, image_quad(image), confidence)] if text else []


def request_body(image: Image, feature: str) -> Dict[str, Any]:
    """The body of an images:annotate request with the image as PNG."""
    done, png = cv2.imencode(".png", image)
    if not done:
        raise ReaderFailed("the image cannot be written as PNG")
    content = base64.b64encode(png.tobytes()).decode("ascii")
    return {"requests": [{"image": {"content": content}, "features": [{"type": feature}]}]}


def lines_of(answer: Dict[str, Any]) -> List[TextLine]:
    """The lines of an images:annotate response: of its full text if it has one, otherwise of its text annotations.

    Raises ReaderFailed "remote" for an error that Google reports for this image, "garbage" for another structure.
    """
    try:
        response = answer["responses"][0]
        if "error" in response:
            raise _reported(response["error"])
        if "fullTextAnnotation" in response:
            return _full_text(response["fullTextAnnotation"])
        return _annotations(response.get("textAnnotations", []))
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        detail = "{}: {}".format(type(error).__name__, error)
        raise ReaderFailed(
            "Google's answer has an undocumented structure ({})".format(detail), code="garbage"
        ) from None


def _reported(error: Dict[str, Any]) -> ReaderFailed:
    found = "Google could not read the image: {} (code {})".format(error.get("message", ""), error.get("code", "?"))
    return ReaderFailed(found, next_step="check the image", code="remote")


def _full_text(annotation: Dict[str, Any]) -> List[TextLine]:
    """A line ends at the breaks that its symbols have, and at the end of a paragraph."""
    blocks = [block for page in annotation.get("pages", []) for block in page.get("blocks", [])]
    lines: List[TextLine] = []
    for paragraph in (paragraph for block in blocks for paragraph in block.get("paragraphs", [])):
        line = _Line()
        for word in paragraph.get("words", []):
            if line.add(word):
                lines += line.finished()
                line = _Line()
        lines += line.finished()
    return lines


class _Line:
    """The words up to a break."""

    def __init__(self) -> None:
        self._text = ""
        self._corners: List[Quad] = []
        self._confidences: List[float] = []

    def add(self, word: Dict[str, Any]) -> bool:
        """Adds a word. Returns True if the line ends after it."""
        self._corners.append(_quad(word.get("boundingBox", {})))
        self._confidences.append(float(word.get("confidence", 0.0)))
        kind = ""
        for symbol in word.get("symbols", []):
            kind = symbol.get("property", {}).get("detectedBreak", {}).get("type", "")
            self._text += symbol.get("text", "") + (" " if kind in _SPACES else "")
        return kind in _LINE_ENDS

    def finished(self) -> List[TextLine]:
        """The line, if it is not empty. Its confidence is 0 if Google gives none."""
        text = self._text.strip()
        if not text:
            return []
        confidence = min(1.0, max(0.0, sum(self._confidences) / len(self._confidences)))
        return [TextLine(text, _enclosing(self._corners), confidence)]


def _annotations(annotations: List[Dict[str, Any]]) -> List[TextLine]:
    """The first annotation is the whole text with its line ends; the others are its words in the same order."""
    if not annotations:
        return []
    words = annotations[1:]
    lines = []
    for text in annotations[0].get("description", "").split("\n"):
        taken, words = words[: len(text.split())], words[len(text.split()) :]
        boxes = [_quad(item.get("boundingPoly", {})) for item in taken or annotations[:1]]
        lines += [TextLine(text.strip(), _enclosing(boxes), 0.0)] if text.strip() else []
    return lines


def _quad(poly: Dict[str, Any]) -> Quad:
    """The corners of a bounding box. Google's JSON leaves out coordinates that are 0."""
    corners = [(vertex.get("x", 0), vertex.get("y", 0)) for vertex in poly.get("vertices", [])]
    if len(corners) != 4:
        raise ValueError("a box with {} corners".format(len(corners)))
    return np.array(corners, np.float32)


def _enclosing(quads: List[Quad]) -> Quad:
    """The quad from the left side of the first word to the right side of the last word."""
    first, last = quads[0], quads[-1]
    return np.array([first[0], last[1], last[2], first[3]], np.float32)
