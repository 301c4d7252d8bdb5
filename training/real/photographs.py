"""The photographs under shared/train/photos, read from their archives; evaluation never uses them."""

from __future__ import annotations

import csv
import hashlib
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDER = ROOT.parent / "shared" / "train" / "photos"
GROUPS = ("medicine", "metal", "barcodes", "textures", "grocery")
_TENTHS = 10


class PhotographError(RuntimeError):
    """A photograph is missing or cannot be decoded."""


@dataclass(frozen=True)
class Photograph:
    """One entry of sources.tsv: the archive, the name in it, its group, and what is noted about it."""

    shard: str
    member: str
    group: str
    note: str

    @property
    def held_out(self) -> bool:
        """Whether it belongs to the tenth that no training sees. All pictures of one object are on the same side."""
        digest = hashlib.sha256(f"{self.group} {self.note or self.member}".encode()).digest()
        return digest[0] % _TENTHS == 0


def catalogue(group: str, folder: Path = FOLDER) -> list[Photograph]:
    """The photographs of a group in the order of sources.tsv.

    Raises:
        PhotographError: the folder or the group does not exist.
    """
    try:
        with (folder / "sources.tsv").open(encoding="utf-8", newline="") as stream:
            rows = [row for row in csv.DictReader(stream, delimiter="\t") if row["group"] == group]
    except FileNotFoundError as error:
        raise PhotographError(f"no photographs at {folder.name}: {error}") from error
    if not rows:
        raise PhotographError(f"no photographs of the group {group!r}; known: {', '.join(GROUPS)}")
    return [Photograph(row["shard"], row["member"], row["group"], row["note"] or "") for row in rows]


def pictures(chosen: list[Photograph], folder: Path = FOLDER) -> Iterator[tuple[Photograph, NDArray[np.uint8]]]:
    """Each photograph with its pixels (H, W, 3), BGR. Raises PhotographError."""
    opened: dict[str, zipfile.ZipFile] = {}
    try:
        for photograph in chosen:
            archive = opened.get(photograph.shard)
            if archive is None:
                archive = opened[photograph.shard] = zipfile.ZipFile(folder / photograph.shard)
            yield photograph, _decoded(archive, photograph.member)
    except (KeyError, OSError, zipfile.BadZipFile) as error:
        raise PhotographError(f"cannot read the photographs: {error}") from error
    finally:
        for archive in opened.values():
            archive.close()


def _decoded(archive: zipfile.ZipFile, member: str) -> NDArray[np.uint8]:
    image = cv2.imdecode(np.frombuffer(archive.read(member), np.uint8), cv2.IMREAD_COLOR)
    if image is None:
        raise PhotographError(f"{member}: not an image that OpenCV can decode")
    return np.asarray(image, dtype=np.uint8)
