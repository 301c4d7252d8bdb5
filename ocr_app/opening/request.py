"""One request, one open reader: the way that every command, the service and the benchmark open theirs."""

from typing import NamedTuple, Optional

from ocr_app.core.errors import OcrError, ReaderUnavailable, UsageError
from ocr_app.opening.engines import ENGINES, NO_ENGINE
from ocr_app.opening.named import open_named
from ocr_app.readers.contract import Reader, ReaderOptions
from ocr_app.readers.registry import DEFAULT_READER, ReaderName, parse_name
from ocr_app.recipes import Recipe
from ocr_app.workers.remote import TIMEOUT_S


class ReaderRequest(NamedTuple):
    """A reader as it is asked for. Whatever cannot be had is an error, never something else.

    ``name``: reader, model and environment. ``engine``: one of ENGINES: the reader's own networks ("none"), or engines
    of a target in ``precision`` from the cache. ``device``: "cpu" or "cuda"; engines run where their target does.
    ``threads``: of the CPU, for one inference. ``recipe``: what the reader must be able to decode under.
    ``timeout_s``: for one answer of a reader in another environment.
    """

    name: ReaderName = parse_name(DEFAULT_READER)
    engine: str = NO_ENGINE
    device: str = "cpu"
    precision: str = "fp32"
    threads: int = 2
    recipe: Optional[Recipe] = None
    timeout_s: float = TIMEOUT_S

    @property
    def options(self) -> ReaderOptions:
        """What the reader itself is asked for."""
        return ReaderOptions(self.device, self.precision, self.threads, self.name.model)


def open_reader(request: ReaderRequest) -> Reader:
    """The open reader.

    Raises UsageError, ReaderUnavailable (also for a reader that gives only texts, where there is a recipe),
    DeviceUnavailable, PrecisionUnavailable, ModelError, EngineError.
    """
    if request.engine not in ENGINES:
        raise UsageError("unknown engine: {!r}".format(request.engine), ", ".join(ENGINES))
    reader = open_named(request.name, request.options, request.timeout_s, request.engine)
    try:
        if request.recipe is not None:
            check_posteriors(reader)
    except OcrError:
        reader.close()
        raise
    return reader


def check_posteriors(reader: Reader) -> None:
    """Raises ReaderUnavailable for a reader that gives only texts, which no recipe can decode."""
    try:
        reader.line_posteriors([])
    except UsageError as error:
        raise ReaderUnavailable(error.found, error.expected, error.next_step) from error
