"""The few things that the agent does to its folder. Every path is relative to that folder, with "/" between parts.

What is written counts only after ``sync`` of the file and ``sync_dir`` of its folder: everything above this module
is written, and tested, against a disk that forgets the rest when the power goes.
"""

import errno
import os
import shutil
from typing import BinaryIO, Callable, List, TypeVar

from node_agent.errors import OutsideError

T = TypeVar("T")

_WORDS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EROFS: "the disk is read-only",
    errno.EIO: "the disk reports an input/output error",
}


class Writer(object):
    """A file being written."""

    def write(self, data: bytes) -> None:
        """Append ``data``. Raises OutsideError when the disk is full, read-only or broken."""
        raise NotImplementedError

    def sync(self) -> None:
        """Return when everything written is on the disk."""
        raise NotImplementedError

    def close(self) -> None:
        """Close; says nothing about being on the disk."""
        raise NotImplementedError


class Disk(object):
    """The agent's folder. Every method raises OutsideError with the disk's own reason."""

    def exists(self, path: str) -> bool:
        """Whether a file or folder is there."""
        raise NotImplementedError

    def names(self, path: str) -> List[str]:
        """Sorted names in a folder; empty when it is not there."""
        raise NotImplementedError

    def size(self, path: str) -> int:
        """Bytes of a file."""
        raise NotImplementedError

    def open(self, path: str) -> BinaryIO:
        """A file to read."""
        raise NotImplementedError

    def create(self, path: str) -> Writer:
        """A file to write, empty at first."""
        raise NotImplementedError

    def extend(self, path: str) -> Writer:
        """A file to write behind what it holds; made when it is not there."""
        raise NotImplementedError

    def truncate(self, path: str, size: int) -> None:
        """Cut a file to ``size`` bytes, on the disk when this returns."""
        raise NotImplementedError

    def make_folder(self, path: str) -> None:
        """A folder and those above it; no error when it is there."""
        raise NotImplementedError

    def rename(self, old: str, new: str) -> None:
        """Rename within this folder; a file at ``new`` is replaced."""
        raise NotImplementedError

    def remove(self, path: str) -> None:
        """Remove a file or a folder with all it holds; no error when it is not there."""
        raise NotImplementedError

    def sync_dir(self, path: str) -> None:
        """Return when the names in a folder are on the disk."""
        raise NotImplementedError

    def free_bytes(self) -> int:
        """Bytes that can still be written."""
        raise NotImplementedError

    def read(self, path: str) -> bytes:
        """The whole of a small file."""
        with self.open(path) as stream:
            return stream.read()

    def replace(self, path: str, data: bytes) -> None:
        """Write a small file so that after a power cut it holds either what it held or ``data``."""
        folder, name = os.path.split(path)
        partial = os.path.join(folder, "." + name + ".partial")
        writer = self.create(partial)
        try:
            writer.write(data)
            writer.sync()
        finally:
            writer.close()
        self.rename(partial, path)
        self.sync_dir(folder)


def worded(action: str, work: Callable[[], T]) -> T:
    """Result of ``work``; an OSError becomes an OutsideError in words."""
    try:
        return work()
    except OSError as error:
        reason = _WORDS.get(error.errno or 0, error.strerror or str(error))
        raise OutsideError("cannot {}: {}".format(action, reason), "", "df -h; dmesg | tail") from error


class FolderWriter(Writer):
    """A file of a real folder."""

    def __init__(self, path: str, mode: str) -> None:
        self.path = path
        self._stream = worded("write " + path, lambda: open(path, mode, buffering=0))  # noqa: SIM115 (closed by close)

    def write(self, data: bytes) -> None:
        def all_of_it() -> None:
            rest = memoryview(data)
            while rest:
                rest = rest[self._stream.write(rest) :]

        worded("write " + self.path, all_of_it)

    def sync(self) -> None:
        worded("sync " + self.path, lambda: os.fsync(self._stream.fileno()))

    def close(self) -> None:
        worded("close " + self.path, self._stream.close)


class Folder(Disk):
    """A real folder."""

    def __init__(self, root: str) -> None:
        self.root = root
        worded("make the folder " + root, lambda: os.makedirs(root, mode=0o755, exist_ok=True))

    def path(self, path: str) -> str:
        """Path outside of the agent."""
        return os.path.join(self.root, path) if path else self.root

    def exists(self, path: str) -> bool:
        return os.path.exists(self.path(path))

    def names(self, path: str) -> List[str]:
        if not self.exists(path):
            return []
        return sorted(worded("list " + path, lambda: os.listdir(self.path(path))))

    def size(self, path: str) -> int:
        return worded("look at " + path, lambda: os.path.getsize(self.path(path)))

    def open(self, path: str) -> BinaryIO:
        return worded("read " + path, lambda: open(self.path(path), "rb"))

    def create(self, path: str) -> Writer:
        return FolderWriter(self.path(path), "wb")

    def extend(self, path: str) -> Writer:
        return FolderWriter(self.path(path), "ab")

    def truncate(self, path: str, size: int) -> None:
        def cut() -> None:
            with open(self.path(path), "r+b") as stream:
                stream.truncate(size)
                os.fsync(stream.fileno())

        worded("cut " + path, cut)

    def make_folder(self, path: str) -> None:
        worded("make the folder " + path, lambda: os.makedirs(self.path(path), exist_ok=True))

    def rename(self, old: str, new: str) -> None:
        worded("rename {} to {}".format(old, new), lambda: os.replace(self.path(old), self.path(new)))

    def remove(self, path: str) -> None:
        whole = self.path(path)
        if os.path.isdir(whole) and not os.path.islink(whole):
            worded("remove " + path, lambda: shutil.rmtree(whole))
        elif os.path.lexists(whole):
            worded("remove " + path, lambda: os.remove(whole))

    def sync_dir(self, path: str) -> None:
        def sync() -> None:
            handle = os.open(self.path(path), os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)

        worded("sync the folder " + (path or "."), sync)

    def free_bytes(self) -> int:
        found = worded("measure the disk", lambda: os.statvfs(self.root))
        return found.f_bavail * found.f_frsize
