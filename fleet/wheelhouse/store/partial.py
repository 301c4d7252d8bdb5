"""A file that has arrived in part, with a note about its origin, so that a later download can resume it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO


@dataclass(frozen=True)
class PartialFile:
    """What has arrived of ``target``: NAME.partial, and NAME.partial.json with its address and validator."""

    target: Path

    @property
    def path(self) -> Path:
        """The bytes that have arrived."""
        return self.target.with_name(self.target.name + ".partial")

    @property
    def note(self) -> Path:
        """Address and validator (ETag or Last-Modified) of these bytes."""
        return self.target.with_name(self.target.name + ".partial.json")

    def headers(self, url: str) -> dict[str, str]:
        """The headers of a request that resumes the file; empty if it has to begin at its first byte."""
        have = self.resumable(url)
        if not have:
            return {}
        return {"Range": f"bytes={have}-", "If-Range": json.loads(self.note.read_text())["validator"]}

    def resumable(self, url: str) -> int:
        """Bytes that are there and can be resumed; 0 if the server gave nothing to recognise the file by."""
        if not self.path.is_file() or not self.note.is_file():
            return 0
        known = json.loads(self.note.read_text())
        return self.path.stat().st_size if known["validator"] and known["url"] == url else 0

    def remember(self, url: str, headers: Mapping[str, str]) -> None:
        """Note where the bytes come from. A weak ETag does not identify them."""
        tag = headers.get("ETag") or ""
        validator = "" if tag.startswith("W/") else tag or headers.get("Last-Modified") or ""
        self.note.parent.mkdir(parents=True, exist_ok=True)
        self.note.write_text(json.dumps({"url": url, "validator": validator}))

    def opened(self, start: int) -> IO[bytes]:
        """The file, cut to ``start`` bytes and positioned there."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        stream = self.path.open("r+b" if start else "wb")
        stream.truncate(start)
        stream.seek(start)
        return stream

    def complete(self) -> None:
        """Give the file its name."""
        self.path.replace(self.target)
        self.note.unlink(missing_ok=True)

    def forget(self) -> None:
        """Remove what has arrived."""
        self.path.unlink(missing_ok=True)
        self.note.unlink(missing_ok=True)
