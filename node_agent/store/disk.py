"""The few operations that the agent needs on its folder. Paths are relative to that folder, with "/" between parts.

What is written counts only after ``sync`` of the file and ``sync_dir`` of its folder. Everything above this module is
written for, and tested against, a disk that forgets the rest when the power goes.
"""

import os
from typing import BinaryIO, List


class FileWriter(object):
    """A file being written."""

    def write(self, data: bytes) -> None:
        """Append ``data``. Raises HostError when the disk is full, read-only or broken."""
        raise NotImplementedError

    def sync(self) -> None:
        """Return when everything written is on the disk."""
        raise NotImplementedError

    def close(self) -> None:
        """Close the file; this does not bring it onto the disk."""
        raise NotImplementedError


class Disk(object):
    """The agent's folder. Every method raises HostError with the disk's own reason."""

    def exists(self, path: str) -> bool:
        """Whether a file or folder exists."""
        raise NotImplementedError

    def names(self, path: str) -> List[str]:
        """Sorted names in a folder; empty when there is no such folder."""
        raise NotImplementedError

    def size(self, path: str) -> int:
        """Bytes of a file."""
        raise NotImplementedError

    def open(self, path: str) -> BinaryIO:
        """Open a file for reading."""
        raise NotImplementedError

    def create(self, path: str) -> FileWriter:
        """Open a file for writing, empty at first."""
        raise NotImplementedError

    def extend(self, path: str) -> FileWriter:
        """Open a file for appending; it is created when it does not exist."""
        raise NotImplementedError

    def truncate(self, path: str, size: int) -> None:
        """Cut a file to ``size`` bytes; the change is on the disk when this returns."""
        raise NotImplementedError

    def make_folder(self, path: str) -> None:
        """Create a folder and those above it; no error when it exists."""
        raise NotImplementedError

    def rename(self, old: str, new: str) -> None:
        """Rename within this folder; a file at ``new`` is replaced."""
        raise NotImplementedError

    def remove(self, path: str) -> None:
        """Remove a file, or a folder with its contents; no error when it does not exist."""
        raise NotImplementedError

    def sync_dir(self, path: str) -> None:
        """Return when the names in a folder are on the disk."""
        raise NotImplementedError

    def free_bytes(self) -> int:
        """Bytes that can still be written."""
        raise NotImplementedError

    def read(self, path: str) -> bytes:
        """The contents of a small file."""
        with self.open(path) as stream:
            return stream.read()

    def write(self, path: str, data: bytes) -> None:
        """Write a file; its bytes and its name are on the disk when this returns."""
        writer = self.create(path)
        try:
            writer.write(data)
            writer.sync()
        finally:
            writer.close()
        self.sync_dir(os.path.dirname(path))

    def replace(self, path: str, data: bytes) -> None:
        """Write a small file so that after a power cut it holds either its old contents or ``data``."""
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
