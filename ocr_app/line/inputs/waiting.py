"""The images that wait in a watched folder, and which of them are taken: a file is known by itself, not by its name.

A camera may write a new image under a name while the earlier one of this name is being read. So an image that is to be
read is first renamed, in its folder, to a hidden name that only the service uses, and that no result has yet.
"""

import os
import stat
from typing import Callable, Dict, List, NamedTuple, Tuple

from ocr_app.core import names
from ocr_app.imaging.sources import is_image_name

TAKEN = ".reading~"
"""What the name of an image begins with while it is read. After a power cut it is found by that, and read again."""
_LONGEST = names.LONGEST - len(".json.part") - len("~99999")

Mark = Tuple[int, int, int]


class WaitingImage(NamedTuple):
    """A file: when it was last written (ns), its path, and what shows whether it is the same one, and unchanged."""

    written: int
    path: str
    mark: Mark

    @property
    def is_taken(self) -> bool:
        """Whether it has the service's own name."""
        return os.path.basename(self.path).startswith(TAKEN)

    @property
    def name(self) -> str:
        """The name of its result, without .json: that of the file, or the one that was free when it was taken."""
        own = os.path.basename(self.path)
        return own[len(TAKEN) :] if self.is_taken else own


class FolderContent(NamedTuple):
    """What a look into the folder found; ``skipped``: how many other files there are, by their suffix."""

    images: List[WaitingImage]
    skipped: Dict[str, int]


def look(folder: str) -> FolderContent:
    """Every image in the folder, broken links included: they get a result that says so. Raises OSError."""
    images, skipped = [], {}  # type: List[WaitingImage], Dict[str, int]
    for name in os.listdir(folder):
        path = os.path.join(folder, name)
        if name.startswith(TAKEN) or is_image_name(name):
            try:
                images.append(observe(path))
            except OSError:
                continue  # it was renamed or removed since, or is a folder
        elif not name.startswith(".") and os.path.isfile(path):
            suffix = names.suffix_of(name)
            skipped[suffix] = skipped.get(suffix, 0) + 1
    return FolderContent(images, skipped)


def observe(path: str) -> WaitingImage:
    """The file at ``path`` now. Raises OSError: it is gone, or a folder."""
    try:
        status = os.stat(path)
    except OSError:
        status = os.lstat(path)  # a link to nothing, or to itself
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(path)
    return WaitingImage(status.st_mtime_ns, path, (status.st_ino, status.st_size, status.st_mtime_ns))


def take(image: WaitingImage, in_use: Callable[[str], bool]) -> WaitingImage:
    """The image under the service's own name. ``in_use``: whether a name has a result or an archived image.

    Raises OSError where the folder's rights forbid it.
    """
    if image.is_taken:
        return image
    folder, name = os.path.split(image.path)

    def taken(candidate: str) -> bool:
        return in_use(candidate) or os.path.lexists(os.path.join(folder, TAKEN + candidate))

    path = os.path.join(folder, TAKEN + _free_name(names.shortened(name, _LONGEST), taken))
    os.rename(image.path, path)
    return observe(path)


def _free_name(name: str, taken: Callable[[str], bool]) -> str:
    """The name, or one with a number behind it, found in a few steps even where thousands are taken."""
    if not taken(name):
        return name
    last, free = 1, 2
    while taken(names.numbered(name, free)):
        last, free = free, 2 * free
    while free - last > 1:
        middle = (last + free) // 2
        last, free = (middle, free) if taken(names.numbered(name, middle)) else (last, middle)
    return names.numbered(name, free)


def give_back(image: WaitingImage) -> None:
    """The image under its own name again, where that is free: another version of the service may be started next."""
    folder = os.path.dirname(image.path)
    path = os.path.join(folder, image.name)
    if image.is_taken and not os.path.lexists(path):
        os.rename(image.path, path)
