"""The image paths that the arguments of a command name, in a stable order."""

import glob
import os
from typing import Iterable, List

from ocr_app.core.errors import UsageError
from ocr_app.imaging.load import EXTENSIONS

_MAGIC = "*?["


def expand(arguments: Iterable[str]) -> List[str]:
    """Files as given, for folders their images (sorted, recursive), for globs their matches (sorted).

    A named file that does not exist stays in the list, so that it gets an error result of its own. Raises UsageError
    for a folder without images and for a glob without matches.
    """
    paths: List[str] = []
    for argument in arguments:
        paths.extend(_expand_one(argument))
    return paths


def _expand_one(argument: str) -> List[str]:
    if os.path.isdir(argument):
        return _images_below(argument)
    if os.path.lexists(argument) or not any(sign in argument for sign in _MAGIC):
        return [argument]
    return _matches(argument)


def _images_below(folder: str) -> List[str]:
    found: List[str] = []
    for parent, folders, names in os.walk(folder):
        folders.sort()
        found.extend(os.path.join(parent, name) for name in sorted(names) if is_image_name(name))
    if not found:
        raise UsageError("no images in {}".format(folder), "files ending in " + " ".join(EXTENSIONS))
    return found


def _matches(pattern: str) -> List[str]:
    found = sorted(path for path in glob.glob(pattern, recursive=True) if os.path.isfile(path))
    if not found:
        raise UsageError("nothing matches {}".format(pattern), "at least one file")
    return found


def is_image_name(name: str) -> bool:
    """Whether a file name has an extension of an image; hidden files do not count."""
    return not name.startswith(".") and name.lower().endswith(EXTENSIONS)
