"""The image paths that the arguments of a command name, in a stable order."""

import collections
import glob
import itertools
import os
import re
from typing import Counter, Dict, Iterable, Iterator, List, NamedTuple, Set, Tuple

from ocr_app.core.errors import UsageError
from ocr_app.core.names import counted, suffix_of
from ocr_app.imaging.containers import EXTENSIONS

_MAGIC = "*?["


class FoundImages(NamedTuple):
    """``paths`` to read, and how many files of folders were ``skipped``, by their suffix (".txt")."""

    paths: List[str]
    skipped: Dict[str, int]

    def skipped_text(self) -> str:
        """``3 files: 2 .txt, 1 .pdf``; empty where nothing was skipped."""
        return counted(self.skipped) if self.skipped else ""


def expand(arguments: Iterable[str]) -> List[str]:
    """The paths of :func:`find`."""
    return find(arguments).paths


def find(arguments: Iterable[str]) -> FoundImages:
    """Files as given, for folders their images (sorted, recursive), for globs their matches (sorted).

    A named file that does not exist stays in the list, so that it gets an error result of its own; so does a folder
    below that this user may not read. Links to folders are followed, each folder once. Raises UsageError for a folder
    without images and for a glob without matches.
    """
    paths: List[str] = []
    skipped: Counter[str] = collections.Counter()
    for argument in arguments:
        if os.path.isdir(argument):
            paths.extend(_images_below(argument, skipped))
        elif os.path.lexists(argument) or not any(sign in argument for sign in _MAGIC):
            paths.append(argument)
        else:
            paths.extend(_matches(argument))
    return FoundImages(paths, dict(skipped))


def _images_below(folder: str, skipped: Counter[str]) -> List[str]:
    found: List[str] = []
    own: Counter[str] = collections.Counter()
    for parent, names in _walk(folder, found):
        found.extend(os.path.join(parent, name) for name in names if is_image_name(name))
        own.update(suffix_of(name) for name in names if not is_image_name(name) and not name.startswith("."))
    if not found:
        there = "; it has {}".format(counted(own)) if own else ""
        raise UsageError("no images in {}{}".format(folder, there), "files ending in " + " ".join(EXTENSIONS))
    skipped.update(own)
    return found


def _walk(folder: str, closed: List[str]) -> Iterator[Tuple[str, List[str]]]:
    """Each folder once, by whatever links lead to it, with its names in order; ``closed`` gets unreadable folders."""
    seen: Set[Tuple[int, int]] = set()
    for parent, folders, names in os.walk(
        folder, followlinks=True, onerror=lambda error: closed.append(error.filename)
    ):
        if _identity(parent) in seen:
            folders[:] = []
            continue
        seen.add(_identity(parent))
        folders.sort()
        yield parent, sorted(names)


def _identity(path: str) -> Tuple[int, int]:
    status = os.stat(path)
    return status.st_dev, status.st_ino


def _matches(pattern: str) -> List[str]:
    """The files that match. ``**`` means any folders; Python's own search would walk loops of links for ever."""
    paths = _matches_below(pattern) if "**" in pattern.split(os.sep) else glob.glob(pattern)
    found = sorted(path for path in paths if os.path.isfile(path))
    if not found:
        raise UsageError("nothing matches {}".format(pattern), "at least one file")
    return found


def _matches_below(pattern: str) -> List[str]:
    parts = pattern.split(os.sep)
    parts += ["*"] if parts[-1] == "**" else []
    plain = list(itertools.takewhile(lambda part: not any(sign in part for sign in _MAGIC), parts))
    base = os.sep.join(plain) or (os.sep if plain else os.curdir)
    expression = re.compile("".join(_part_expression(part) for part in parts[len(plain) : -1]) + _name(parts[-1]) + "$")
    found = (os.path.join(parent, name) for parent, names in _walk(base, []) for name in names)
    return [path for path in found if expression.match(os.path.relpath(path, base))]


def _part_expression(part: str) -> str:
    return "(?:[^./][^/]*/)*" if part == "**" else _name(part) + "/"


def _name(part: str) -> str:
    """Of one name, as the shell matches it: hidden only where the pattern says so."""
    pieces = re.split(r"(\*+|\?|\[!?\]?[^\]]*\])", part)
    sets = "".join(_sign(piece) if number % 2 else re.escape(piece) for number, piece in enumerate(pieces))
    return sets if part.startswith(".") else r"(?!\.)" + sets


def _sign(piece: str) -> str:
    if not piece.startswith("["):
        return "[^/]*" if piece.startswith("*") else "[^/]"
    inside = piece[1:-1].replace("\\", "\\\\")
    return "[^{}]".format(inside[1:]) if inside.startswith("!") else "[{}]".format(inside)


def is_image_name(name: str) -> bool:
    """Whether a file name has an extension of an image; hidden files do not count."""
    return not name.startswith(".") and name.lower().endswith(EXTENSIONS)
