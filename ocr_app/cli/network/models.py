"""The model files, and the shapes of their inputs, that the command line names."""

import os
import re
from typing import List, NamedTuple, Optional, Tuple

from ocr_app.core import model_files
from ocr_app.readers import catalogues
from ocr_app.readers.codes import reader as codes
from ocr_app.readers.codes.detector import STRIDE

THREE_LINES = (3, 1, 32, 352)
"""Three lines, the longest 10 times as wide as high, with its margin: about 18 characters."""


class RequestedModel(NamedTuple):
    """A model file and the shape of its input, None where the file fixes it."""

    name: str
    path: str
    shape: Optional[Tuple[int, ...]]


def requested_models(arguments: List[str]) -> List[RequestedModel]:
    """The requested models; without any, our own two, for one frame with three lines. Raises ModelError."""
    if arguments:
        return [_requested(argument) for argument in arguments]
    record = codes.model_record(None)
    side = record["detector"]["side"]  # a camera's frame of 4:3
    shapes = ((1, 1, STRIDE * -(-side * 3 // (4 * STRIDE)), side), THREE_LINES)
    parts = (record["detector"], record["recogniser"])
    return [RequestedModel(part["file"], model_files.packaged(part), shape) for part, shape in zip(parts, shapes)]


def _requested(argument: str) -> RequestedModel:
    match = re.match(r"(.+):(\d+(?:x\d+)+)$", argument)
    name, shape = (match.group(1), _shape(match.group(2))) if match else (argument, None)
    return RequestedModel(os.path.basename(name), _locate(name), shape)


def _shape(text: str) -> Tuple[int, ...]:
    return tuple(int(size) for size in text.split("x"))


def _locate(name: str) -> str:
    if os.path.isfile(name):
        return name
    return catalogues.path_of(catalogues.packaged().get(name, {"file": name}))
