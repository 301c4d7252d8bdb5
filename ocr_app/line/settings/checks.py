"""What has to hold between settings; each alone is checked where it is read."""

import importlib.util

import attr

from ocr_app import recipes
from ocr_app.core.errors import UsageError
from ocr_app.engines.targets import target
from ocr_app.line.settings.live import check_line
from ocr_app.line.settings.reading import ENGINE_OF_IMAGE, RecipeSettings
from ocr_app.line.settings.service import ServiceSettings
from ocr_app.readers.registry import DEFAULT_READER, ReaderName, parse_name, with_team
from ocr_app.readers.team import settings as team_settings


def resolve_engine(settings: ServiceSettings, engine_of_image: str) -> ServiceSettings:
    """The settings with a definite kind of engine."""
    if settings.reader.engine != ENGINE_OF_IMAGE:
        return settings
    return attr.evolve(settings, reader=attr.evolve(settings.reader, engine=engine_of_image))


def check(settings: ServiceSettings) -> None:
    """Everything that can be checked without a reader. Raises UsageError, RecipeError."""
    name = with_team(parse_name(settings.reader.name), settings.reader.team)
    check_recipe(settings.recipe)
    if settings.recipe.file:
        check_witnesses(name, recipes.load(settings.recipe.file))
    if bool(settings.folder.watch) != bool(settings.output.results):
        found = "only one of folder.watch (--watch) and output.results (--results) is set"
        raise UsageError(found, "both or neither", "--watch DIR --results DIR")
    if settings.reader.build_engines:
        check_building(settings.reader.engine)
    check_line(settings)


def check_witnesses(reader: ReaderName, recipe: recipes.Recipe) -> None:
    """Raises UsageError for a recipe that asks for more independent networks than the reader has: nothing could pass.

    The opened reader is asked again; this tells it before anything is loaded.
    """
    is_team = reader.name == DEFAULT_READER and team_settings.is_team(reader.model)
    networks = len(team_settings.team(reader.model).members) if is_team else 1
    if networks < recipe.witnesses:
        found = "the recipe {} asks for {} independent networks, the reader {} has {}"
        found = found.format(recipe.name, recipe.witnesses, reader, networks)
        raise UsageError(found, "a team of several networks, or `witnesses: 1` in the recipe", "--team balanced")


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
