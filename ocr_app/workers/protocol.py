"""The messages between a reader's process and its caller: one JSON object per line.

Pure functions, without input or output. Everything that is decoded here comes from another process, so everything is
checked: an invalid message raises ReaderFailed "garbage". See docs/reference/worker-protocol.md.
"""

import base64
import binascii
import json
import math
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

import numpy as np

from ocr_app.core.errors import OcrError, ReaderFailed, from_json
from ocr_app.core.types import Image, Opinion, ReaderInfo, TextLine
from ocr_app.readers.contract import Probe, ReaderOptions

PROTOCOL = "nano-ocr/worker/1"
HELLO_ID = 0
MOST_QUOTED = 200

Message = Dict[str, Any]


class WorkerHello(NamedTuple):
    """The greeting of a child: the protocol that it speaks, and the version of its Python."""

    protocol: str
    python: str


class WorkerAnswer(NamedTuple):
    """The lines of one image, the milliseconds per phase, and the notes of the reader ("too-many-lines")."""

    lines: List[TextLine]
    timing_ms: Dict[str, float]
    notes: Tuple[str, ...] = ()


def garbage(message: str) -> ReaderFailed:
    """The error for anything that does not conform to the protocol."""
    return ReaderFailed(
        "the reader's process sent an invalid message: " + message, "a message of " + PROTOCOL, code="garbage"
    )


def encode_message(message: Message) -> bytes:
    """One line of ASCII that ends in a newline. Raises ValueError for NaN and infinities."""
    return json.dumps(message, separators=(",", ":"), allow_nan=False).encode("ascii") + b"\n"


