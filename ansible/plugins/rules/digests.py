"""Digests that a board computes with coreutils alone, and that the control machine computes here in the same way."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

LENGTH = 12
LINES = f"LC_ALL=C sort | sha256sum | cut -c1-{LENGTH}"


def of_files(folder: Path, names: Iterable[str]) -> str:
    """The digest of files in ``folder``, as `shell` has it: names and contents, whatever their order."""
    lines = [f"{_sha256((folder / name).read_bytes())}  {name}\n" for name in sorted(names, key=os.fsencode)]
    return _sha256("".join(lines).encode())[:LENGTH]


def shell(find: str) -> str:
    """A shell line that prints the digest of the files that a `find` command prints."""
    return f"{find} | LC_ALL=C sort | xargs sha256sum | sha256sum | cut -c1-{LENGTH}"


def of_lines(texts: Iterable[bytes]) -> str:
    """The digest of all lines in ``texts``, sorted, as `LINES` has it: which file holds a line does not matter."""
    lines = sorted(b"".join(texts).removesuffix(b"\n").split(b"\n"))
    return _sha256(b"".join(line + b"\n" for line in lines))[:LENGTH]


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
