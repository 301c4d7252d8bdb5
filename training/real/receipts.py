"""The labelled lines of the receipts: where they lie, what they say, and which of them are held out.

The folder holds ``lines.tsv`` (shard, member, text, receipt, cer) and the zip files that it names. The labels are upper
case, the print often is not. The lines are split by receipt, because shops repeat their headers and some receipts their
items: a tenth of the receipts is held out for evaluation and calibration and is never trained on.
"""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from training import cards

FOLDER = cards.ROOT.parent / "shared" / "train" / "receipts"
_HELD_OUT = 9  # the last digit of the place of a held-out receipt among the sorted names

Grey = NDArray[np.uint8]


@dataclass(frozen=True)
class ReceiptLine:
    """A line crop: its zip file and member, its label, its receipt, and the label's distance from a reading.

    ``cer``: edit distance between the label and what PP-OCRv6 small read, over the label's length, letters and digits
    alone; None where nothing could be compared.
    """

    shard: str
    member: str
    text: str
    receipt: str
    cer: float | None


@dataclass(frozen=True)
class ReceiptSplit:
    """The lines to train on, and those of the receipts that are held out."""

    train: tuple[ReceiptLine, ...]
    held_out: tuple[ReceiptLine, ...]


def read(folder: Path = FOLDER) -> tuple[ReceiptLine, ...]:
    """All lines in the order of the table.

    Raises:
        FileNotFoundError: the data is not on this machine.
        KeyError, ValueError: a column is missing, or a number is none.
    """
    with (folder / "lines.tsv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))
    return tuple(
        ReceiptLine(row["shard"], row["member"], row["text"], row["receipt"], _number(row["cer"])) for row in rows
    )


def split(lines: Iterable[ReceiptLine]) -> ReceiptSplit:
    """The split by receipt; it depends on the names of all receipts among ``lines``, so pass all of them."""
    all_lines = tuple(lines)
    names = sorted({line.receipt for line in all_lines})
    held = {name for place, name in enumerate(names) if place % 10 == _HELD_OUT}
    return ReceiptSplit(
        tuple(line for line in all_lines if line.receipt not in held),
        tuple(line for line in all_lines if line.receipt in held),
    )


def trusted(lines: Iterable[ReceiptLine]) -> tuple[ReceiptLine, ...]:
    """The lines whose label and reading have the same letters and digits."""
    return tuple(line for line in lines if line.cer == 0.0)


def crops(lines: Iterable[ReceiptLine], folder: Path = FOLDER) -> Iterator[Grey]:
    """The pixels (H, W) of each line, in order.

    Raises:
        KeyError: a zip file has no such member.
        ValueError: a member is no picture.
    """
    archives: dict[str, zipfile.ZipFile] = {}
    try:
        for line in lines:
            if line.shard not in archives:
                archives[line.shard] = zipfile.ZipFile(folder / line.shard)
            yield decoded(archives[line.shard].read(line.member), line.member)
    finally:
        for archive in archives.values():
            archive.close()


def decoded(data: bytes, name: str) -> Grey:
    """The grey picture in the bytes of a file; ``name`` is for the message. Raises ValueError if there is none."""
    pixels = cv2.imdecode(np.frombuffer(data, dtype=np.uint8), cv2.IMREAD_GRAYSCALE)
    if pixels is None:
        raise ValueError(f"{name} is no picture")
    return np.asarray(pixels, dtype=np.uint8)


def _number(text: str) -> float | None:
    return float(text) if text not in ("", "null") else None
