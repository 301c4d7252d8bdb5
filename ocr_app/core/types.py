"""The values that the whole application shares: images, lines, posteriors, and results."""

from typing import Any, Dict, NamedTuple, Optional, Tuple

import numpy as np

from ocr_app.core.names import shown

Image = np.ndarray
"""uint8, ``(H, W, 3)`` BGR or ``(H, W)`` grey."""

Quad = np.ndarray
"""float32, ``(4, 2)``: x, y in pixels of the input, clockwise from top-left along the reading direction."""

RESULT_SCHEMA = "nano-ocr/result/3"
PHASES = ("preprocess", "detect", "recognise", "decode")


class Opinion(NamedTuple):
    """What one member of a team of readers says about a line; ``confidence`` is 0..1."""

    member: str
    text: str
    confidence: float


class TextLine(NamedTuple):
    """One line of text found in an image; ``confidence`` is 0..1.

    A team of readers also says which member read the line, which members agreed, and what the others said.
    """

    text: str
    quad: Quad
    confidence: float
    member: str = ""
    agreed: Tuple[str, ...] = ()
    others: Tuple[Opinion, ...] = ()


class LinePosterior(NamedTuple):
    """The output of a recogniser for one line, before decoding.

    ``log_probs``: float32 ``(T, C)`` natural logarithms, each row a distribution over the classes; class 0 is the CTC
    blank. ``characters[k]`` is the character of class k, ``characters[0]`` the empty string. ``score``: how sure the
    detector is of the place, 0..1. ``sure``: False for a place that may hold text but does not count as a line: it is
    never a code by itself, but a part of one that it continues, and text next to a code that may not vanish in silence.
    ``T`` may be 0 for such a place, which was not recognised then. ``member``: the member of a team of readers whose
    posterior this is. ``others``: the posteriors of other members for the same place, whose characters may differ.
    ``code``: how likely the detector takes the place for code rather than for other text, 0..1; 1 where it cannot tell.
    """

    quad: Quad
    log_probs: np.ndarray
    characters: Tuple[str, ...]
    score: float = 1.0
    sure: bool = True
    member: str = ""
    others: Tuple[Any, ...] = ()
    code: float = 1.0


class ReaderInfo(NamedTuple):
    """Which reader produced a result, and what it ran on.

    ``engine`` names the library, version and model, and the environment if it is not that of the caller
    ("EasyOCR 1.6.2, torch 1.10.1 [py36-easyocr, Python 3.6.15]").
    """

    reader: str
    engine: str
    device: str
    precision: str


class Reading(NamedTuple):
    """The result of one image.

    ``verdict`` is "read", "no-read" or "error"; under a recipe it is "pass", "fail", "no-read", "hold" or "error".
    ``code`` is the result of decoding under a recipe in JSON form, or None. See data/result.schema.json.
    """

    image: str
    lines: Tuple[TextLine, ...]
    verdict: str
    reasons: Tuple[str, ...]
    timing_ms: Dict[str, float]
    info: ReaderInfo
    error: Optional[Dict[str, Any]] = None
    code: Optional[Dict[str, Any]] = None

    @property
    def text(self) -> str:
        """The texts of the lines in reading order, joined by one space."""
        return join_lines(self.lines)


def join_lines(lines: Any, separator: str = " ") -> str:
    """The texts of ``lines`` (an iterable of TextLine) in their order; empty texts are left out."""
    return separator.join(line.text for line in lines if line.text)


def line_to_json(line: TextLine) -> Dict[str, Any]:
    """The JSON form of a line. Coordinates are rounded to one hundredth of a pixel."""
    quad = [[round(float(x), 2), round(float(y), 2)] for x, y in line.quad]
    record: Dict[str, Any] = {"text": line.text, "quad": quad, "confidence": round(float(line.confidence), 4)}
    if line.member:
        others = [dict(opinion._asdict(), confidence=round(float(opinion.confidence), 4)) for opinion in line.others]
        record.update(member=line.member, agreed=list(line.agreed), others=others)
    return record


def line_from_json(record: Dict[str, Any]) -> TextLine:
    """The inverse of :func:`line_to_json`."""
    quad = np.array(record["quad"], np.float32).reshape(4, 2)
    others = tuple(Opinion(**opinion) for opinion in record.get("others", ()))
    agreed = tuple(record.get("agreed", ()))
    return TextLine(str(record["text"]), quad, float(record["confidence"]), record.get("member", ""), agreed, others)


def reading_to_json(reading: Reading) -> Dict[str, Any]:
    """The JSON form of a result (schema ``nano-ocr/result/3``). File names are text in it, as names.shown gives it."""
    record: Dict[str, Any] = {
        "schema": RESULT_SCHEMA,
        "image": shown(reading.image),
        "text": reading.text,
        "lines": [line_to_json(line) for line in reading.lines],
        "verdict": reading.verdict,
        "reasons": list(reading.reasons),
        "timing_ms": {name: round(ms, 3) for name, ms in sorted(reading.timing_ms.items())},
        "reader": reading.info.reader,
        "engine": reading.info.engine,
        "device": reading.info.device,
        "precision": reading.info.precision,
    }
    if reading.error is not None:
        record["error"] = {key: shown(value) for key, value in reading.error.items()}
    if reading.code is not None:
        record["code"] = reading.code
    return record
