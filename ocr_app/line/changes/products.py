"""The products that can be chosen: the recipe of the settings, those of a folder, and those that were taught here."""

import os
import re
from typing import Dict, List, NamedTuple

from ocr_app.core.errors import OcrError, RecipeError, UsageError
from ocr_app.core.files import write_error, write_whole
from ocr_app.line.reading.setup import LineSetup, setup_of
from ocr_app.line.settings.checks import check_witnesses
from ocr_app.line.settings.service import ServiceSettings
from ocr_app.readers.registry import parse_name, with_team

TAUGHT = "recipes"
"""The folder of approved recipes that were taught on the page, below that of the journal."""
SUFFIX = ".yaml"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,59}\Z")
_MOST_BYTES = 1 << 20


class ProductRow(NamedTuple):
    """A product for a list; ``problem`` says why it cannot be chosen, and is empty where it can."""

    name: str
    recipe: str
    fields: List[str]
    problem: str


class ProductShelf:
    """For use by several threads. A product is named like the file of its recipe, without the ``.yaml``."""

    def __init__(self, settings: ServiceSettings) -> None:
        self._settings = settings
        self._reader = with_team(parse_name(settings.reader.name), settings.reader.team)
        self.taught = os.path.join(settings.journal.folder, TAUGHT)

    @property
    def own(self) -> str:
        """The product of the settings file."""
        return _stem(self._settings.recipe.file)

    def paths(self) -> Dict[str, str]:
        """The file of each product. Where two have one name, the settings come first, and then their folder."""
        found: Dict[str, str] = {}
        for folder in (self.taught, self._settings.recipe.folder):
            names = sorted(os.listdir(folder)) if folder and os.path.isdir(folder) else []
            found.update({_stem(name): os.path.join(folder, name) for name in names if name.endswith(SUFFIX)})
        found[self.own] = self._settings.recipe.file
        return {name: path for name, path in sorted(found.items()) if NAME.match(name) or name == self.own}

    def rows(self) -> List[ProductRow]:
        """All products by name."""
        return [self._row(name) for name in self.paths()]

    def _row(self, name: str) -> ProductRow:
        try:
            setup = self.load(name)
        except OcrError as error:
            return ProductRow(name, "", [], error.found)
        return ProductRow(name, setup.recipe, list(setup.fields), "")

    def load(self, name: str) -> LineSetup:
        """A product as its file is now, without expected values and regions.

        Raises UsageError for one that does not exist, or asks for more networks than the reader has; RecipeError.
        """
        paths = self.paths()
        if name not in paths:
            raise UsageError("there is no product {!r}".format(name[:60]), ", ".join(paths))
        try:
            with open(paths[name], "rb") as stream:
                data = stream.read(_MOST_BYTES)
        except OSError as error:
            raise RecipeError("{}: {}".format(paths[name], error.strerror), "a recipe that can be read") from error
        return self.check(name, data)

    def check(self, name: str, data: bytes) -> LineSetup:
        """The setup of a recipe's bytes. Raises RecipeError, UsageError as ``load`` does."""
        from ocr_app import recipes

        setup = setup_of(name, data, name + SUFFIX, {}, ())
        check_witnesses(self._reader, recipes.loads(setup.text, name + SUFFIX))
        return setup

    def add(self, name: str, text: str) -> LineSetup:
        """Keeps an approved recipe as a new product. Raises UsageError for a name that is taken or none; BuildError."""
        self.check_name(name)
        setup = self.check(name, text.encode("utf-8"))
        try:
            os.makedirs(self.taught, exist_ok=True)
        except OSError as error:
            raise write_error(self.taught, error) from error
        write_whole(os.path.join(self.taught, name + SUFFIX), text.encode("utf-8"))
        return setup

    def check_name(self, name: str) -> None:
        """Raises UsageError for a name that is taken, or no name."""
        if not NAME.match(name):
            raise UsageError("{!r} is no name of a product".format(name[:60]), "letters, digits, '-', '_' and '.'")
        if name in self.paths():
            raise UsageError("there is a product {} already".format(name), "a new name")


def _stem(path: str) -> str:
    return os.path.splitext(os.path.basename(path))[0]
