"""Files written whole or not at all, and on disk before anyone is told."""

import errno
import hashlib
import json
import os
from typing import IO, Any, Dict

from ocr_app.core.errors import BuildError

PART = ".part"  # at the end of a name: not finished, never read


def write_whole(path: str, data: bytes) -> None:
    """Writes beside ``path``, flushes to the disk, then renames. Raises BuildError (space) when the disk is full."""
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
        raise no_room(path, error) from error


def write_json(path: str, record: Dict[str, Any]) -> None:
    """A record in UTF-8, whole or not at all. Raises BuildError (space)."""
    write_whole(path, (json.dumps(record, ensure_ascii=False, indent=1) + "\n").encode("utf-8"))


def write_in_place(stream: IO[str], text: str) -> None:
    """For a file that says nothing when it is cut short. Raises BuildError (space)."""
    try:
        stream.write(text)
        stream.flush()
    except OSError as error:
        raise no_room(stream.name, error) from error


def no_room(path: str, error: OSError) -> BuildError:
    """The error of a file that cannot be written: no room, or not allowed."""
    found = "{} cannot be written: {}".format(path, error.strerror)
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        folder = os.path.dirname(os.path.abspath(path))
        next_step = "sudo, or as its owner; in a container --volume FOLDER:/data"
        return BuildError(found, "a folder that this user may write: " + folder, next_step, "forbidden")
    return BuildError(found, "room in {}".format(os.path.dirname(path)), "df -h; ocr-app engine prune", "space")


def _sync_folder(folder: str) -> None:
    """So that the new name survives a loss of power."""
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
    """64 hex digits."""
    return hashlib.sha256(data).hexdigest()
