"""The agent's folder on a real file system; errors of the operating system become messages of the agent."""

import errno
import os
import shutil
from typing import BinaryIO, Callable, List, TypeVar

from node_agent.errors import HostError
from node_agent.store.disk import Disk, FileWriter

T = TypeVar("T")

_REASONS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EROFS: "the disk is read-only",
    errno.EIO: "the disk reports an input/output error",
}


def translate_errors(action: str, work: Callable[[], T]) -> T:
    """Result of ``work``; an OSError becomes a HostError that says which ``action`` failed and why."""
    try:
        return work()
    except OSError as error:
        reason = _REASONS.get(error.errno or 0, error.strerror or str(error))
        raise HostError("cannot {}: {}".format(action, reason), "", "df -h; dmesg | tail") from error


class LocalWriter(FileWriter):
    """A file on a real file system, unbuffered."""

    def __init__(self, path: str, mode: str) -> None:
        self.path = path
        work = lambda: open(path, mode, buffering=0)  # noqa: E731, SIM115 (closed by close)
        self._stream = translate_errors("write " + path, work)

    def write(self, data: bytes) -> None:
        def write_all() -> None:
            rest = memoryview(data)
            while rest:
                rest = rest[self._stream.write(rest) :]

        translate_errors("write " + self.path, write_all)

    def sync(self) -> None:
        translate_errors("sync " + self.path, lambda: os.fsync(self._stream.fileno()))

    def close(self) -> None:
        translate_errors("close " + self.path, self._stream.close)


class LocalDisk(Disk):
    """A folder of a real file system; created when it does not exist."""

    def __init__(self, root: str) -> None:
        self.root = root
        translate_errors("create the folder " + root, lambda: os.makedirs(root, mode=0o755, exist_ok=True))

    def path(self, path: str) -> str:
        """The absolute path of a path in this folder."""
        return os.path.join(self.root, path) if path else self.root

    def exists(self, path: str) -> bool:
        return os.path.exists(self.path(path))

    def names(self, path: str) -> List[str]:
        if not self.exists(path):
            return []
        return sorted(translate_errors("list " + path, lambda: os.listdir(self.path(path))))

    def size(self, path: str) -> int:
        return translate_errors("read the size of " + path, lambda: os.path.getsize(self.path(path)))

    def open(self, path: str) -> BinaryIO:
        return translate_errors("read " + path, lambda: open(self.path(path), "rb"))

    def create(self, path: str) -> FileWriter:
        return LocalWriter(self.path(path), "wb")

    def extend(self, path: str) -> FileWriter:
        return LocalWriter(self.path(path), "ab")

    def truncate(self, path: str, size: int) -> None:
        def truncate() -> None:
            with open(self.path(path), "r+b") as stream:
                stream.truncate(size)
                os.fsync(stream.fileno())

        translate_errors("truncate " + path, truncate)

    def make_folder(self, path: str) -> None:
        translate_errors("create the folder " + path, lambda: os.makedirs(self.path(path), exist_ok=True))

    def rename(self, old: str, new: str) -> None:
        translate_errors("rename {} to {}".format(old, new), lambda: os.replace(self.path(old), self.path(new)))

    def remove(self, path: str) -> None:
        whole = self.path(path)
        if os.path.isdir(whole) and not os.path.islink(whole):
            translate_errors("remove " + path, lambda: shutil.rmtree(whole))
        elif os.path.lexists(whole):
            translate_errors("remove " + path, lambda: os.remove(whole))

    def sync_dir(self, path: str) -> None:
        def sync() -> None:
            handle = os.open(self.path(path), os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)

        translate_errors("sync the folder " + (path or "."), sync)

    def free_bytes(self) -> int:
        found = translate_errors("measure the disk", lambda: os.statvfs(self.root))
        return found.f_bavail * found.f_frsize
