"""``ocr_app.open``: the application as a library. docs/reference/library.md lists what programs may rely on."""

import os
from typing import Any, Iterable, Iterator, Mapping, Optional, Sequence, Tuple, Union

import numpy as np

from ocr_app import recipes
from ocr_app.core.errors import UsageError, from_json
from ocr_app.core.types import Image, ReaderInfo, Reading
from ocr_app.imaging.load import DEFAULT_LIMITS, Limits
from ocr_app.opening.engine_kinds import NO_ENGINE
from ocr_app.opening.request import ReaderRequest, check_posteriors, check_witnesses, open_reader
from ocr_app.readers.registry import DEFAULT_READER, parse_name, with_team
from ocr_app.reading.frame import ReadOptions, Region, VerdictRequest, read_file, read_image

Source = Union[str, "os.PathLike[str]", Image]
"""An image: the path of a file, or uint8 pixels, ``(H, W, 3)`` BGR or ``(H, W)`` grey."""
AnyRecipe = Union[str, "os.PathLike[str]", recipes.Recipe]
"""A recipe: the path of its YAML file, or a loaded recipe."""


class OpenReader:
    """An open reader, for programs. Use it as a context manager, or call :meth:`close`.

    Not for use by several threads at once: open one reader per thread.
    """

    def __init__(self, request: ReaderRequest) -> None:
        """Raises what :func:`ocr_app.opening.open_reader` raises."""
        self._recipe = request.recipe
        self._reader = open_reader(request)

    @property
    def info(self) -> ReaderInfo:
        """Which reader this is, and what it runs on: ``reader``, ``engine``, ``device``, ``precision``."""
        return self._reader.info

    def read(
        self,
        image: Source,
        *,
        recipe: Optional[AnyRecipe] = None,
        expected: Optional[Mapping[str, str]] = None,
        layout: str = "page",
        regions: Sequence[Region] = (),
        preprocess: str = "raw",
        trust_clock: bool = False,
        deadline_ms: Optional[float] = None,
    ) -> Reading:
        """Reads one image.

        ``recipe``: decode and judge under this recipe; the default is the recipe that the reader was opened with.
        ``expected``: the texts that named fields of the recipe must have. ``layout``: "page", or "line" for an image
        that is one line of text. ``regions``: x, y, width, height in pixels, one line of text each; nothing is detected
        then. ``preprocess``: "raw", "gray", "clahe" or "otsu". ``trust_clock``: this computer's clock is right, for
        recipes that ask for today's date. ``deadline_ms``: a reading that takes longer fails.

        Raises ImageError for an image that cannot be read, ReaderFailed if the reader fails on it, UsageError for
        options or pixels that make no sense, RecipeError for a recipe that cannot be loaded, and ReaderUnavailable for
        a recipe with a reader that gives only texts. A code that must not pass is a result, not an error.
        """
        options = self._options(recipe, expected, layout, regions, preprocess, trust_clock, deadline_ms)
        reading, _ = self.read_with(image, options)
        if reading.error is not None:
            raise from_json(reading.error)
        return reading

    def read_all(
        self,
        images: Iterable[Source],
        *,
        recipe: Optional[AnyRecipe] = None,
        expected: Optional[Mapping[str, str]] = None,
        layout: str = "page",
        regions: Sequence[Region] = (),
        preprocess: str = "raw",
        trust_clock: bool = False,
        deadline_ms: Optional[float] = None,
    ) -> Iterator[Reading]:
        """Reads images one by one, as the iterator is advanced: one result per image, in order.

        The options are those of :meth:`read`. An image that cannot be read, or on which the reader fails, does not stop
        the others: its result has the verdict "error", and ``error`` says why. Raises the other errors of :meth:`read`.
        """
        options = self._options(recipe, expected, layout, regions, preprocess, trust_clock, deadline_ms)
        return (self.read_with(image, options)[0] for image in images)

    def _options(
        self,
        recipe: Optional[AnyRecipe],
        expected: Optional[Mapping[str, str]],
        layout: str,
        regions: Sequence[Region],
        preprocess: str,
        trust_clock: bool,
        deadline_ms: Optional[float],
    ) -> ReadOptions:
        loaded = self._recipe if recipe is None else self._checked(recipe)
        if loaded is None:
            if expected or trust_clock or deadline_ms is not None:
                raise UsageError("expected, trust_clock and deadline_ms need a recipe", "recipe=...")
            return ReadOptions(layout, preprocess, tuple(regions))
        request = VerdictRequest(loaded, dict(expected or {}), trust_clock, deadline_ms)
        return ReadOptions(layout, preprocess, tuple(regions), request)

    def _checked(self, recipe: AnyRecipe) -> recipes.Recipe:
        check_posteriors(self._reader)
        loaded = load_recipe(recipe)
        check_witnesses(self._reader, loaded)
        return loaded

    def read_with(
        self, image: Source, options: ReadOptions, limits: Limits = DEFAULT_LIMITS
    ) -> Tuple[Reading, Optional[Image]]:
        """The result of one image, and its pixels if they could be loaded. Raises UsageError, as :meth:`read` does."""
        if isinstance(image, np.ndarray):
            return read_image(self._reader, checked_pixels(image), "", options), image
        return read_file(self._reader, os.fspath(image), options, limits)

    def close(self) -> None:
        """Releases what the reader holds. May be called twice."""
        self._reader.close()

    def __enter__(self) -> "OpenReader":
        return self

    def __exit__(self, *exc: Any) -> None:
        self.close()


def checked_pixels(image: Image) -> Image:
    """``image`` itself. Raises UsageError unless it is uint8, ``(H, W, 3)`` or ``(H, W)``, and not empty."""
    is_image = image.ndim == 2 or (image.ndim == 3 and image.shape[2] == 3)
    if image.dtype != np.uint8 or not is_image or not image.size:
        found = "pixels of shape {} and type {}".format(image.shape, image.dtype)
        raise UsageError(found, "uint8, (height, width, 3) BGR or (height, width) grey")
    return image


def load_recipe(recipe: AnyRecipe) -> recipes.Recipe:
    """The recipe, loaded if necessary. Raises RecipeError."""
    return recipe if isinstance(recipe, recipes.Recipe) else recipes.load(os.fspath(recipe))


def open_library(
    reader: str = DEFAULT_READER,
    *,
    recipe: Optional[AnyRecipe] = None,
    engine: str = NO_ENGINE,
    device: str = "cpu",
    precision: str = "fp32",
    threads: int = 2,
    team: Optional[str] = None,
    budget_ms: Optional[float] = None,
) -> OpenReader:
    """See :func:`ocr_app.open`."""
    loaded = None if recipe is None else load_recipe(recipe)
    name = with_team(parse_name(reader), team)
    return OpenReader(ReaderRequest(name, engine, device, precision, threads, loaded, budget_ms=budget_ms))
