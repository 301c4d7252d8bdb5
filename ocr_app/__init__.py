"""Reads printed product codes, on a Jetson Nano and on any other computer.

As a library::

    import ocr_app

    with ocr_app.open(recipe="recipes/thesis.yaml") as reader:
        result = reader.read("photo.jpg")
        print(result.text, result.verdict, result.reasons)

docs/reference/library.md says what programs may rely on. Inside, an import only points down the floors that
docs/explanation/architecture.md draws. Everything in this package is Python 3.6 syntax, because the Nano's TensorRT
binding exists for 3.6 only.
"""

from typing import TYPE_CHECKING, Any

from ocr_app.core.version import VERSION

if TYPE_CHECKING:  # at run time the command line, for instance, must not load what it does not use
    from ocr_app.opening.library import OpenReader

__all__ = ["__version__", "open"]
__version__ = VERSION


def open(reader: str = "codes", **options: Any) -> "OpenReader":  # noqa: A001
    """Opens a reader: ``name[:model][@environment]``, see ``ocr-app readers``.

    ``recipe``: path of a YAML file, or a loaded recipe, to decode and judge under. ``engine``: "none" (the reader's
    own networks), "onnxruntime" or "tensorrt". ``device``: "cpu" or "cuda". ``precision``: "fp32", "fp16" or
    "fp16-simulated". ``threads``: CPU threads of one inference.

    Whatever cannot be had is an error (a subclass of ``ocr_app.core.errors.OcrError``), never something else:
    UsageError, RecipeError, ReaderUnavailable, DeviceUnavailable, PrecisionUnavailable, ModelError, EngineError.
    """
    from ocr_app.opening import library

    return library.open_library(reader, **options)
