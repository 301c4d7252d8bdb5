"""All readers by name. The module of a reader is imported only when the reader is requested."""

import importlib
from typing import Any, NamedTuple, Optional, Tuple

from ocr_app.core.errors import UsageError


class ReaderSpec(NamedTuple):
    """What is known about a reader without importing it.

    ``module`` has ``probe() -> Probe`` and ``open_reader(options) -> Reader``. ``environments``: the environments of
    ``requirements/`` that contain its libraries, the preferred one first; empty if the libraries of the application are
    enough. ``measured``: whether its results are part of the published comparison.
    """

    name: str
    module: str
    environments: Tuple[str, ...]
    summary: str
    measured: bool = True


READERS = (
    ReaderSpec(
        "codes", "ocr_app.readers.team.reader", (), "a team of small networks for printed product codes, ours first"
    ),
    ReaderSpec("ppocr", "ocr_app.readers.ppocr.reader", (), "PP-OCR detection and recognition through ONNX Runtime"),
    ReaderSpec(
        "easyocr", "ocr_app.readers.easyocr.reader", ("py36-easyocr", "server"), "EasyOCR: CRAFT and english_g2"
    ),
    ReaderSpec("paddleocr", "ocr_app.readers.paddleocr.reader", ("py37-paddle",), "PaddleOCR on PaddlePaddle"),
    ReaderSpec("tesseract", "ocr_app.readers.tesseract", (), "Tesseract: the classical baseline"),
    ReaderSpec(
        "rapidocr", "ocr_app.readers.rapidocr", ("rapidocr",), "RapidOCR as its authors ship it, for comparison"
    ),
    ReaderSpec("trocr", "ocr_app.readers.trocr", ("server",), "TrOCR from a local folder (unmeasured here)", False),
    ReaderSpec("gvision", "ocr_app.readers.gvision.reader", (), "Google Cloud Vision (unmeasured here)", False),
)

DEFAULT_READER = "codes"


class ReaderName(NamedTuple):
    """The name of a reader as on the command line: ``name[:model][@environment]``."""

    name: str
    model: Optional[str]
    environment: Optional[str]

    def __str__(self) -> str:
        model = ":" + self.model if self.model else ""
        environment = "@" + self.environment if self.environment else ""
        return self.name + model + environment


def parse_name(text: str) -> ReaderName:
    """Parses ``name[:model][@environment]``. Raises UsageError, which lists the known readers."""
    rest, _, environment = text.partition("@")
    name, _, model = rest.partition(":")
    spec(name)
    return ReaderName(name, model or None, environment or None)


def with_team(name: ReaderName, team: Optional[str]) -> ReaderName:
    """The reader `codes` with that team; without a team, the name as it is. Raises UsageError for another reader."""
    if team is None:
        return name
    if name.name != DEFAULT_READER or name.model not in (None, team):
        raise UsageError("a team is a setting of the reader codes, not of {}".format(name), "--reader codes")
    return name._replace(model=team)


def spec(name: str) -> ReaderSpec:
    """The reader with this name. Raises UsageError, which lists the known readers."""
    for candidate in READERS:
        if candidate.name == name:
            return candidate
    known = ", ".join(candidate.name for candidate in READERS)
    raise UsageError("unknown reader: {!r}".format(name), known, "ocr-app readers")


def module_of(reader: ReaderSpec) -> Any:
    """Imports the module of a reader. Modules import heavy libraries only when a reader is opened."""
    return importlib.import_module(reader.module)
