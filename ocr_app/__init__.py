"""Reads printed product codes, on a Jetson Nano and on any other computer.

As a library::

    import ocr_app

    with ocr_app.open(recipe="recipes/thesis.yaml") as reader:
        result = reader.read("photo.jpg")
        print(result.text, result.verdict, result.reasons)

docs/reference/library.md lists what programs may rely on. Inside, an import only points down the floors that
docs/explanation/architecture.md shows. Everything in this package is Python 3.6 syntax, because the Nano's TensorRT
binding exists for Python 3.6 only.
"""

from typing import TYPE_CHECKING, Optional

from ocr_app.core.version import VERSION

if TYPE_CHECKING:  # the command line, for instance, must not load what it does not use
    from ocr_app.opening.library import AnyRecipe, OpenReader

__all__ = ["__version__", "open"]
__version__ = VERSION


def open(  # noqa: A001
    reader: str = "codes",
    *,
    recipe: "Optional[AnyRecipe]" = None,
    engine: str = "none",
    device: str = "cpu",
    precision: str = "fp32",
    threads: int = 2,
    team: "Optional[str]" = None,
    budget_ms: "Optional[float]" = None,
) -> "OpenReader":
    """Opens a reader: ``name[:model][@environment]``, as ``ocr-app readers`` lists them.

    ``recipe``: the path of a YAML file, or a loaded recipe, to decode and judge every image under. ``engine``: "none"
    (the reader's own networks), "onnxruntime" or "tensorrt". ``device``: "cpu" or "cuda". ``precision``: "fp32", "fp16"
    or "fp16-simulated". ``threads``: CPU threads of one inference. ``team``: "fast", "balanced" or "thorough", which
    networks the reader `codes` may ask; ``budget_ms``: what it may spend on one image before it stops asking.

    What is not available is an error; nothing takes its place. Every error is a subclass of
    ``ocr_app.core.errors.OcrError``: UsageError, RecipeError, ReaderUnavailable, DeviceUnavailable,
    PrecisionUnavailable, ModelError, EngineError.
    """
    from ocr_app.opening import library

    return library.open_library(
        reader,
        recipe=recipe,
        engine=engine,
        device=device,
        precision=precision,
        threads=threads,
        team=team,
        budget_ms=budget_ms,
    )
