"""File names as text. A name on Linux is bytes; results, tables and logs are text."""

import hashlib
import os
import re
from typing import Dict

LONGEST = 255
"""Bytes of one name in a folder: NAME_MAX of ext4, XFS, tmpfs, and of FAT in other units."""
_DIGEST = 8  # hexadecimal digits
_PLAIN = re.compile(r"[^A-Za-z0-9._~-]")


def shown(name: str) -> str:
    r"""The name as text: UTF-8, whatever the locale, and ``\xe9`` for a byte that is not UTF-8."""
    try:
        return os.fsencode(name).decode("utf-8", "backslashreplace")
    except UnicodeEncodeError:  # a text that did not come from the file system
        return name.encode("utf-8", "backslashreplace").decode("utf-8")


def length(name: str) -> int:
    """Bytes of the name in the file system."""
    return len(_bytes(name))


def _bytes(name: str) -> bytes:
    return name.encode("utf-8", "surrogateescape")


def shortened(name: str, limit: int = LONGEST) -> str:
    """The name if it has at most ``limit`` bytes, else its beginning, a digest of the whole, and its suffix."""
    if length(name) <= limit:
        return name
    stem, suffix = os.path.splitext(name)
    tail = "~" + _digest(name) + (suffix if length(suffix) <= _DIGEST else "")
    return _bytes(stem)[: limit - length(tail)].decode("utf-8", "ignore") + tail


def plain(name: str) -> str:
    """The name in characters that every file system takes; a digest keeps it apart from others."""
    stem, suffix = os.path.splitext(_PLAIN.sub("_", shown(name)))
    return "{}~{}{}".format(stem, _digest(name), suffix)


def _digest(name: str) -> str:
    return hashlib.sha256(_bytes(name)).hexdigest()[:_DIGEST]


def numbered(name: str, number: int) -> str:
    """``frame~2.jpg`` for ``frame.jpg`` and 2: one more image of a name that is in use."""
    stem, suffix = os.path.splitext(name)
    return "{}~{}{}".format(stem, number, suffix)


def suffix_of(name: str) -> str:
    """The suffix in lower case, "without suffix" where there is none."""
    return os.path.splitext(name)[1].lower() or "without suffix"


def counted(suffixes: Dict[str, int]) -> str:
    """``3 files: 2 .txt, 1 .pdf``, the most frequent first."""
    total = sum(suffixes.values())
    ordered = sorted(suffixes.items(), key=lambda pair: (-pair[1], pair[0]))
    listed = ", ".join("{} {}".format(count, suffix) for suffix, count in ordered)
    return "{} {}: {}".format(total, "file" if total == 1 else "files", listed)
