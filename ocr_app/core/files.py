"""Writes files whole or not at all, and flushes them to the disk."""

import errno
import hashlib
import json
import os
from typing import IO, Any, Dict

from ocr_app.core.errors import BuildError

PART = ".part"  # the suffix of a file that is not finished; such a file is never read


def write_whole(path: str, data: bytes) -> None:
    """Writes a temporary file beside ``path``, flushes it, then renames it.

    Raises BuildError "space" when the disk is full, "forbidden" where this user may not write.
    """
    part = "{}.{}{}".format(path, os.getpid(), PART)
    try:
        with open(part, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(part, path)
        _sync_folder(os.path.dirname(path) or ".")
    except OSError as error:
        _remove(part)
        raise write_error(path, error) from error


def write_json(path: str, record: Dict[str, Any]) -> None:
    """Writes ``record`` in UTF-8, whole or not at all. Raises BuildError as write_whole does."""
    write_whole(path, (json.dumps(record, ensure_ascii=False, indent=1) + "\n").encode("utf-8"))


def write_in_place(stream: IO[str], text: str) -> None:
    """Writes to a file that is worthless when it is cut short. Raises BuildError as write_whole does."""
    try:
        stream.write(text)
        stream.flush()
    except OSError as error:
        raise write_error(stream.name, error) from error


def write_error(path: str, error: OSError) -> BuildError:
    """The error of a file that cannot be written: there is no space, or this user may not write."""
    found = "{} cannot be written: {}".format(path, error.strerror)
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        folder = os.path.dirname(os.path.abspath(path))
        next_step = "use sudo, or run as its owner; in a container use --volume FOLDER:/data"
        return BuildError(found, "a folder that this user may write to: " + folder, next_step, "forbidden")
    return BuildError(found, "space in {}".format(os.path.dirname(path)), "df -h; ocr-app engine prune", "space")


def _sync_folder(folder: str) -> None:
    """Flushes the folder, so that the new name survives a power cut."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _remove(path: str) -> None:
    try:
        os.remove(path)
    except OSError:
        pass


def sha256_of(data: bytes) -> str:
    """The SHA-256 digest of ``data``, as 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()
