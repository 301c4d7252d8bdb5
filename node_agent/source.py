"""Where a release comes from: a bundle (one tar file), or a folder with the same files."""

import os
import tarfile
from typing import Any, BinaryIO, Iterator, TypeVar

from node_agent.disk import worded
from node_agent.errors import Refused

S = TypeVar("S", bound="Source")


class Source(object):
    """Named files. ``open`` raises Refused when a file is not there or the bundle is cut short."""

    def open(self, path: str) -> BinaryIO:
        """A stream of one file."""
        raise NotImplementedError

    def close(self) -> None:
        """Let go of what is open."""

    def __enter__(self: S) -> S:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def pieces(self, path: str) -> Iterator[bytes]:
        """A file in pieces of 1 MiB. Raises Refused when it ends early or cannot be read on."""
        try:
            with self.open(path) as stream:
                for piece in iter(lambda: stream.read(1 << 20), b""):
                    yield piece
        except (tarfile.TarError, EOFError, OSError) as error:
            raise Refused("{} cannot be read to its end: {}".format(path, error), "", "copy the bundle again")

    def read(self, path: str, limit: int = 4 << 20) -> bytes:
        """A small file. Raises Refused when it is larger than ``limit`` bytes."""
        data = b""
        for piece in self.pieces(path):
            data += piece
            if len(data) > limit:
                raise Refused("{} is larger than {} bytes".format(path, limit))
        return data


class FolderSource(Source):
    """A folder."""

    def __init__(self, root: str) -> None:
        self.root = root

    def open(self, path: str) -> BinaryIO:
        whole = os.path.join(self.root, path)
        if not os.path.isfile(whole):
            raise Refused("{} is not in {}".format(path, self.root), "a complete release", "copy the bundle again")
        return worded("read " + whole, lambda: open(whole, "rb"))


class BundleSource(Source):
    """One tar file, not compressed: its members can be read where they stand."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._stream = _opened(path)
        try:
            self._archive = tarfile.open(fileobj=self._stream, mode="r:")  # noqa: SIM115 (closed by close)
            self._members = {member.name: member for member in self._archive.getmembers()}
        except (tarfile.TarError, EOFError, OSError) as error:
            self._stream.close()
            raise Refused("{} is not a whole bundle: {}".format(path, error), "", "copy the bundle again")

    def open(self, path: str) -> BinaryIO:
        member = self._members.get(path)
        if member is None or not member.isfile():
            raise Refused("{} is not in {}".format(path, self.path), "a complete bundle", "copy the bundle again")
        stream = self._archive.extractfile(member)
        assert stream is not None
        return stream  # type: ignore[return-value]

    def close(self) -> None:
        self._archive.close()
        self._stream.close()


def _opened(path: str) -> BinaryIO:
    try:
        return open(path, "rb")
    except OSError as error:
        raise Refused("cannot open {}: {}".format(path, error.strerror), "a bundle of ./inv bundle make")


def source(path: str) -> Source:
    """A folder or a bundle."""
    return FolderSource(path) if os.path.isdir(path) else BundleSource(path)
