"""What has to hold between settings; each alone is checked where it is read."""

import importlib.util

import attr

from ocr_app import recipes
from ocr_app.core.errors import UsageError
from ocr_app.engines.targets import target
from ocr_app.line.settings.reading import ENGINE_OF_IMAGE, RecipeSettings
from ocr_app.line.settings.service import ServiceSettings
from ocr_app.readers.registry import parse_name


def resolve_engine(settings: ServiceSettings, engine_of_image: str) -> ServiceSettings:
    """The settings with a definite kind of engine."""
    if settings.reader.engine != ENGINE_OF_IMAGE:
        return settings
    return attr.evolve(settings, reader=attr.evolve(settings.reader, engine=engine_of_image))


def check(settings: ServiceSettings) -> None:
    """Everything that can be checked without a reader. Raises UsageError, RecipeError."""
    parse_name(settings.reader.name)
    check_recipe(settings.recipe)
    if bool(settings.folder.watch) != bool(settings.output.results):
        found = "only one of folder.watch (--watch) and output.results (--results) is set"
        raise UsageError(found, "both or neither", "--watch DIR --results DIR")
    if settings.reader.build_engines:
        check_building(settings.reader.engine)


def check_building(engine: str) -> None:
    """A build is compared with what the model itself reads by ONNX Runtime, which therefore has to be installed."""
    if engine == "none":
        found = "reader.build_engines (--build-engines) without engines"
        raise UsageError(found, "--engine " + " or ".join(target.TARGETS))
    if importlib.util.find_spec("onnxruntime") is None:
        found = "reader.build_engines (--build-engines) where ONNX Runtime, which checks a build, is not installed"
        raise UsageError(found, "engines that were built before", "./inv build-engines")


def check_recipe(settings: RecipeSettings) -> None:
    """Expected values and a deadline need a recipe, and name fields of it. Raises UsageError, RecipeError."""
    if not settings.file:
        if settings.expected or settings.expected_file or settings.deadline_ms:
            raise UsageError("--expect, --expect-file or --deadline-ms without a recipe", "--recipe FILE")
        return
    names = sorted({field.name for field in recipes.load(settings.file).fields if field.name})
    for name in settings.expected:
        if name not in names:
            raise UsageError("the recipe has no field {!r}".format(name), ", ".join(names) or "no field has a name")
