"""Engines that came with the release: those for boards like this one enter the cache before a reader is opened."""

import glob
import os
from typing import Callable, List

from ocr_app.core.errors import EngineError, OcrError
from ocr_app.engines import pack
from ocr_app.engines.cache import Cache
from ocr_app.engines.key import Platform

_OTHER_BOARDS = ("foreign", "stale")  # codes of engines that are whole, and made for another board


def take(folder: str, cache: Cache, place_of: Callable[[str], Platform]) -> List[str]:
    """What to say of the packs (*.tar) in ``folder``, a line each; no line for one whose engines are here already.

    A pack for other boards is no error: a release serves boards of every kind. One that is damaged is said, and
    nothing of it is taken; whether the reader can be opened without it is for the reader to say.
    """
    return [line for line in (_taken(path, cache, place_of) for path in packs_in(folder)) if line]


def packs_in(folder: str) -> List[str]:
    """Paths of the packs, sorted."""
    return sorted(glob.glob(os.path.join(folder, "*.tar")))


def _taken(path: str, cache: Cache, place_of: Callable[[str], Platform]) -> str:
    name = os.path.basename(path)
    try:
        came = pack.take(cache, path, place_of)
    except EngineError as error:
        if error.code in _OTHER_BOARDS:
            return "engines of {} are for other boards: {}".format(name, error.found)
        return "engines of {} are not taken: {}".format(name, error)
    except OcrError as error:
        return "engines of {} are not taken: {}".format(name, error)
    return "engines of {}: took {}".format(name, ", ".join(came)) if came else ""
