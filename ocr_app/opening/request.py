"""Opens a reader from one request, as every command, the service and the benchmark do."""

from typing import NamedTuple, Optional

from ocr_app.core.errors import OcrError, ReaderUnavailable, UsageError
from ocr_app.opening.engine_kinds import ENGINES, NO_ENGINE
from ocr_app.opening.named import open_named
from ocr_app.readers.contract import Reader, ReaderOptions
from ocr_app.readers.registry import DEFAULT_READER, ReaderName, parse_name
from ocr_app.recipes import Recipe
from ocr_app.workers.remote import TIMEOUT_S


class ReaderRequest(NamedTuple):
    """A request for a reader. What is not available is an error; nothing takes its place.

    ``name``: reader, model and environment. ``engine``: one of ENGINES: the reader's own networks ("none"), or cached
    engines of a target in ``precision``. ``device``: "cpu" or "cuda"; engines run on the device of their target.
    ``threads``: CPU threads of one inference. ``recipe``: a recipe under which the reader must be able to decode.
    ``timeout_s``: the time limit for one answer of a reader in another environment. ``budget_ms``: what the reader
    `codes` may spend on one frame before it stops asking further members; None for no limit.
    """

    name: ReaderName = parse_name(DEFAULT_READER)
    engine: str = NO_ENGINE
    device: str = "cpu"
    precision: str = "fp32"
    threads: int = 2
    recipe: Optional[Recipe] = None
    timeout_s: float = TIMEOUT_S
    budget_ms: Optional[float] = None

    @property
    def options(self) -> ReaderOptions:
        """The options of the reader itself."""
        return ReaderOptions(self.device, self.precision, self.threads, self.name.model, self.budget_ms)


def open_reader(request: ReaderRequest) -> Reader:
    """Opens the reader.

    Raises UsageError, ReaderUnavailable (also if there is a recipe and the reader gives only texts),
    DeviceUnavailable, PrecisionUnavailable, ModelError, EngineError.
    """
    if request.engine not in ENGINES:
        raise UsageError("unknown engine: {!r}".format(request.engine), ", ".join(ENGINES))
    reader = open_named(request.name, request.options, request.timeout_s, request.engine)
    try:
        if request.recipe is not None:
            check_posteriors(reader)
            check_witnesses(reader, request.recipe)
    except OcrError:
        reader.close()
        raise
    return reader


def check_posteriors(reader: Reader) -> None:
    """Raises ReaderUnavailable for a reader that gives only texts, which cannot be decoded under a recipe."""
    try:
        reader.line_posteriors([])
    except UsageError as error:
        raise ReaderUnavailable(error.found, error.expected, error.next_step) from error


def check_witnesses(reader: Reader, recipe: Recipe) -> None:
    """Raises ReaderUnavailable for a reader with fewer independent networks than the recipe asks for.

    No code could pass with it.
    """
    if len(reader.members()) < recipe.witnesses:
        found = "the recipe {} asks for {} independent networks, the reader {} has {}".format(
            recipe.name, recipe.witnesses, reader.info.reader, len(reader.members())
        )
        expected = "a team of several networks (--team balanced), or `witnesses: 1` in the recipe"
        raise ReaderUnavailable(found, expected, "--team balanced")
