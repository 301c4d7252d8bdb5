"""What pictures are read with: a recipe and this application, or the application and a recipe of a release.

A release is a folder that `./inv replay unpack BUNDLE` made of a signed bundle. Every file in it is compared with the
digests of its release.json before anything of it is run, and no other file may be there.
"""

import hashlib
import json
import os
from typing import Any, Dict, Iterator, NamedTuple

from ocr_app import recipes
from ocr_app.core.errors import ReplayError
from ocr_app.core.model_files import sha256_of
from ocr_app.core.paths import HOME
from ocr_app.core.version import VERSION

RECORD, FORMAT = "release.json", "nano-ocr/replay-release/1"
APP, MODELS, RECIPES = "app", "models", "recipes"
_PACKAGE, _COMPILED = "ocr_app", "__pycache__"
_PROGRAM = os.path.join(_PACKAGE, "replay", "program.py")
_MAKE = "./inv replay unpack BUNDLE"


class ReplayTarget(NamedTuple):
    """``kind``: "recipe" or "release"; ``digest``: SHA-256 of the recipe's bytes, or of the manifest of the release,
    which is its id. ``recipe``: path of the recipe; ``home``: the folder that has the package ocr_app; ``models``: the
    folder of further models, empty for that of the caller; ``application``: digest of all files of the package.
    """

    kind: str
    name: str
    digest: str
    recipe: str
    recipe_digest: str
    home: str
    models: str
    application: str

    def record(self) -> Dict[str, str]:
        """What a report says about it: no paths of this computer."""
        names = ("kind", "name", "digest", "recipe_digest", "application")
        return dict({name: getattr(self, name) for name in names}, recipe=os.path.basename(self.recipe))


def target_of(path: str, recipe: str = "") -> ReplayTarget:
    """The target in ``path``: a recipe, or the folder of a release. ``recipe``: which one of the release, by its name.

    Raises ReplayError for what is neither, or was changed; RecipeError for a recipe that is malformed.
    """
    if os.path.isdir(path):
        return _release(path, recipe)
    if recipe:
        raise ReplayError("--recipe {} with {}".format(recipe, path), "the folder of a release before it")
    if path.endswith(".bundle"):
        raise ReplayError("{} is a bundle".format(path), "its unpacked and verified folder", _MAKE)
    digest = _checked_recipe(path)
    name = "{} with ocr-app {}".format(os.path.basename(path), VERSION)
    return ReplayTarget("recipe", name, digest, os.path.abspath(path), digest, HOME, "", application_digest(HOME))


def _checked_recipe(path: str) -> str:
    recipes.load(path)
    return sha256_of(path)


def _release(folder: str, recipe: str) -> ReplayTarget:
    record = release_record(folder)
    verify(folder, record)
    app = os.path.join(os.path.abspath(folder), APP)
    if not os.path.isfile(os.path.join(app, _PROGRAM)):
        found = "the application of the release {name} {version} is older than replays".format(**record)
        raise ReplayError(found, "a release of ocr-app that has {}".format(_PROGRAM), "read with its recipe instead")
    path = _recipe_of(folder, record, recipe)
    models = os.path.join(os.path.abspath(folder), MODELS)
    return ReplayTarget(
        "release",
        "{name} {version}".format(**record),
        record["id"],
        path,
        sha256_of(path),
        app,
        models,
        application_digest(app),
    )


def release_record(folder: str) -> Dict[str, Any]:
    """release.json. Raises ReplayError where it is missing or another program's."""
    path = os.path.join(folder, RECORD)
    try:
        with open(path, encoding="utf-8") as stream:
            record: Dict[str, Any] = json.load(stream)
        complete = record["format"] == FORMAT and {"id", "name", "version", "recipe", "files"} <= set(record)
    except (OSError, ValueError, KeyError, TypeError):
        complete = False
    if not complete:
        raise ReplayError("{} is no unpacked release".format(folder), "a folder with {}".format(RECORD), _MAKE)
    return record


def verify(folder: str, record: Dict[str, Any]) -> None:
    """Compares every file with its digest. Raises ReplayError for one that differs, is missing, or is not listed."""
    wanted: Dict[str, str] = record["files"]
    there = {path for path in files_below(folder) if path != RECORD}
    strange = sorted(there ^ set(wanted))
    if strange:
        word = "is missing in" if strange[0] in wanted else "is not listed in"
        raise ReplayError("{} {} the release {}".format(strange[0], word, folder), "the files of the bundle", _MAKE)
    for path in sorted(wanted):
        if sha256_of(os.path.join(folder, path)) != wanted[path]:
            raise ReplayError("{} is not what the release brought".format(os.path.join(folder, path)), "", _MAKE)


def _recipe_of(folder: str, record: Dict[str, Any], wanted: str) -> str:
    there = sorted(path for path in record["files"] if path.split("/")[0] == RECIPES and path.endswith(".yaml"))
    names = [path[len(RECIPES) + 1 :] for path in there]
    chosen = wanted or record["recipe"] or (names[0] if len(names) == 1 else "")
    chosen = chosen if chosen in names else chosen + ".yaml"
    if chosen not in names:
        found = "the release has no recipe {!r}".format(wanted) if wanted else "the release has several recipes"
        raise ReplayError(found, "--recipe with one of: {}".format(", ".join(names) or "none is there"))
    path = os.path.join(os.path.abspath(folder), RECIPES, chosen)
    _checked_recipe(path)
    return path


def files_below(folder: str) -> Iterator[str]:
    """Paths of all files and links below a folder, with "/", in no order."""
    for parent, folders, names in os.walk(folder):
        links = [name for name in folders if os.path.islink(os.path.join(parent, name))]
        folders[:] = [name for name in folders if name not in links]
        for name in names + links:
            yield os.path.relpath(os.path.join(parent, name), folder).replace(os.sep, "/")


def application_digest(home: str) -> str:
    """SHA-256 over the names and bytes of all files of the package in ``home``, without what Python compiles."""
    digest = hashlib.sha256()
    for path in sorted(files_below(os.path.join(home, _PACKAGE))):
        if _COMPILED not in path.split("/") and not path.endswith((".pyc", ".pyo")):
            line = "{} {}\n".format(sha256_of(os.path.join(home, _PACKAGE, path)), path)
            digest.update(os.fsencode(line))
    return digest.hexdigest()


def environ_of(target: ReplayTarget, environ: Dict[str, str]) -> Dict[str, str]:
    """The environment variables of a process that reads with ``target``, from those of any reading process."""
    found = dict(environ, PYTHONPATH=target.home, PYTHONDONTWRITEBYTECODE="1")
    return dict(found, OCR_MODELS=target.models) if target.models else found
