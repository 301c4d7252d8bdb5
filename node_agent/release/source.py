"""Where a release is read from: a bundle (one tar file), or a folder with the same files."""

import os
import tarfile
from typing import Any, BinaryIO, Iterator, TypeVar

from node_agent.errors import ReleaseRefused
from node_agent.store.local_disk import translate_errors

S = TypeVar("S", bound="ReleaseSource")


class ReleaseSource(object):
    """Named files. ``open`` raises ReleaseRefused when a file is missing or the bundle is truncated."""

    def open(self, path: str) -> BinaryIO:
        """Open one file for reading."""
        raise NotImplementedError

    def close(self) -> None:
        """Close what is open."""

    def __enter__(self: S) -> S:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def pieces(self, path: str) -> Iterator[bytes]:
        """A file in pieces of 1 MiB. Raises ReleaseRefused when it cannot be read to its end."""
        try:
            with self.open(path) as stream:
                for piece in iter(lambda: stream.read(1 << 20), b""):
                    yield piece
        except (tarfile.TarError, EOFError, OSError) as error:
            raise ReleaseRefused("{} cannot be read to its end: {}".format(path, error), "", "copy the bundle again")

    def read(self, path: str, limit: int = 4 << 20) -> bytes:
        """A small file. Raises ReleaseRefused when it is larger than ``limit`` bytes."""
        data = b""
        for piece in self.pieces(path):
            data += piece
            if len(data) > limit:
                raise ReleaseRefused("{} is larger than {} bytes".format(path, limit))
        return data


class FolderSource(ReleaseSource):
    """The files of a folder."""

    def __init__(self, root: str) -> None:
        self.root = root

    def open(self, path: str) -> BinaryIO:
        whole = os.path.join(self.root, path)
        if not os.path.isfile(whole):
            raise _missing(path, self.root, "a complete release")
        return translate_errors("read " + whole, lambda: open(whole, "rb"))


class BundleSource(ReleaseSource):
    """One uncompressed tar file, whose members are read in place."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._stream = _opened(path)
        try:
            self._archive = tarfile.open(fileobj=self._stream, mode="r:")  # noqa: SIM115 (closed by close)
            self._members = {member.name: member for member in self._archive.getmembers()}
        except (tarfile.TarError, EOFError, OSError) as error:
            self._stream.close()
            raise ReleaseRefused("{} is not a complete bundle: {}".format(path, error), "", "copy the bundle again")

    def open(self, path: str) -> BinaryIO:
        member = self._members.get(path)
        if member is None or not member.isfile():
            raise _missing(path, self.path, "a complete bundle")
        stream = self._archive.extractfile(member)
        assert stream is not None
        return stream  # type: ignore[return-value]

    def close(self) -> None:
        self._archive.close()
        self._stream.close()


def _missing(path: str, source: str, expected: str) -> ReleaseRefused:
    return ReleaseRefused("{} is not in {}".format(path, source), expected, "copy the bundle again")


def _opened(path: str) -> BinaryIO:
    try:
        return open(path, "rb")
    except OSError as error:
        raise ReleaseRefused("cannot open {}: {}".format(path, error.strerror), "a bundle made by ./inv bundle make")


def open_source(path: str) -> ReleaseSource:
    """The release in ``path``, a folder or a bundle. Raises ReleaseRefused."""
    return FolderSource(path) if os.path.isdir(path) else BundleSource(path)