def decode_message(line: bytes) -> Message:
    """The inverse of :func:`encode_message`. Raises ReaderFailed "garbage"."""
    try:
        message = json.loads(line.decode("ascii"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise garbage(repr(line[:MOST_QUOTED])) from None
    if not isinstance(message, dict) or not _is_id(message.get("id")):
        raise garbage(repr(line[:MOST_QUOTED]))
    return message


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _is_id(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def request(number: int, verb: str, **fields: Any) -> Message:
    """A request: ``verb`` is open, read, read_line, probe or close."""
    return dict(fields, id=number, verb=verb)


def reply(number: int, result: Any) -> Message:
    """The answer to request ``number``."""
    return {"id": number, "result": result}


def failure(number: int, error: OcrError) -> Message:
    """The answer to request ``number`` when it failed."""
    return {"id": number, "error": error.to_json()}


def outcome_of(message: Message, number: int) -> Tuple[Any, Optional[OcrError]]:
    """The result of request ``number`` and None, or None and the reported error.

    Raises ReaderFailed "garbage" for an answer to another request, and for one with neither result nor error.
    """
    if message["id"] != number:
        raise garbage("an answer to request {} instead of request {}".format(message["id"], number))
    if isinstance(message.get("error"), dict):
        return None, from_json({str(key): str(value) for key, value in message["error"].items()})
    if "result" not in message:
        raise garbage("neither result nor error in the answer to request {}".format(number))
    return message["result"], None


def encode_hello(hello: WorkerHello) -> Message:
    """The greeting: an answer to request 0, which is never sent."""
    return reply(HELLO_ID, {"protocol": hello.protocol, "python": hello.python})


def decode_hello(message: Message) -> WorkerHello:
    """The inverse of :func:`encode_hello`.

    Raises ReaderFailed "garbage", or "protocol" if the two processes have different versions.
    """
    result, _ = outcome_of(message, HELLO_ID)
    record = _record(result, "greeting")
    hello = WorkerHello(_text(record, "protocol"), _text(record, "python"))
    if hello.protocol != PROTOCOL:
        next_step = "use one copy of ocr_app for both processes"
        raise ReaderFailed("the reader's process speaks " + hello.protocol, PROTOCOL, next_step, code="protocol")
    return hello


def encode_image(image: Image) -> Message:
    """The raw pixels in base64, with shape and dtype; nothing is lost."""
    data = base64.b64encode(np.ascontiguousarray(image).tobytes()).decode("ascii")
    return {"shape": list(image.shape), "dtype": str(image.dtype), "data": data}


def decode_image(record: Any) -> Image:
    """The inverse of :func:`encode_image`; the array is a copy. Raises ReaderFailed "garbage"."""
    record = _record(record, "image")
    shape = record.get("shape")
    if record.get("dtype") != "uint8" or not _is_shape(shape):
        raise garbage("image of shape {!r}, dtype {!r}".format(shape, record.get("dtype")))
    try:
        data = base64.b64decode(_text(record, "data"), validate=True)
        return np.frombuffer(data, np.uint8).reshape(shape).copy()
    except (ValueError, binascii.Error) as error:
        raise garbage("image data: {}".format(error)) from None


def _is_shape(shape: Any) -> bool:
    sides = isinstance(shape, list) and all(_is_id(side) and side > 0 for side in shape)
    return sides and (len(shape) == 2 or (len(shape) == 3 and shape[2] == 3))


def encode_options(options: ReaderOptions) -> Message:
    """The JSON form of the options."""
    return dict(options._asdict())


def decode_options(record: Any) -> ReaderOptions:
    """The inverse of :func:`encode_options`. Raises ReaderFailed "garbage"."""
    record = _record(record, "options")
    threads = record.get("threads")
    if not _is_id(threads) or threads < 1:
        raise garbage("threads: {!r}".format(threads))
    budget = None if record.get("budget_ms") is None else _number(record, "budget_ms")
    return ReaderOptions(
        _text(record, "device"), _text(record, "precision"), threads, _text_or_none(record, "model"), budget
    )


def encode_info(info: ReaderInfo) -> Message:
    """The JSON form of a reader's description."""
    return dict(info._asdict())


def decode_info(record: Any) -> ReaderInfo:
    """The inverse of :func:`encode_info`. Raises ReaderFailed "garbage"."""
    record = _record(record, "info")
    return ReaderInfo(*[_text(record, name) for name in ReaderInfo._fields])


def encode_answer(answer: WorkerAnswer) -> Message:
    """The JSON form of an answer. Coordinates and confidences keep every bit. Raises ValueError for NaN."""
    lines = [_encode_line(line) for line in answer.lines]
    timing = {name: float(ms) for name, ms in answer.timing_ms.items()}
    return {"lines": lines, "timing_ms": timing, "notes": list(answer.notes)}


def _encode_line(line: TextLine) -> Message:
    quad = np.asarray(line.quad, np.float32).tolist()
    record: Message = {"text": line.text, "quad": quad, "confidence": float(line.confidence)}
    if line.member:
        others = [dict(opinion._asdict(), confidence=float(opinion.confidence)) for opinion in line.others]
        record.update(member=line.member, agreed=list(line.agreed), others=others)
    return record


def decode_answer(record: Any) -> WorkerAnswer:
    """The inverse of :func:`encode_answer`. Raises ReaderFailed "garbage"."""
    record = _record(record, "answer")
    lines, timing = record.get("lines"), _record(record.get("timing_ms"), "timing")
    if not isinstance(lines, list):
        raise garbage("lines: {!r}".format(lines)[:MOST_QUOTED])
    notes = _texts(record, "notes") if "notes" in record else ()
    return WorkerAnswer([_decode_line(line) for line in lines], {name: _number(timing, name) for name in timing}, notes)


def _decode_line(record: Any) -> TextLine:
    record = _record(record, "line")
    corners = record.get("quad")
    if not (isinstance(corners, list) and len(corners) == 4 and all(_is_point(corner) for corner in corners)):
        raise garbage("quad: {!r}".format(corners)[:MOST_QUOTED])
    line = TextLine(_text(record, "text"), np.array(corners, np.float32), _confidence(record))
    if "member" not in record:
        return line
    others = record.get("others")
    if not isinstance(others, list):
        raise garbage("others: {!r}".format(others)[:MOST_QUOTED])
    opinions = tuple(_decode_opinion(opinion) for opinion in others)
    return line._replace(member=_text(record, "member"), agreed=_texts(record, "agreed"), others=opinions)


def _decode_opinion(record: Any) -> Opinion:
    record = _record(record, "opinion")
    return Opinion(_text(record, "member"), _text(record, "text"), _confidence(record))


def _confidence(record: Message) -> float:
    confidence = _number(record, "confidence")
    if not 0.0 <= confidence <= 1.0:
        raise garbage("confidence: {!r}".format(confidence))
    return confidence


def _is_point(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(_is_finite(number) for number in value)


def encode_probe(probe: Probe) -> Message:
    """The JSON form of a probe."""
    return dict(probe._asdict())


def decode_probe(record: Any) -> Probe:
    """The inverse of :func:`encode_probe`. Raises ReaderFailed "garbage"."""
    record = _record(record, "probe")
    versions = record.get("versions")
    if not isinstance(versions, (list, tuple)) or not all(_is_text_pair(pair) for pair in versions):
        raise garbage("versions: {!r}".format(versions)[:MOST_QUOTED])
    names = [_texts(record, key) for key in ("devices", "precisions", "models")]
    pairs = tuple((name, version) for name, version in versions)
    return Probe(pairs, names[0], names[1], names[2], _text_or_none(record, "problem"), _text(record, "next_step"))


def _is_text_pair(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and len(value) == 2 and all(isinstance(part, str) for part in value)


def _record(value: Any, name: str) -> Message:
    if not isinstance(value, dict):
        raise garbage("{}: {!r}".format(name, value)[:MOST_QUOTED])
    return value


def _text(record: Message, key: str) -> str:
    value = record.get(key)
    if not isinstance(value, str):
        raise garbage("{}: {!r}".format(key, value)[:MOST_QUOTED])
    return value


def _text_or_none(record: Message, key: str) -> Optional[str]:
    return None if record.get(key) is None else _text(record, key)


def _texts(record: Message, key: str) -> Tuple[str, ...]:
    value = record.get(key)
    if not isinstance(value, (list, tuple)) or not all(isinstance(part, str) for part in value):
        raise garbage("{}: {!r}".format(key, value)[:MOST_QUOTED])
    return tuple(value)


def _number(record: Message, key: str) -> float:
    value: Any = record.get(key)
    if not _is_finite(value):
        raise garbage("{}: {!r}".format(key, value)[:MOST_QUOTED])
    return float(value)


def _is_finite(value: Any) -> bool:
    return (
        isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e30 and math.isfinite(value)
    )
