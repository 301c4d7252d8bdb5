"""``ocr_app.open``: the application as a library. docs/reference/library.md says what programs may rely on."""

import os
from typing import Any, Dict, Iterable, Iterator, Optional, Sequence, Tuple, Union

import numpy as np

from ocr_app import recipes
from ocr_app.core.errors import from_json
from ocr_app.core.types import Image, ReaderInfo, Reading
from ocr_app.imaging.load import DEFAULT_LIMITS, Limits
from ocr_app.opening.engines import NO_ENGINE
from ocr_app.opening.request import ReaderRequest, check_posteriors, open_reader
from ocr_app.readers.registry import DEFAULT_READER, parse_name
from ocr_app.reading.frame import ReadOptions, Region, VerdictRequest, read_file, read_image

Source = Union[str, "os.PathLike[str]", Image]
"""An image: the path of a file, or uint8 pixels, ``(H, W, 3)`` BGR or ``(H, W)`` grey."""
AnyRecipe = Union[str, "os.PathLike[str]", recipes.Recipe]
"""A recipe: the path of its YAML file, or a recipe that was loaded."""


class OpenReader:
    """A reader that is open, for programs. Use it as a context manager, or call :meth:`close`.

    Not for use by several threads at once; open one reader per thread.
    """

    def __init__(self, request: ReaderRequest) -> None:
        """Raises what :func:`ocr_app.opening.open_reader` raises."""
        self._recipe = request.recipe
        self._reader = open_reader(request)

    @property
    def info(self) -> ReaderInfo:
        """Which reader this is, and on what it runs: ``reader``, ``engine``, ``device``, ``precision``."""
        return self._reader.info

    def read(self, image: Source, **options: Any) -> Reading:
        """What is on one image. ``options`` are those of :meth:`options`.

        Raises ImageError for an image that cannot be read, ReaderFailed for a reader that failed on it, UsageError
        for options without sense. A code that may not pass is a result, not an error.
        """
        reading, _ = self.read_with(image, self.options(**options))
        if reading.error is not None:
            raise from_json(reading.error)
        return reading

    def read_all(self, images: Iterable[Source], **options: Any) -> Iterator[Reading]:
        """One result per image, in order, as they come; an image that cannot be read does not stop the others.

        Its result has the verdict "error", and ``error`` says why. Raises UsageError for options without sense.
        """
        asked = self.options(**options)
        return (self.read_with(image, asked)[0] for image in images)

    def options(
        self,
        recipe: Optional[AnyRecipe] = None,
        expected: Optional[Dict[str, str]] = None,
        layout: str = "page",
        regions: Sequence[Region] = (),
        preprocess: str = "raw",
        trust_clock: bool = False,
        deadline_ms: Optional[float] = None,
    ) -> ReadOptions:
        """What is done with an image.

        ``recipe``: decode and judge under it; the default is the recipe that the reader was opened with, if any.
        ``expected``: what named fields of the recipe have to say. ``layout``: "page", or "line" for an image that is
        one line of text. ``regions``: x, y, width, height in pixels, one line of text each; nothing is detected then.
        ``preprocess``: one of "raw", "gray", "clahe", "otsu". ``trust_clock``: this computer's clock is right, for
        recipes that ask for today's date. ``deadline_ms``: a reading that takes longer fails.

        Raises RecipeError for a recipe that cannot be loaded, ReaderUnavailable where this reader cannot decode under
        a recipe.
        """
        loaded = self._recipe if recipe is None else self._checked(recipe)
        request = None if loaded is None else VerdictRequest(loaded, dict(expected or {}), trust_clock, deadline_ms)
        return ReadOptions(layout, preprocess, tuple(regions), request)

    def _checked(self, recipe: AnyRecipe) -> recipes.Recipe:
        check_posteriors(self._reader)
        return load_recipe(recipe)

    def read_with(
        self, image: Source, options: ReadOptions, limits: Limits = DEFAULT_LIMITS
    ) -> Tuple[Reading, Optional[Image]]:
        """The result of one image, and its pixels where they could be loaded; never raises for the image."""
        if isinstance(image, np.ndarray):
            return read_image(self._reader, image, "", options), image
        return read_file(self._reader, os.fspath(image), options, limits)

    def close(self) -> None:
        """Gives back what the reader holds; may be called twice."""
        self._reader.close()

    def __enter__(self) -> "OpenReader":
        return self

    def __exit__(self, *exc: Any) -> None:
        self.close()


def load_recipe(recipe: AnyRecipe) -> recipes.Recipe:
    """The recipe itself. Raises RecipeError."""
    return recipe if isinstance(recipe, recipes.Recipe) else recipes.load(os.fspath(recipe))


def open_library(
    reader: str = DEFAULT_READER,
    *,
    recipe: Optional[AnyRecipe] = None,
    engine: str = NO_ENGINE,
    device: str = "cpu",
    precision: str = "fp32",
    threads: int = 2,
) -> OpenReader:
    """See :func:`ocr_app.open`."""
    own = None if recipe is None else load_recipe(recipe)
    return OpenReader(ReaderRequest(parse_name(reader), engine, device, precision, threads, own))
