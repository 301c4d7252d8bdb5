"""Finds out in which case the receipts were printed, for their labels are upper case.

    python -m training.real.casing --out build/real/cased.tsv

PP-OCRv6 tiny reads every trusted line, and small those that tiny reads differently. The label's characters count; the
reading only says which of its letters are lower case. A line that neither reads like its label is left out.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import cv2
import numpy as np

from ocr_app.readers.contract import Reader, ReaderOptions
from ocr_app.readers.ppocr import reader as ppocr
from training.real import receipts
from training.real.receipts import Grey, ReceiptLine

_ALIKE = frozenset("COSVWXZ")  # the letters whose two cases have one shape
_TOGETHER = 240  # lines read at a time


def cased(label: str, reading: str) -> str | None:
    """The label in the case of the reading; None where their letters and digits differ.

    Where every letter whose cases differ in shape is upper case, so are the others: readers guess those.
    """
    signs = [sign for sign in reading if _counts(sign)]
    if [sign.upper() for sign in signs] != [sign.upper() for sign in label if _counts(sign)]:
        return None
    if not any(sign.islower() and sign.upper() not in _ALIKE for sign in signs):
        return label.upper() if any(sign.isupper() for sign in signs) else _in_case_of(label, signs)
    return _in_case_of(label, signs)


def _in_case_of(label: str, signs: Sequence[str]) -> str:
    left = iter(signs)
    return "".join(next(left) if _counts(sign) else sign for sign in label)


def _counts(sign: str) -> bool:
    return sign.isascii() and sign.isalnum()


def readings(reader: Reader, crops: Iterator[Grey]) -> Iterator[str]:
    """The reader's text of each crop."""
    while chunk := list(islice(crops, _TOGETHER)):
        frames = [np.asarray(cv2.cvtColor(crop, cv2.COLOR_GRAY2BGR), dtype=np.uint8) for crop in chunk]
        for found in reader.read_lines(frames):
            yield " ".join(line.text for line in found)


def pass_over(reader: Reader, lines: Sequence[ReceiptLine], folder: Path) -> list[str | None]:
    """The cased label of each line, None where this reader reads something else."""
    texts = readings(reader, receipts.crops(lines, folder))
    return [cased(line.text, text) for line, text in zip(lines, texts, strict=True)]


def write(target: Path, lines: Sequence[ReceiptLine], texts: Sequence[str | None]) -> int:
    """Write shard, member and cased text of the lines that have one; returns how many do."""
    target.parent.mkdir(parents=True, exist_ok=True)
    rows = [(line.shard, line.member, text) for line, text in zip(lines, texts, strict=True) if text is not None]
    with target.open("w", encoding="utf-8", newline="") as stream:
        table = csv.writer(stream, delimiter="\t", quoting=csv.QUOTE_NONE, quotechar=None, lineterminator="\n")
        table.writerows([("shard", "member", "text"), *rows])
    return len(rows)


def read(path: Path) -> dict[tuple[str, str], str]:
    """The cased texts that ``write`` wrote, by shard and member. Raises FileNotFoundError."""
    with path.open(encoding="utf-8", newline="") as stream:
        rows = csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)
        return {(row["shard"], row["member"]): row["text"] for row in rows}


def main(arguments: list[str] | None = None) -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--receipts", type=Path, default=receipts.FOLDER)
    wanted = parser.parse_args(arguments)
    cv2.setNumThreads(1)
    lines = receipts.trusted(receipts.read(wanted.receipts))
    texts: list[str | None] = [None] * len(lines)
    for model in ("v6-tiny", "v6-small"):
        left = [place for place, text in enumerate(texts) if text is None]
        reader = ppocr.open_reader(ReaderOptions(model=model, threads=1))
        for place, text in zip(left, pass_over(reader, [lines[k] for k in left], wanted.receipts), strict=True):
            texts[place] = text
        print(f"{model}: {write(wanted.out, lines, texts)} of {len(lines)} lines have their case", flush=True)


if __name__ == "__main__":
    main()
